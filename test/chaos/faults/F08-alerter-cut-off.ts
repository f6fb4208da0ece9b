/** One alerter hears nothing of the event log for twelve seconds, and so nothing of its twin: there is a page, and one. */
import { FETCH, PRODUCE } from '../../support/kafka/proxy.ts';
import type { WorldFault } from '../fault.ts';

const CUT_MS = 12_000;

export const F08: WorldFault = {
  id: 'F08',
  what: 'alerters cut off from each other',
  means: 'no answer to fetch or produce reaches one of them for 12 s',
  mayRepeat: true,
  async run(world, round) {
    const { proxies } = world.pick(world.twins('alerting'));
    await round.wait(world.between(0, 1000));
    await round.outage();
    // At most until the page is nearly due: some of its lines are through, some are not.
    await round.wait(world.between(0, 6000));
    for (const proxy of proxies) for (const kind of [FETCH, PRODUCE]) proxy.silent.add(kind);
    try {
      await round.wait(CUT_MS);
    } finally {
      for (const proxy of proxies) proxy.silent.clear();
    }
    await round.paged();
    return undefined;
  },
};
