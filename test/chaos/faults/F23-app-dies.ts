/** One of the app's hosts dies and another takes its place: a dip by its share, no page. */
import type { WorldFault } from '../fault.ts';

const AWAY_MS = 12_000;

export const F23: WorldFault = {
  id: 'F23',
  what: 'one of three app hosts dies',
  means: 'kill -9 of one app, started again 12 s later as another producer',
  async run(world, round) {
    const app = world.pick(world.apps);
    await round.wait(world.between(0, 1000));
    await app.kill();
    await round.wait(world.between(0, 4000));
    await round.outage();
    await round.wait(AWAY_MS);
    app.start(Math.floor(world.random() * 1e9));
    await round.paged();
    return undefined;
  },
};
