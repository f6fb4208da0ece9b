/** What a topic declares: how many partitions, what it keeps, how its records are keyed. */

export interface Topic {
  readonly name: string;
  readonly partitions: number;
  /** Milliseconds a record is kept; `forever`; or only the newest record of each key. */
  readonly keeps: number | 'forever' | 'compacted';
}

const HOUR_MS = 3_600_000;

/** The topics of one installation, by the partitions of `events` and of `counts`. */
export interface Topics {
  readonly events: Topic;
  readonly counts: Topic;
  readonly checkpoints: Topic;
  readonly state: Topic;
  readonly config: Topic;
  readonly signals: Topic;
  readonly incidents: Topic;
  readonly deadLetters: Topic;
}

export function topics({ events = 3, counts = 1 }: { events?: number; counts?: number } = {}): Topics {
  return {
    events: { name: 'events', partitions: events, keeps: 24 * HOUR_MS },
    counts: { name: 'counts', partitions: counts, keeps: 3 * HOUR_MS },
    checkpoints: { name: 'checkpoints', partitions: 1, keeps: 'compacted' },
    state: { name: 'state', partitions: 1, keeps: 'compacted' },
    config: { name: 'config', partitions: 1, keeps: 'compacted' },
    signals: { name: 'signals', partitions: 1, keeps: 24 * HOUR_MS },
    incidents: { name: 'incidents', partitions: 1, keeps: 'forever' },
    deadLetters: { name: 'dead-letters', partitions: 1, keeps: 7 * 24 * HOUR_MS },
  };
}

const utf8 = new TextEncoder();

/** Kafka's murmur2 of the key's UTF-8, so that any Kafka client's default partitioner agrees. */
export function partitionOf(key: string, partitions: number): number {
  return (murmur2(utf8.encode(key)) & 0x7fffffff) % partitions;
}

const M = 0x5bd1e995;

/** @see org.apache.kafka.common.utils.Utils.murmur2 */
function murmur2(data: Uint8Array): number {
  const length = data.length;
  let h = 0x9747b28c ^ length;
  const words = length >> 2;
  const view = new DataView(data.buffer, data.byteOffset, length);
  for (let i = 0; i < words; i++) {
    let k = Math.imul(view.getInt32(i * 4, true), M);
    k ^= k >>> 24;
    h = Math.imul(h, M) ^ Math.imul(k, M);
  }
  const tail = words * 4;
  if (length - tail >= 3) h ^= (data[tail + 2] as number) << 16;
  if (length - tail >= 2) h ^= (data[tail + 1] as number) << 8;
  if (length - tail >= 1) h = Math.imul(h ^ (data[tail] as number), M);
  h ^= h >>> 13;
  h = Math.imul(h, M);
  return h ^ (h >>> 15);
}
