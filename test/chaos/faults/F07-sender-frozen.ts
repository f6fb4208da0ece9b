/** SIGSTOP the sender after its `intended`, SIGCONT ten seconds later: the other one has paged, and it sends nothing stale. */
import type { WorldFault } from '../fault.ts';

const FROZEN_MS = 10_000;
/** A stale letter would come at once. */
const STALE_MS = 5000;

export const F07: WorldFault = {
  id: 'F07',
  what: 'the sender frozen after it intended to',
  means: 'SIGSTOP of the process whose `intended` is read, SIGCONT after 10 s',
  mayRepeat: true,
  async run(world, round) {
    const intended = round.line('intended');
    await round.outage();
    const line = await intended;
    const victim = world.member('alerting', line.by.startsWith('b') ? 'b' : 'a');
    victim.freeze();
    let before = 0;
    try {
      await round.wait(FROZEN_MS);
      await round.paged();
    } finally {
      before = round.pages;
      victim.thaw();
    }
    await round.wait(STALE_MS);
    const stale = round.pages - before;
    return { text: `${stale} stale`, ok: stale === 0 };
  },
};
