/** kill -9 all of Kafka and start it again: apps keep what they can and count the rest, and an outage that began meanwhile is found. */
import type { WorldFault } from '../fault.ts';

const DOWN_MS = 8000;

export const F14: WorldFault = {
  id: 'F14',
  what: 'the whole of Kafka restarted',
  means: 'kill -9 of all three brokers, started again 8 s later',
  secondsMax: 150,
  async run(world, round) {
    const lost = (): number => world.apps.reduce((sum, { report }) => sum + report.lost, 0);
    const before = lost();
    const brokers = world.kafka.processes;
    await Promise.all(brokers.map((broker) => broker.signal('SIGKILL')));
    await round.wait(world.between(0, 4000));
    await round.outage();
    const not = await Promise.all(world.twins('ingest').map(({ url }) => fetch(`${url}/readyz`).then(({ status }) => status)));
    await round.wait(DOWN_MS);
    await Promise.all(brokers.map((broker) => broker.start()));
    const since = performance.now();
    await world.steady();
    const backMs = performance.now() - since;
    await round.paged();
    const unready = not.every((status) => status === 503);
    const text = `readyz ${[...new Set(not)].join(', ')}, steady after ${(backMs / 1000).toFixed(1)} s, apps discarded ${lost() - before}`;
    return { text, ok: unready };
  },
};
