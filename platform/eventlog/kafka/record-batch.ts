/**
 * Batches of records as brokers store them → records. What cannot be read becomes one record that says why, under the batch's
 * last offset, so that nobody's batch stops a partition.
 *
 * @see https://kafka.apache.org/documentation/#recordbatch
 */
import type { StoredRecord } from '../eventlog.ts';
import { ByteReader, readInt64 } from './bytes.ts';
import { codecOf, unpack } from './codecs.ts';

/** Where things stand in a batch, in bytes from its beginning. */
const AT = { length: 8, magic: 16, attributes: 21, lastDelta: 23, firstTime: 27, maxTime: 35, count: 57, records: 61 } as const;
const MAGIC = 2;
const LOG_APPEND_TIME = 0x08;
/** Marks the ends of transactions; nobody's record. */
const CONTROL = 0x20;
/** More than this in one batch is damage, or means harm: each takes 7 bytes at least, and far more in memory. */
const RECORDS_MAX = 1_000_000;
const RECORD_MEMORY_BYTES = 150;

/** What a record stands for that says why a batch could not be read. */
export const UNREADABLE_CONTENT_TYPE = 'application/vnd.plummet.unreadable';
const NO_HEADERS: Readonly<Record<string, string>> = Object.freeze({});

/** What one answer may still take in memory, shared by its partitions: a few hundred kB packed may become gigabytes. */
export interface Room {
  bytes: number;
}

/** Usually an answer takes a fifth of this. Two answers a leader may be in memory. */
const ANSWER_MEMORY_BYTES_MAX = 64 * 1024 * 1024;

export function roomOfAnswer(): Room {
  return { bytes: ANSWER_MEMORY_BYTES_MAX };
}

export interface ReadBatches {
  readonly records: readonly StoredRecord[];
  /** The offset to go on from; where it was asked for when nothing whole was there. */
  readonly next: number;
  /** Why batches could not be read, one sentence each. */
  readonly unreadable: readonly string[];
}

/**
 * @param bytes  as fetched: whole batches, the first of which may begin before `from`, and perhaps a piece of another
 * @param room   one batch is read in any case; those for which there is none left are to be fetched again
 */
export async function readBatches(bytes: Buffer, partition: number, from: number, room: Room): Promise<ReadBatches> {
  const records: StoredRecord[] = [];
  const unreadable: string[] = [];
  let next = from;
  for (let at = 0; at + AT.magic < bytes.length && (next === from || room.bytes > 0); ) {
    const end = at + AT.length + 4 + bytes.readInt32BE(at + AT.length);
    if (end > bytes.length || end <= at + AT.magic) break;
    const batch = bytes.subarray(at, end);
    at = end;
    const last = lastOffset(batch);
    if (last < next) continue;
    try {
      room.bytes -= await readBatch(batch, partition, next, records);
    } catch (error) {
      const why = `The records from offset ${readInt64(batch, 0)} to ${last} cannot be read: ${(error as Error).message}.`;
      unreadable.push(why);
      records.push(unreadableRecord(batch, partition, last, why));
    }
    next = last + 1;
  }
  return { records, next, unreadable };
}

function lastOffset(batch: Buffer): number {
  const base = readInt64(batch, 0);
  return isOfOurTime(batch) ? base + Math.max(0, batch.readInt32BE(AT.lastDelta)) : base;
}

function isOfOurTime(batch: Buffer): boolean {
  return batch.readInt8(AT.magic) === MAGIC && batch.length >= AT.records;
}

/** @returns about so many bytes of memory are taken by what was read */
async function readBatch(batch: Buffer, partition: number, from: number, records: StoredRecord[]): Promise<number> {
  if (!isOfOurTime(batch)) throw new Error('they are in a message format older than Kafka 0.11 (or newer than 4)');
  const attributes = batch.readInt16BE(AT.attributes);
  if ((attributes & CONTROL) !== 0) return 0;
  const codec = codecOf(attributes);
  if (codec === undefined) throw new Error(`their codec ${attributes & 7} is not known to this version`);
  const count = batch.readInt32BE(AT.count);
  if (count < 0 || count > RECORDS_MAX) throw new Error(`they say that they are ${count}`);
  const unpacked = unpack(codec, batch.subarray(AT.records));
  const base = readInt64(batch, 0);
  const appendedAt = (attributes & LOG_APPEND_TIME) !== 0 ? readInt64(batch, AT.maxTime) : undefined;
  const firstTime = readInt64(batch, AT.firstTime);
  const read: StoredRecord[] = [];
  const bytes = new ByteReader(unpacked instanceof Promise ? await unpacked : unpacked);
  for (let i = 0; i < count; i++) {
    const end = bytes.varint() + bytes.at;
    bytes.at++;
    const createdAt = firstTime + bytes.varint();
    const offset = base + bytes.varint();
    const key = bytes.text(bytes.varint());
    const value = bytes.text(bytes.varint());
    const headers = readHeaders(bytes);
    if (bytes.at !== end) throw new Error('a record is not as long as it says');
    if (offset >= from) read.push({ partition, offset, appendedAt: appendedAt ?? createdAt, key, value, headers });
  }
  for (const record of read) records.push(record);
  return bytes.bytes.length + read.length * RECORD_MEMORY_BYTES;
}

/** Of a name that stands twice the later one holds; a name like `__proto__` is a name like any other. */
function readHeaders(bytes: ByteReader): Readonly<Record<string, string>> {
  const count = bytes.varint();
  if (count <= 0) return NO_HEADERS;
  const headers: [name: string, value: string][] = [];
  for (let i = 0; i < count; i++) headers.push([bytes.text(bytes.varint()), bytes.text(bytes.varint())]);
  return Object.fromEntries(headers);
}

function unreadableRecord(batch: Buffer, partition: number, offset: number, why: string): StoredRecord {
  const appendedAt = isOfOurTime(batch) ? Math.max(0, readInt64(batch, AT.maxTime)) : 0;
  return { partition, offset, appendedAt, key: '', value: why, headers: { 'content-type': UNREADABLE_CONTENT_TYPE } };
}
