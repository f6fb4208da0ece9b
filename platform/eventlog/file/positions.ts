/** Where offsets and times stand in the files: marks within a segment, the segment that holds an offset or a time. */
import { frameAppendedAt, frameOffset } from './frame.ts';
import type { Partition } from './partition.ts';
import { readRun } from './run.ts';
import { SEGMENT_HEAD_BYTES, type Segment } from './segment.ts';

/** A mark at least every so many bytes: finding a record reads no more than this in vain, and 64 MB of records take 1,000 marks. */
const MARK_EVERY_BYTES = 64 * 1024;

/** A sparse index of one segment, kept in memory only. */
export class Marks {
  readonly #offsets: number[] = [];
  readonly #times: number[] = [];
  readonly #bytes: number[] = [];

  /** @param bytes  where the record begins, from the beginning of the file; the call is ignored near or before the last mark */
  add(offset: number, appendedAt: number, bytes: number): void {
    const last = this.#bytes.at(-1);
    if (last !== undefined && bytes < last + MARK_EVERY_BYTES) return;
    this.#offsets.push(offset);
    this.#times.push(appendedAt);
    this.#bytes.push(bytes);
  }

  /** Where to begin reading for `offset`; `otherwise` where no mark stands before it. */
  beforeOffset(offset: number, otherwise: number): number {
    return this.#bytes[firstAbove(this.#offsets, offset) - 1] ?? otherwise;
  }

  /** Where to begin reading for the first record appended at `since` or later. */
  beforeTime(since: number, otherwise: number): number {
    return this.#bytes[firstAtLeast(this.#times, since) - 1] ?? otherwise;
  }
}

/** The segment to read for `offset`: that which holds it, or else the oldest; undefined at the end of the partition. */
export function segmentAt(segments: readonly Segment[], offset: number): Segment | undefined {
  for (let i = segments.length - 1; i >= 0; i--) {
    const segment = segments[i] as Segment;
    if (segment.base <= offset) return offset < segment.until ? segment : segments[i + 1];
  }
  return segments[0];
}

/** The offset of the first record appended at `since` (ms) or later; the partition's end where there is none. */
export async function offsetAt(partition: Partition, since: number): Promise<number> {
  if (since > partition.lastAppendedAt) return partition.end;
  const held = partition.tail.since(since);
  if (held !== undefined) return held;
  const segments = partition.segments.slice();
  const first = segments.findLastIndex(({ firstAppendedAt }) => firstAppendedAt < since);
  for (const segment of segments.slice(Math.max(0, first))) {
    const found = await offsetIn(partition, segment, since);
    if (found !== undefined) return found;
  }
  return partition.end;
}

async function offsetIn(partition: Partition, segment: Segment, since: number): Promise<number | undefined> {
  for (let position = segment.marks.beforeTime(since, SEGMENT_HEAD_BYTES); position < segment.bytes; ) {
    if (segment.retired) return undefined;
    const { buffer, frames, next } = await readRun(partition.options.disk, segment.path, position, segment.bytes);
    for (const at of frames) {
      const offset = frameOffset(buffer, at);
      if (offset >= segment.base && offset < segment.until && frameAppendedAt(buffer, at) >= since) return offset;
    }
    position = next;
  }
  return undefined;
}

/** The least index whose value is at least `value`; the length where there is none. `values` ascend. */
function firstAtLeast(values: readonly number[], value: number): number {
  let from = 0;
  let to = values.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if ((values[middle] as number) < value) from = middle + 1;
    else to = middle;
  }
  return from;
}

function firstAbove(values: readonly number[], value: number): number {
  let from = 0;
  let to = values.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if ((values[middle] as number) <= value) from = middle + 1;
    else to = middle;
  }
  return from;
}
