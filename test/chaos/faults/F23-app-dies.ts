/** One of the app's hosts dies and another takes its place: a dip by its share, no page. */
import type { WorldFault } from '../fault.ts';

/** The promise begins at four: a third of everything is too near to the 40 % that page. */
const HOSTS = 4;
const NOTICE_MS = 1000;
/** Longer than who came and went is looked at. */
const SETTLED_MS = 12_000;
const AWAY_MS = 12_000;

export const F23: WorldFault = {
  id: 'F23',
  what: `one of ${HOSTS} app hosts dies`,
  means: 'a fourth app takes its share; kill -9 of one app, started again 12 s later as another producer',
  secondsMax: 130,
  async run(world, round) {
    const usual = [...world.apps];
    const fourth = world.startApp();
    const share = (shares: number, apps = world.apps): void => {
      for (const app of apps) app.tell({ type: '*', share: shares, at: Date.now() + NOTICE_MS });
    };
    fourth.tell({ type: '*', share: 0, at: 0 });
    fourth.start(Math.floor(world.random() * 1e9));
    await round.wait(NOTICE_MS * 2);
    share(usual.length / HOSTS);
    await round.wait(SETTLED_MS);
    const app = world.pick(usual);
    await app.kill();
    await round.wait(world.between(0, 4000));
    await round.outage();
    await round.wait(AWAY_MS);
    app.start(Math.floor(world.random() * 1e9));
    await round.paged();
    share(1, usual);
    share(0, [fourth]);
    await round.wait(NOTICE_MS * 2);
    fourth.isRetired = true;
    return undefined;
  },
};
