/** Events of a client that come up to two minutes late and out of order: history is put right, and nothing falls or rises by it. */
import { post } from '../../support/raw-producer.ts';
import type { WorldFault } from '../fault.ts';
import { METRIC_OF } from '../shop.ts';

const LATE_MS_MAX = 120_000;
const REQUESTS = 60;
const EVENTS = 40;
const EACH_MS = 150;

export const F21: WorldFault = {
  id: 'F21',
  what: 'events late and out of order',
  means: 'CloudEvents up to 120 s old, shuffled, some of them twice, to either gateway',
  async run(world, round) {
    const types = [...METRIC_OF.keys()].filter((type) => METRIC_OF.get(type) !== round.metric);
    const source = `late-${Math.floor(world.random() * 1e9)}`;
    await round.outage();
    let taken = 0;
    for (let request = 0; request < REQUESTS; request++) {
      const events = Array.from({ length: EVENTS }, (_, i) => {
        const at = Date.now() - world.between(0, LATE_MS_MAX);
        return { specversion: '1.0', id: `${request}-${i}`, source, type: world.pick(types), time: new Date(at).toISOString() };
      });
      const enter = (books: 'sent' | 'acknowledged'): void => {
        for (const { type, time } of events) world.books[books].enter(type, Math.floor(Date.parse(time) / 1000), { n: 1, sum: 0 });
      };
      enter('sent');
      const body = JSON.stringify(events);
      const times = world.random() < 0.3 ? 2 : 1;
      let accepted = false;
      for (let time = 0; time < times; time++) {
        const { url } = world.pick(world.twins('ingest'));
        const { status } = await post(url, body, { 'content-type': 'application/cloudevents-batch+json' });
        accepted ||= status === 202;
      }
      if (accepted) {
        enter('acknowledged');
        taken += events.length;
      }
      await round.wait(EACH_MS);
    }
    await round.paged();
    return { text: `${taken} late events`, ok: taken > 0 };
  },
};
