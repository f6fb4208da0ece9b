/** Detectors and archive come and go every five seconds: readers have no group to rebalance, and what is left decides. */
import type { WorldFault } from '../fault.ts';

const COMINGS = 6;
const EACH_MS = 5000;
const AFTER_SURE_MS = 3000;

export const F16: WorldFault = {
  id: 'F16',
  what: 'detectors and archives come and go',
  means: 'every 5 s one of each is killed with -9 and started again, either replica in turn',
  secondsMax: 150,
  async run(world, round) {
    const outageAt = Math.floor(world.between(0, COMINGS));
    for (let i = 0; i < COMINGS; i++) {
      const replica = i % 2 === 0 ? 'a' : 'b';
      const victims = [world.member('detectors', replica), world.member('ingest', replica)];
      await Promise.all(victims.map((victim) => victim.kill()));
      if (i === outageAt) await round.outage();
      const since = performance.now();
      await Promise.all(victims.map((victim) => victim.start()));
      await round.wait(Math.max(0, EACH_MS - (performance.now() - since)));
    }
    await round.paged();
    return round.afterSure(AFTER_SURE_MS);
  },
};
