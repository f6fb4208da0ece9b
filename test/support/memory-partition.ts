/** One partition of the event log on arrays: records by offset, what is kept of them, and whether it stands still. */
import type { LogRecord, StoredRecord } from '../../platform/eventlog/eventlog.ts';
import type { Batch, Feed } from '../../platform/eventlog/file/reader.ts';
import type { Topic } from '../../platform/topics/topic.ts';

const BATCH_RECORDS_MAX = 500;
/** Old records are looked for once in so many appends. */
const TIDY_EVERY_APPENDS = 4_096;

const NO_HEADERS = Object.freeze({});

interface Surroundings {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Called when there is something new to read. */
  readonly wake: () => void;
  /** How many offsets are passed over after a record. */
  readonly skip: () => number;
}

export class MemoryPartition {
  /** The clock of the broker that leads now was there at the newest record already. */
  #sameClock = true;
  #wrongMs = 0;
  readonly #number: number;
  readonly #keeps: Topic['keeps'];
  readonly #now: () => number;
  readonly #wake: () => void;
  readonly #skip: () => number;
  #records: StoredRecord[] = [];
  #end = 0;
  #sinceTidy = 0;
  /** After the last compaction: how many records were left. */
  #compactedTo = 0;
  #heldAt: number | undefined;
  #waitingForRelease: (() => void)[] = [];

  constructor(number: number, keeps: Topic['keeps'], { now, wake, skip }: Surroundings) {
    this.#number = number;
    this.#keeps = keeps;
    this.#now = now;
    this.#wake = wake;
    this.#skip = skip;
  }

  get end(): number {
    return this.#end;
  }

  get held(): boolean {
    return this.#heldAt !== undefined;
  }

  /** The end as readers see it: what came just before the partition stood still may be behind it. */
  get readableEnd(): number {
    return this.#heldAt ?? this.#end;
  }

  append({ key, value, headers }: LogRecord, now: number): number {
    const offset = this.#end;
    this.#end += 1 + this.#skip();
    const stamped = now + this.#wrongMs;
    const appendedAt = this.#sameClock ? Math.max(stamped, this.#records.at(-1)?.appendedAt ?? 0) : stamped;
    this.#sameClock = true;
    const kept = headers === undefined ? NO_HEADERS : { ...headers };
    this.#records.push({ partition: this.#number, offset, appendedAt, key, value, headers: kept });
    if (++this.#sinceTidy >= TIDY_EVERY_APPENDS) this.#tidy();
    this.#wake();
    return offset;
  }

  /** Another broker leads, whose clock is off by so much, ms: what it stamps may go back. */
  lead(wrongMs: number): void {
    this.#sameClock &&= wrongMs === this.#wrongMs;
    this.#wrongMs = wrongMs;
  }

  feed(): Feed {
    const oldest = (): number => this.#oldest;
    const end = (): number => this.readableEnd;
    return {
      get end() {
        return end();
      },
      get oldest() {
        return oldest();
      },
      read: (offset) => this.#batch(offset),
    };
  }

  offsetAt(since: number): number {
    return this.#records.find((record) => record.appendedAt >= since)?.offset ?? this.#end;
  }

  kept(): readonly StoredRecord[] {
    this.#tidy();
    return this.#records;
  }

  hold(): void {
    this.#heldAt ??= this.#end;
  }

  release(): void {
    this.#heldAt = undefined;
    const waiting = this.#waitingForRelease;
    this.#waitingForRelease = [];
    for (const go of waiting) go();
  }

  /** In the order of asking; at once where it does not stand still. */
  released(): Promise<void> {
    return this.held ? new Promise((resolve) => this.#waitingForRelease.push(resolve)) : Promise.resolve();
  }

  get #oldest(): number {
    if (typeof this.#keeps !== 'number') return 0;
    const oldest = this.#records[0];
    if (oldest !== undefined && oldest.appendedAt < this.#now() - this.#keeps) this.#tidy();
    return this.#records[0]?.offset ?? this.#end;
  }

  #batch(offset: number): Batch {
    const from = this.#firstIndex((record) => record.offset >= offset);
    const records = this.#records.slice(from, Math.min(from + BATCH_RECORDS_MAX, this.#indexOfEnd()));
    return { records, next: (records.at(-1)?.offset ?? this.readableEnd - 1) + 1 };
  }

  #indexOfEnd(): number {
    const end = this.#heldAt;
    return end === undefined ? this.#records.length : this.#firstIndex((record) => record.offset >= end);
  }

  /** Of the first record for which it holds; it holds for all after that too. */
  #firstIndex(holds: (record: StoredRecord) => boolean): number {
    let from = 0;
    let to = this.#records.length;
    while (from < to) {
      const middle = (from + to) >>> 1;
      if (holds(this.#records[middle] as StoredRecord)) to = middle;
      else from = middle + 1;
    }
    return from;
  }

  #tidy(): void {
    this.#sinceTidy = 0;
    if (this.#keeps === 'forever') return;
    if (this.#keeps === 'compacted') {
      if (this.#records.length < 2 * this.#compactedTo) return;
      const newest = new Map(this.#records.map(({ key, offset }) => [key, offset]));
      this.#records = this.#records.filter(({ key, offset }) => newest.get(key) === offset);
      this.#compactedTo = this.#records.length;
      return;
    }
    const before = this.#now() - this.#keeps;
    const gone = this.#firstIndex((record) => record.appendedAt >= before);
    if (gone > 0) this.#records = this.#records.slice(gone);
  }
}
