/** Kafka has taken what was appended, and its answer is lost again and again: sent again, counted once. */
import { PRODUCE } from '../../support/kafka/proxy.ts';
import type { WorldFault } from '../fault.ts';

const ROUNDS = 8;
const EACH_MS = 1200;

export const F15: WorldFault = {
  id: 'F15',
  what: 'appended, and the answer lost',
  means: 'the answers to appends of gateways, detectors and the Kafka app are swallowed and their connections cut',
  async run(world, round) {
    const names = ['ingest-a', 'ingest-b', 'detectors-a', 'detectors-b', 'apps'];
    const proxies = names.flatMap((name) => world.line(name).proxies);
    const outageAt = Math.floor(world.between(0, ROUNDS));
    let cut = 0;
    for (let i = 0; i < ROUNDS; i++) {
      if (i === outageAt) await round.outage();
      for (const proxy of proxies) if (world.random() < 0.5) proxy.cut.set(PRODUCE, 1);
      await round.wait(EACH_MS);
      for (const proxy of proxies) {
        if (proxy.cut.get(PRODUCE) === 0) cut++;
        proxy.cut.clear();
      }
    }
    await round.paged();
    return { text: `${cut} answers lost`, ok: cut > ROUNDS };
  },
};
