/** Every answer of Kafka takes half a second more, and comes slowly: closing waits, nothing falls by it. */
import type { WorldFault } from '../fault.ts';

const SLOW_MS = 15_000;
const LATENCY_MS = 500;
const BYTES_PER_SECOND = 400_000;

export const F18: WorldFault = {
  id: 'F18',
  what: 'slow brokers',
  means: 'answers on every line 500 ms late and at 400 kB/s a broker, for 15 s',
  async run(world, round) {
    const proxies = [...world.kafka.lines.values()].flatMap((line) => line.proxies);
    for (const proxy of proxies) Object.assign(proxy, { latencyMs: LATENCY_MS, bytesPerSecond: BYTES_PER_SECOND });
    try {
      await round.wait(world.between(1000, 5000));
      await round.outage();
      await round.wait(SLOW_MS);
    } finally {
      for (const proxy of proxies) Object.assign(proxy, { latencyMs: 0, bytesPerSecond: Number.POSITIVE_INFINITY });
    }
    await round.paged();
    return undefined;
  },
};
