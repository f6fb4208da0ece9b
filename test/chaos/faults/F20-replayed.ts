/** What came in the last half minute is appended once more: it is known, and counted once. */
import type { StoredRecord } from '../../../platform/eventlog/eventlog.ts';
import { formOf } from '../../../platform/topics/events.ts';
import type { WorldFault } from '../fault.ts';

const BACK_MS = 20_000;
const AT_ONCE = 50;

export const F20: WorldFault = {
  id: 'F20',
  what: 'the last 20 s appended again',
  means: 'every batch of the last 20 s of topic events, in its partition and order, while an outage begins',
  async run(world, round) {
    const { log, topics } = world.observer;
    const records: StoredRecord[] = [];
    const reader = log.read(topics.events, await log.positionsAt(topics.events, Date.now() - BACK_MS), (some) => {
      for (const record of some) if (formOf(record.headers) === 'batch') records.push(record);
    });
    await reader.caughtUp();
    await reader.stop();
    await round.outage();
    for (let from = 0; from < records.length; from += AT_ONCE) {
      const some = records.slice(from, from + AT_ONCE);
      await log.append(
        topics.events,
        some.map(({ partition, key, value, headers }) => ({ partition, key, value, headers })),
      );
    }
    await round.paged();
    return { text: `${records.length} batches`, ok: records.length > 0 };
  },
};
