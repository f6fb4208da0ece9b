/** kill -9 both detectors as the outage begins, started again 5 s later: what was missed is read again, and the page says since when. */
import type { WorldFault } from '../fault.ts';

const DOWN_MS = 5000;
const AFTER_START_MS = 5000;

export const F05: WorldFault = {
  id: 'F05',
  what: 'both detectors killed for 5 s',
  means: 'kill -9 of both detectors processes as the outage begins',
  async run(world, round) {
    const victims = world.twins('detectors');
    await round.outage();
    await Promise.all(victims.map((victim) => victim.kill()));
    await round.wait(DOWN_MS);
    await Promise.all(victims.map((victim) => victim.start()));
    const ready = Date.now();
    await round.paged();
    const { page } = round;
    if (!page) return undefined;
    const tookMs = page.at - ready;
    return { text: `${(tookMs / 1000).toFixed(1)} s after the restart`, ok: tookMs <= 5 * AFTER_START_MS };
  },
};
