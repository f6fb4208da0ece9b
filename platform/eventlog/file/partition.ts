/** One partition: appends in groups, each made durable by one write and one sync, into the newest of its segments. */
import type { StoredRecord } from '../eventlog.ts';
import { diskError, type EventLogErrorCode, type OnProblem } from '../problem.ts';
import { type Disk, writeAll } from './disk.ts';
import type { SizedRecord } from './frame.ts';
import { AppendQueue, type Group, writeGroup } from './queue.ts';
import { SEGMENT_HEAD_BYTES, Segment, writeHead } from './segment.ts';
import { Tail } from './tail.ts';
import type { Turns } from './turns.ts';

/** A write buffer up to this size is kept for the next group. */
const KEPT_BUFFER_BYTES_MAX = 256 * 1024;

export interface PartitionOptions {
  readonly disk: Disk;
  readonly folder: string;
  /** `events/2`, for messages. */
  readonly name: string;
  readonly partition: number;
  readonly segmentBytesMax: number;
  /** A segment with records older than this gets no more, so that whole segments fall out of retention. */
  readonly segmentMsMax: number;
  readonly tailCharactersMax: number;
  readonly fsync: 'group' | 'interval' | 'never';
  readonly turns: Turns;
  /** Milliseconds since the epoch that never go back. */
  readonly now: () => number;
  readonly report: OnProblem;
  /** Called when there is something new to read. */
  readonly appended: () => void;
  /** Called when a segment was closed for good. */
  readonly closed: () => void;
}

/** What recovery found: segments in ascending order, with the last one open for writing unless it is distrusted. */
export interface PartitionState {
  readonly segments: Segment[];
  readonly end: number;
  readonly lastAppendedAt: number;
  readonly lastGeneration: number;
}

export class Partition {
  readonly options: PartitionOptions;
  readonly segments: Segment[];
  readonly tail: Tail;
  readonly #queue = new AppendQueue();
  #end: number;
  #lastAppendedAt: number;
  #generation: number;
  #running: Promise<void> | undefined;
  #rollWanted = false;
  #syncing: Promise<void> | undefined;
  #buffer = Buffer.alloc(0);
  #failing: EventLogErrorCode | undefined;

  constructor(options: PartitionOptions, state: PartitionState) {
    this.options = options;
    this.segments = state.segments;
    this.#end = state.end;
    this.#lastAppendedAt = state.lastAppendedAt;
    this.#generation = state.lastGeneration;
    this.tail = new Tail(state.end, options.tailCharactersMax);
  }

  /** The offset that the next record will get; everything before it is durable and may be read. */
  get end(): number {
    return this.#end;
  }

  /** Milliseconds; no record is newer. */
  get lastAppendedAt(): number {
    return this.#lastAppendedAt;
  }

  /** The offset of the oldest record kept. */
  get oldest(): number {
    return this.segments[0]?.base ?? this.#end;
  }

  nextGeneration(): number {
    return ++this.#generation;
  }

  /** Gives the offset of the first record, once all are as durable as the fsync policy says; the others follow it. */
  append(records: readonly SizedRecord[]): Promise<number> {
    const done = this.#queue.add(records);
    this.#run();
    return done;
  }

  /** Closes the newest segment if its records are older than `segmentMsMax`, also where nothing is appended any more. */
  async rollIfOld(): Promise<void> {
    const newest = this.segments.at(-1);
    if (newest === undefined || newest.empty || this.options.now() - newest.firstAppendedAt < this.options.segmentMsMax) return;
    this.#rollWanted = true;
    this.#run();
    await this.#running;
  }

