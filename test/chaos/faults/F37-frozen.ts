/** The machine stands still for ten seconds, and with it all of Plummet: what came meanwhile is caught up with, nothing falls by it. */
import type { WorldFault } from '../fault.ts';

const FROZEN_MS = 10_000;
const RECOVERED_MS = 5000;

export const F37: WorldFault = {
  id: 'F37',
  what: 'all of Plummet frozen for 10 s',
  means: 'SIGSTOP and SIGCONT of all six processes',
  async run(world, round) {
    const members = [...world.members.values()];
    if (world.random() < 0.5) await round.outage();
    for (const member of members) member.freeze();
    try {
      await round.wait(FROZEN_MS);
    } finally {
      for (const member of members) member.thaw();
    }
    const since = performance.now();
    const backMs = await round.decidedAgain().then(() => performance.now() - since);
    if (round.outages.length === 0) await round.outage();
    await round.paged();
    return { text: `decided again after ${(backMs / 1000).toFixed(1)} s`, ok: backMs <= 5 * RECOVERED_MS };
  },
};
