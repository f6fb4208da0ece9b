/** The newest records of a partition in memory, so that readers at its end never touch the disk. */
import type { StoredRecord } from '../eventlog.ts';

/** Readers get at most this many records at once. */
export const BATCH_RECORDS_MAX = 500;
/** And, unless a single record is larger, at most this many characters. */
export const BATCH_CHARACTERS_MAX = 1024 * 1024;

/** What a record weighs besides its texts: the object, its place in the list. */
const RECORD_OVERHEAD = 100;

/** Stands where a record was let go, so that its texts are not held. */
const NOTHING: StoredRecord = { partition: 0, offset: -1, appendedAt: 0, key: '', value: '', headers: {} };

export function weightOf(record: StoredRecord): number {
  return record.key.length + record.value.length + RECORD_OVERHEAD;
}

export class Tail {
  readonly #charactersMax: number;
  #records: StoredRecord[] = [];
  /** Records before this index are let go; they are removed from the list now and then, many at once. */
  #gone = 0;
  #characters = 0;
  #end: number;

  /** @param end  the offset that the next record will get */
  constructor(end: number, charactersMax: number) {
    this.#end = end;
    this.#charactersMax = charactersMax;
  }

  /** The oldest offset held; the partition's end where none is. */
  get first(): number {
    return this.#end - (this.#records.length - this.#gone);
  }

  /** Records with the offsets that follow; the newest one is always kept. */
  push(records: readonly StoredRecord[]): void {
    for (const record of records) {
      this.#records.push(record);
      this.#characters += weightOf(record);
    }
    this.#end += records.length;
    while (this.#characters > this.#charactersMax && this.#gone < this.#records.length - 1) this.#letGo();
    this.#shorten();
  }

  /** Lets go of what the files do not keep any more. */
  dropBefore(offset: number): void {
    while (this.#gone < this.#records.length && this.first < offset) this.#letGo();
    this.#shorten();
  }

  /** From `offset`, which is held, as many as make a batch. */
  batch(offset: number): StoredRecord[] {
    const from = this.#records.length - (this.#end - offset);
    let to = from;
    let characters = 0;
    const last = Math.min(this.#records.length, from + BATCH_RECORDS_MAX);
    while (to < last) {
      characters += weightOf(this.#records[to] as StoredRecord);
      if (characters > BATCH_CHARACTERS_MAX && to > from) break;
      to++;
    }
    return this.#records.slice(from, to);
  }

  /** The offset of the first record held that was appended at `since` or later; undefined unless an earlier one is held too. */
  since(since: number): number | undefined {
    const oldest = this.#records[this.#gone];
    if (oldest === undefined || oldest.appendedAt >= since) return undefined;
    let from = this.#gone;
    let to = this.#records.length;
    while (from < to) {
      const middle = (from + to) >>> 1;
      if ((this.#records[middle] as StoredRecord).appendedAt < since) from = middle + 1;
      else to = middle;
    }
    return this.#end - (this.#records.length - from);
  }

  #letGo(): void {
    this.#characters -= weightOf(this.#records[this.#gone] as StoredRecord);
    this.#records[this.#gone++] = NOTHING;
  }

  #shorten(): void {
    if (this.#gone < 1000 || this.#gone * 2 < this.#records.length) return;
    this.#records = this.#records.slice(this.#gone);
    this.#gone = 0;
  }
}
