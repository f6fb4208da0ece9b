/** One fetch from a leader: what is asked for, and what came of each partition. */
import { ByteReader } from './bytes.ts';
import { fetchRequest, type Request } from './kafkajs-parts.ts';

/** New records are answered with at once; without any, the leader answers after this. */
export const FETCH_WAIT_MS = 500;
/** Packed bytes of one answer; unpacked they are some ten times as many, and two answers a leader may be in memory. */
const ANSWER_BYTES_MAX = 2 * 1024 * 1024;
const PARTITION_BYTES_MAX = 1024 * 1024;
/** Records of transactions are read as they come: a writer that never ends one must not make a metric blind. */
const READ_UNCOMMITTED = 0;

export interface FetchedPartition {
  readonly partition: number;
  /** Of Kafka's protocol; 0 is none. */
  readonly errorCode: number;
  /** The offset after the newest record that every replica in sync has. */
  readonly end: number;
  /** Whole batches, and perhaps a piece of another. */
  readonly bytes: Buffer;
}

/** @param offsets  by partition, the offset to read from */
export function fetchOf(topic: string, offsets: ReadonlyMap<number, number>): Request<Buffer> {
  const partitions = [...offsets].map(([partition, fetchOffset]) => ({ partition, fetchOffset, maxBytes: PARTITION_BYTES_MAX }));
  return fetchRequest({
    maxWaitTime: FETCH_WAIT_MS,
    minBytes: 1,
    maxBytes: ANSWER_BYTES_MAX,
    isolationLevel: READ_UNCOMMITTED,
    topics: [{ topic, partitions }],
    rackId: '',
  });
}

export interface Fetched {
  /** Of the whole answer; 0 is none. */
  readonly errorCode: number;
  readonly partitions: readonly FetchedPartition[];
}

/** @see https://kafka.apache.org/protocol#The_Messages_Fetch, version 11 */
export function readFetched(answer: Buffer): Fetched {
  const bytes = new ByteReader(answer, 4);
  const errorCode = bytes.int16();
  bytes.int32();
  const partitions: FetchedPartition[] = [];
  for (let topics = bytes.int32(); topics > 0; topics--) {
    bytes.text(bytes.int16());
    for (let count = bytes.int32(); count > 0; count--) partitions.push(readPartition(bytes));
  }
  return { errorCode, partitions };
}

function readPartition(bytes: ByteReader): FetchedPartition {
  const partition = bytes.int32();
  const errorCode = bytes.int16();
  const end = bytes.int64();
  bytes.int64();
  bytes.int64();
  for (let aborted = bytes.int32(); aborted > 0; aborted--) bytes.slice(16);
  bytes.int32();
  return { partition, errorCode, end, bytes: bytes.slice(bytes.int32()) };
}
