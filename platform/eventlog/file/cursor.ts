/** One reader's place in one partition: from memory at the end, from the files before it, past gaps and damage. */
import type { StoredRecord } from '../eventlog.ts';
import { frameAppendedAt, frameOffset, readFrame } from './frame.ts';
import type { Partition } from './partition.ts';
import { segmentAt } from './positions.ts';
import type { Batch, Feed } from './reader.ts';
import { reportDamage } from './recovery.ts';
import { type Run, readRun } from './run.ts';
import { SEGMENT_HEAD_BYTES, type Segment } from './segment.ts';
import { BATCH_CHARACTERS_MAX, BATCH_RECORDS_MAX, weightOf } from './tail.ts';

export class Cursor implements Feed {
  readonly #partition: Partition;
  #segment: Segment | undefined;
  /** What was read of the segment and not given out yet, from frame `#frame` on. */
  #run: Run | undefined;
  #frame = 0;
  /** Where in the segment to read on after the run. */
  #position = 0;
  /** The offset that would come next without a seek. */
  #offset = -1;

  constructor(partition: Partition) {
    this.#partition = partition;
  }

  get end(): number {
    return this.#partition.end;
  }

  get oldest(): number {
    return this.#partition.oldest;
  }

  /** Records from `offset`, which is before the end; without a promise where memory holds them. */
  read(offset: number): Batch | Promise<Batch> {
    const { tail } = this.#partition;
    if (offset < tail.first) return this.#fromFiles(offset);
    this.#segment = undefined;
    this.#run = undefined;
    this.#offset = -1;
    const records = tail.batch(offset);
    return { records, next: offset + records.length };
  }

  async #fromFiles(offset: number): Promise<Batch> {
    if (offset !== this.#offset || this.#segment === undefined || (this.#segment.retired && this.#run === undefined)) this.#seek(offset);
    const segment = this.#segment;
    if (segment === undefined) return { records: [], next: this.#partition.end };
    try {
      const batch = await this.#fromSegment(segment, Math.max(offset, segment.base));
      this.#offset = batch.next;
      return batch;
    } catch (error) {
      this.#offset = -1;
      if (segment.retired) return { records: [], next: offset };
      throw error;
    }
  }

  #seek(offset: number): void {
    this.#segment = segmentAt(this.#partition.segments, offset);
    this.#position = this.#segment?.marks.beforeOffset(offset, SEGMENT_HEAD_BYTES) ?? 0;
    this.#run = undefined;
  }

  async #fromSegment(segment: Segment, from: number): Promise<Batch> {
    const records: StoredRecord[] = [];
    let next = from;
    while (records.length === 0) {
      if (this.#run === undefined && !(await this.#readOn(segment))) {
        if (next < segment.until && !segment.merged) this.#missing(segment);
        this.#segment = undefined;
        return { records, next: Math.max(next, segment.until) };
      }
      next = this.#take(segment, records, next);
    }
    return { records, next };
  }

  /** False at the segment's end. */
  async #readOn(segment: Segment): Promise<boolean> {
    if (this.#position >= segment.bytes) return false;
    const run = await readRun(this.#partition.options.disk, segment.path, this.#position, segment.bytes);
    const first = run.frames[0];
    if (first !== undefined) {
      segment.marks.add(frameOffset(run.buffer, first), frameAppendedAt(run.buffer, first), this.#position + first);
    }
    this.#run = run;
    this.#frame = 0;
    this.#position = run.next;
    if (segment.merged && run.damagedBytes > 0) this.#missing(segment);
    return true;
  }

  /** Moves frames of the run into `records` until these make a batch; gives the offset after the last. */
  #take(segment: Segment, records: StoredRecord[], from: number): number {
    const run = this.#run as Run;
    let next = from;
    let characters = 0;
    for (; this.#frame < run.frames.length; this.#frame++) {
      const at = run.frames[this.#frame] as number;
      const offset = frameOffset(run.buffer, at);
      if (offset < next || offset >= segment.until) continue;
      const record = readFrame(run.buffer, at, this.#partition.options.partition);
      characters += weightOf(record);
      if (records.length > 0 && (records.length >= BATCH_RECORDS_MAX || characters > BATCH_CHARACTERS_MAX)) return next;
      if (offset > next && !segment.merged) this.#missing(segment);
      records.push(record);
      next = offset + 1;
    }
    this.#run = undefined;
    return next;
  }

  #missing(segment: Segment): void {
    reportDamage(this.#partition.options.report, segment);
  }
}
