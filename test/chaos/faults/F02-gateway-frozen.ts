/** SIGSTOP a gateway for ten seconds: apps leave it, and what it still writes when it goes on is known as a repeat. */
import type { WorldFault } from '../fault.ts';

const FROZEN_MS = 10_000;
const LONGEST_MS = 1500;

export const F02: WorldFault = {
  id: 'F02',
  what: 'a gateway frozen for 10 s',
  means: 'SIGSTOP and SIGCONT of one ingest process',
  async run(world, round) {
    const victim = world.pick(world.twins('ingest'));
    victim.freeze();
    try {
      await round.wait(world.between(0, 3000));
      await round.outage();
      await round.wait(FROZEN_MS);
    } finally {
      victim.thaw();
    }
    await round.paged();
    return round.letters(LONGEST_MS);
  },
};
