/** kill -9 the store and start it half a minute later: pages are what they were, and every row comes in the end. */
import type { WorldFault } from '../fault.ts';

const AWAY_MS = 25_000;

export const F24: WorldFault = {
  id: 'F24',
  what: 'ClickHouse killed for 25 s',
  means: 'kill -9 of the server, started again on the same data',
  secondsMax: 180,
  async run(world, round) {
    await world.clickhouse.kill();
    try {
      await round.wait(world.between(0, 8000));
      await round.outage();
      await round.wait(AWAY_MS);
    } finally {
      await world.clickhouse.restart();
    }
    await round.paged();
    return round.afterSure(3000);
  },
};
