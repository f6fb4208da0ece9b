/** Before the first decision: what each series' detector had learned, from topic `state`, and from where topic `counts` is read again. */
import type { EventLog, Positions } from '../platform/eventlog/eventlog.ts';
import type { Telemetry } from '../platform/telemetry/catalogue.ts';
import { wholeOf } from '../platform/topics/counts.ts';
import { decodeState, type SavedSeries } from '../platform/topics/state.ts';
import type { Topic } from '../platform/topics/topic.ts';

/** Before the saved second: late counts, the usual shares of partitions and who was silent since when lie in these. */
const AGAIN_MS = 120_000;

/** @param wanted  series that will be watched, those of their segments with them */
export async function readSaved(
  log: EventLog,
  topic: Topic,
  wanted: ReadonlySet<string>,
  telemetry: Telemetry,
): Promise<Map<string, SavedSeries>> {
  const newest = new Map<string, SavedSeries | string>();
  const reader = log.read(topic, new Map(), (records) => {
    for (const record of records) if (wanted.has(wholeOf(record.key))) newest.set(record.key, decodeState(record));
  });
  try {
    await reader.caughtUp();
  } finally {
    await reader.stop();
  }
  const saved = new Map<string, SavedSeries>();
  for (const [series, read] of newest) {
    if (typeof read !== 'string') saved.set(series, read);
    else telemetry.stateUnreadable({ what: `state of ${series}`, reason: read });
  }
  return saved;
}

/**
 * Two minutes before the oldest of `seconds`, the last ones that the series decided on. A series that never decided (0) learns
 * from all the counts there are; the others pass over what they know.
 */
export async function readFrom(log: EventLog, topic: Topic, seconds: readonly number[]): Promise<Positions> {
  const oldest = seconds.reduce((first, second) => Math.min(first, second), Number.POSITIVE_INFINITY);
  if (oldest === 0 || oldest === Number.POSITIVE_INFINITY) return new Map();
  return log.positionsAt(topic, oldest * 1000 - AGAIN_MS);
}