  /** For the policy `interval`: what was written so far is on the disk when this resolves, or was reported. */
  sync(): Promise<void> {
    const newest = this.segments.at(-1);
    if (this.#syncing !== undefined || !newest?.unsynced || newest.file === undefined) return this.#syncing ?? Promise.resolve();
    this.#syncing = this.#syncSegment(newest).finally(() => {
      this.#syncing = undefined;
    });
    return this.#syncing;
  }

  async close(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
    const newest = this.segments.at(-1);
    if (newest !== undefined) await this.#closeSegment(newest);
  }

  /** Takes `old` out of what is read, puts `merged` in its place, and removes the files. */
  async replace(old: readonly Segment[], merged?: Segment): Promise<void> {
    const at = this.segments.indexOf(old[0] as Segment);
    this.segments.splice(at, old.length, ...(merged === undefined ? [] : [merged]));
    if (merged === undefined) this.tail.dropBefore(this.oldest);
    for (const segment of old) segment.retired = true;
    for (const segment of old) await this.options.disk.remove(segment.path);
    await this.options.disk.syncFolder(this.options.folder);
  }

  #run(): void {
    this.#running ??= this.#writeGroups().finally(() => {
      this.#running = undefined;
      if (!this.#queue.empty) this.#run();
    });
  }

  async #writeGroups(): Promise<void> {
    while (!this.#queue.empty || this.#rollWanted) {
      await this.options.turns.take();
      try {
        if (this.#rollWanted) await this.#rollEmpty();
        if (!this.#queue.empty) await this.#writeGroup(this.#queue.take());
      } finally {
        this.options.turns.give();
      }
    }
  }

  async #writeGroup(group: Group): Promise<void> {
    const first = this.#end;
    const appendedAt = Math.max(this.#lastAppendedAt, this.options.now());
    try {
      const stored = await this.#write(group, first, appendedAt);
      this.#end += group.records;
      this.#lastAppendedAt = appendedAt;
      this.tail.push(stored);
    } catch (cause) {
      const error = diskError(cause, `append to ${this.options.name}`);
      if (this.#failing !== error.code) this.options.report({ kind: kindOf(error.code), message: error.message });
      this.#failing = error.code;
      this.#queue.failed(group, error);
      return;
    }
    if (this.#failing !== undefined) {
      this.options.report({ kind: 'recovered', message: `Appends to ${this.options.name} succeed again.` });
      this.#failing = undefined;
    }
    this.#queue.written(group, first);
    this.options.appended();
  }

  /** Encodes, writes and syncs; when it rejects, the segment is as before or is distrusted. */
  async #write(group: Group, first: number, appendedAt: number): Promise<StoredRecord[]> {
    const { disk, fsync, folder } = this.options;
    const newest = this.segments.at(-1);
    const segment = newest !== undefined && this.#takes(newest, group.bytes) ? newest : await this.#create(appendedAt);
    const fresh = segment !== newest;
    const headBytes = fresh ? SEGMENT_HEAD_BYTES : 0;
    const bytes = headBytes + group.bytes;
    const buffer = this.#bufferOf(bytes);
    if (fresh) writeHead(buffer, { base: first, replacesTo: 0, firstAppendedAt: appendedAt });
    const stored = writeGroup(buffer, headBytes, group, first, appendedAt, this.options.partition);
    const file = segment.file as number;
    let written = false;
    try {
      await writeAll(disk, file, buffer, bytes, segment.bytes);
      written = true;
      if (fsync === 'group') await disk.sync(file);
      if (fresh) await disk.syncFolder(folder);
    } catch (error) {
      await (fresh ? this.#discard(segment) : this.#undo(segment, written));
      throw error;
    }
    if (fresh) await this.#adopt(segment);
    segment.marks.add(first, appendedAt, segment.bytes + headBytes);
    segment.bytes += bytes;
    segment.until = first + group.records;
    segment.unsynced = fsync !== 'group';
    return stored;
  }

  #bufferOf(bytes: number): Buffer {
    if (this.#buffer.length >= bytes) return this.#buffer;
    const buffer = Buffer.allocUnsafeSlow(Math.max(bytes, Math.min(2 * this.#buffer.length, KEPT_BUFFER_BYTES_MAX)));
    if (buffer.length <= KEPT_BUFFER_BYTES_MAX) this.#buffer = buffer;
    return buffer;
  }

  #takes(segment: Segment, bytes: number): boolean {
    if (segment.distrusted || segment.file === undefined) return false;
    if (segment.empty) return true;
    const { segmentBytesMax, segmentMsMax, now } = this.options;
    return segment.bytes + bytes <= segmentBytesMax && now() - segment.firstAppendedAt < segmentMsMax;
  }

  /** A file with nothing in it yet; its head is written together with its first records. */
  async #create(firstAppendedAt: number): Promise<Segment> {
    const name = { base: this.#end, generation: this.nextGeneration() };
    const segment = new Segment(this.options.folder, name, { replacesTo: 0, firstAppendedAt }, 0);
    segment.file = await this.options.disk.open(segment.path, 'create');
    return segment;
  }

  async #adopt(segment: Segment): Promise<void> {
    const before = this.segments.at(-1);
    this.segments.push(segment);
    if (before === undefined) return;
    await this.#closeSegment(before);
    this.options.closed();
  }

  /** An empty segment, which says where the offsets go on when all before it is deleted. */
  async #rollEmpty(): Promise<void> {
    this.#rollWanted = false;
    const now = Math.max(this.#lastAppendedAt, this.options.now());
    let segment: Segment | undefined;
    try {
      segment = await this.#create(now);
      const head = this.#bufferOf(SEGMENT_HEAD_BYTES);
      writeHead(head, { base: this.#end, replacesTo: 0, firstAppendedAt: now });
      await writeAll(this.options.disk, segment.file as number, head, SEGMENT_HEAD_BYTES, 0);
      await this.options.disk.sync(segment.file as number);
      await this.options.disk.syncFolder(this.options.folder);
      segment.bytes = SEGMENT_HEAD_BYTES;
      await this.#adopt(segment);
    } catch (cause) {
      if (segment !== undefined) await this.#discard(segment);
      const error = diskError(cause, `begin a new file of ${this.options.name}`);
      this.options.report({ kind: kindOf(error.code), message: error.message });
    }
  }

  /** After a failed write the file is cut back. After a failed sync nobody knows what the disk holds: it is never written again. */
  async #undo(segment: Segment, written: boolean): Promise<void> {
    const cut = await this.options.disk.truncate(segment.file as number, segment.bytes).then(
      () => true,
      () => false,
    );
    if (cut && !written) return;
    segment.distrusted = true;
    await this.#closeSegment(segment);
  }

  /**
   * A new file that could not be made durable is removed. It may be back after a crash all the same, and then ends the one
   * before it: so that one gets no more either, and the next new file, of a higher generation, replaces this one.
   */
  async #discard(segment: Segment): Promise<void> {
    const { disk } = this.options;
    await disk.close(segment.file as number).catch(() => {});
    await disk.remove(segment.path).catch(() => {});
    const newest = this.segments.at(-1);
    if (newest === undefined) return;
    await this.#closeSegment(newest);
    newest.distrusted = true;
  }

  async #closeSegment(segment: Segment): Promise<void> {
    await this.#syncing;
    const file = segment.file;
    if (file === undefined) return;
    if (segment.unsynced && this.options.fsync === 'interval' && !segment.distrusted) await this.#syncSegment(segment);
    if (segment.file === undefined) return;
    segment.file = undefined;
    await this.options.disk.close(file).catch(() => {});
  }

  async #syncSegment(segment: Segment): Promise<void> {
    segment.unsynced = false;
    try {
      await this.options.disk.sync(segment.file as number);
    } catch (cause) {
      segment.distrusted = true;
      const error = diskError(cause, `sync ${this.options.name}; what came since the last sync may not survive a power loss`);
      this.options.report({ kind: kindOf(error.code), message: error.message });
    }
  }
}

function kindOf(code: EventLogErrorCode): 'full' | 'read-only' | 'disk' {
  return code === 'full' || code === 'read-only' ? code : 'disk';
}
