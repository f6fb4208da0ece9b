/** The store has taken an insert and its answer is lost: made again, each row stands there once. */
import type { WorldFault } from '../fault.ts';

const ROUNDS = 30;
const EACH_MS = 400;

export const F25: WorldFault = {
  id: 'F25',
  what: "ClickHouse's answers lost",
  means: 'answers to inserts are swallowed by a proxy and the connection cut',
  async run(world, round) {
    const before = world.storeProxy.swallowed;
    await round.outage();
    for (let i = 0; i < ROUNDS; i++) {
      world.storeProxy.swallow = 1;
      await round.wait(EACH_MS);
    }
    world.storeProxy.swallow = 0;
    await round.paged();
    const lost = world.storeProxy.swallowed - before;
    return { text: `${lost} answers lost`, ok: lost > 0 };
  },
};
