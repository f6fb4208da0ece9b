/**
 * One file of a partition: a head of 40 bytes, then frames in ascending order of offset. Named `BASE.GENERATION.log`.
 *
 * A segment ends where the next one's base begins, whatever stands behind: what a failed sync may have left there was
 * never acknowledged. Of two segments with one base the higher generation holds. A merged segment (compaction) says in its
 * head up to which offset it replaces older generations, so that a crash between its rename and their removal does no harm.
 */
import path from 'node:path';
import { crc32 } from 'node:zlib';
import { Marks } from './positions.ts';

export const SEGMENT_HEAD_BYTES = 40;
const MAGIC = Buffer.from('PLUMLOG1');
const CRC_AT = 32;

export interface SegmentHead {
  readonly base: number;
  /** The offset up to which (exclusive) it replaces segments of lower generations; 0 where it replaces none. */
  readonly replacesTo: number;
  /** Of its first record, ms since the epoch; of an empty one, when it was begun. */
  readonly firstAppendedAt: number;
}

export interface SegmentName {
  readonly base: number;
  readonly generation: number;
}

export class Segment {
  readonly path: string;
  readonly base: number;
  readonly generation: number;
  /** No earlier record is in later segments. */
  firstAppendedAt: number;
  /** Offsets are missing in it because newer records of the same keys replaced them, not because of damage. */
  readonly merged: boolean;
  /** Where records stand every so often, as far as this process wrote or scanned them. */
  readonly marks = new Marks();
  /** Bytes that hold, from the beginning of the file; what stands behind does not count. */
  bytes: number;
  /** The offset at which the next segment begins; for the newest one the end of the partition. */
  until: number;
  /** Open for writing; undefined once closed. */
  file: number | undefined;
  /** Written since the last sync. */
  unsynced = false;
  /** Records were written or lost in a way that cannot be undone: nothing is written here any more. */
  distrusted = false;
  /** Said once for a file, not by every reader for every record. */
  damageReported = false;
  /** No longer part of the partition; its file is removed. */
  retired = false;

  constructor(folder: string, { base, generation }: SegmentName, head: Omit<SegmentHead, 'base'>, bytes: number) {
    this.path = path.join(folder, segmentFile({ base, generation }));
    this.base = base;
    this.generation = generation;
    this.firstAppendedAt = head.firstAppendedAt;
    this.merged = head.replacesTo > 0;
    this.bytes = bytes;
    this.until = base;
  }

  get empty(): boolean {
    return this.bytes <= SEGMENT_HEAD_BYTES;
  }
}

function segmentFile({ base, generation }: SegmentName): string {
  return `${String(base).padStart(16, '0')}.${generation}.log`;
}

/** Undefined for any file that is not a segment. */
export function segmentName(file: string): SegmentName | undefined {
  const found = /^(\d{16})\.(\d{1,15})\.log$/.exec(file);
  return found ? { base: Number(found[1]), generation: Number(found[2]) } : undefined;
}

/** Writes the head's 40 bytes at the beginning of `buffer`. */
export function writeHead(buffer: Buffer, head: SegmentHead): void {
  buffer.fill(0, 0, SEGMENT_HEAD_BYTES);
  MAGIC.copy(buffer, 0);
  buffer.writeDoubleLE(head.base, 8);
  buffer.writeDoubleLE(head.replacesTo, 16);
  buffer.writeDoubleLE(head.firstAppendedAt, 24);
  buffer.writeUInt32LE(crc32(buffer.subarray(0, CRC_AT)), CRC_AT);
}

/** Undefined where the head is damaged or was never wholly written. */
export function readHead(buffer: Buffer): SegmentHead | undefined {
  if (buffer.length < SEGMENT_HEAD_BYTES || buffer.compare(MAGIC, 0, MAGIC.length, 0, MAGIC.length) !== 0) return undefined;
  if (crc32(buffer.subarray(0, CRC_AT)) !== buffer.readUInt32LE(CRC_AT)) return undefined;
  return { base: buffer.readDoubleLE(8), replacesTo: buffer.readDoubleLE(16), firstAppendedAt: buffer.readDoubleLE(24) };
}
