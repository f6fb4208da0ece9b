/** What count finds of its earlier life in the event log at a start: checkpoints, and the dead letters it has written. */
import type { EventLog, Positions, StoredRecord } from '../platform/eventlog/eventlog.ts';
import type { Telemetry } from '../platform/telemetry/catalogue.ts';
import { type Checkpoint, decodeCheckpoints, type SavedPairs } from '../platform/topics/checkpoints.ts';
import type { Topic } from '../platform/topics/topic.ts';
import type { Saved } from './counting/begin.ts';

/** Topic checkpoints by partition of `events`. What cannot be read is told and left out. */
export async function readSaved(log: EventLog, topic: Topic, telemetry: Telemetry, signal: AbortSignal): Promise<Map<number, Saved>> {
  const newest = new Map<string, StoredRecord>();
  await readAll(log, topic, new Map(), (record) => newest.set(record.key, record), signal);
  const saved = new Map<number, { checkpoints: Checkpoint[]; pairs: Map<number, SavedPairs> }>();
  for (const record of newest.values()) {
    const read = decodeCheckpoints(record);
    if (typeof read === 'string') {
      telemetry.stateUnreadable({ what: `checkpoint ${record.key}`, reason: read });
      continue;
    }
    const partition = 'checkpoint' in read ? read.checkpoint.partition : read.partition;
    const of = saved.get(partition) ?? { checkpoints: [], pairs: new Map<number, SavedPairs>() };
    saved.set(partition, of);
    if ('checkpoint' in read) of.checkpoints.push(read.checkpoint);
    else of.pairs.set(read.pairs.bucket, read.pairs);
  }
  return saved;
}

/** A dead letter may have been written by a clock that is behind log time by so much. */
const CLOCKS_APART_MAX_MS = 600_000;

/** Keys of the dead letters that were written since `since` (log time, ms): where each is from. */
export async function lettersSince(log: EventLog, topic: Topic, since: number, signal: AbortSignal): Promise<Set<string>> {
  const positions = await log.positionsAt(topic, Math.max(0, since - CLOCKS_APART_MAX_MS));
  const from = new Set<string>();
  await readAll(log, topic, positions, ({ key }) => from.add(key), signal);
  return from;
}

async function readAll(
  log: EventLog,
  topic: Topic,
  positions: Positions,
  take: (record: StoredRecord) => unknown,
  signal: AbortSignal,
): Promise<void> {
  const reader = log.read(topic, positions, (records) => {
    for (const record of records) take(record);
  });
  const stop = (): void => void reader.stop();
  signal.addEventListener('abort', stop, { once: true });
  try {
    if (!signal.aborted) await reader.caughtUp();
  } finally {
    signal.removeEventListener('abort', stop);
    await reader.stop();
  }
}
