/** kill -9 a gateway again and again at any moment: apps send the same batches to the other one. */
import type { WorldFault } from '../fault.ts';

const KILLS = 6;
const LONGEST_MS = 1000;

export const F01: WorldFault = {
  id: 'F01',
  what: 'gateways killed in turn',
  means: `kill -9 of either ingest process, ${KILLS} times at random phases`,
  async run(world, round) {
    const outageAt = Math.floor(world.between(0, KILLS));
    for (let kill = 0; kill < KILLS; kill++) {
      const victim = world.pick(world.twins('ingest'));
      await round.wait(world.between(100, 1500));
      if (kill === outageAt) await round.outage();
      await victim.kill();
      await round.wait(world.between(0, 500));
      await victim.start();
    }
    await round.paged();
    return round.letters(LONGEST_MS);
  },
};
