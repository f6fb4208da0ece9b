/**
 * Which value of a field an event is counted under, within one block: a pure function of the log, whoever reads it from wherever. Values
 * have names as they come, up to a bound; after a block with more values than that only those have one that were frequent in it.
 */
import type { EventData, FieldValue } from '@plummet/sdk/batch';
import { segmentSeries } from '../../platform/topics/counts.ts';
import type { Cells } from './block-rows.ts';
import { NO_VALUE, OTHER, segmentName, UNREAD } from './segment-name.ts';

/** Of one block and partition, `(none)` among them. There are 249 countries. */
export const NAMES_MAX = 256;
/** Values told apart in a block, so that what is frequent among very many is known for the next one. */
export const VALUES_MAX = 2048;
/** Frequent: a hundred and fiftieth of all. Of 2,048 events a segment of 3 % has 61 and not below 14, but once in ten billion blocks. */
const FREQUENT_SHARE = 1 / 150;

interface Value {
  readonly cells: Cells;
  n: number;
}

/** What counting the next block of it depends on: the values that may have a name, or null: the first that come. */
export type SavedSegments = readonly [series: string, names: readonly string[] | null, field?: string];

export class Segmenter {
  readonly #field: string;
  readonly #series: string;
  /** By name. */
  #values = new Map<string, Value>();
  /** The same by what stands in the events. */
  readonly #known = new Map<FieldValue, Value>();
  #other: Value;
  readonly #unread: Cells;
  #frequent: ReadonlySet<string> | null = null;
  /** Whether the block before is known; else nobody can say which values have a name in this one, and no row of it is told. */
  #isTold = false;

  constructor(series: string, field: string) {
    this.#field = field;
    this.#series = series;
    this.#other = this.#begin(OTHER);
    this.#unread = this.#cells(UNREAD);
  }

  get isTold(): boolean {
    return this.#isTold;
  }

  /** Where the event is to be added. `n`: it stands for so many. */
  of(data: EventData | undefined, n: number): Cells {
    const found = data?.[this.#field];
    const value = (found !== undefined && this.#known.get(found)) || this.#find(found);
    value.n += n;
    return value.cells;
  }

  /** Where events are added of which nobody knows the value. */
  get unread(): Cells {
    return this.#unread;
  }

  /** Nothing was before: the log begins here. */
  begin(): void {
    this.#isTold = true;
  }

  /** @returns null while it is not known */
  save(): SavedSegments | null {
    return this.#isTold ? [this.#series, this.#frequent && [...this.#frequent], this.#field] : null;
  }

  /** Names of another field are none of this one's: then the block before is not known. */
  restore([, names, field]: SavedSegments): void {
    if (field !== this.#field) return;
    this.#frequent = names && new Set(names);
    this.#isTold = true;
  }

  /** A new block begins. @returns how many values the last one had, where they are too many as from it on; else 0 */
  nextBlock(): number {
    const wasFew = this.#frequent === null;
    const values = this.#values.size;
    let all = this.#other.n;
    for (const { n } of this.#values.values()) all += n;
    const frequent = [...this.#values].filter(([, { n }]) => n >= all * FREQUENT_SHARE).map(([name]) => name);
    this.#frequent = values > NAMES_MAX ? new Set(frequent) : null;
    this.#isTold = true;
    this.#values = new Map();
    this.#known.clear();
    this.#other = this.#begin(OTHER);
    this.#unread.cells.clear();
    return wasFew && this.#frequent !== null ? values : 0;
  }

  #find(found: FieldValue | null | undefined): Value {
    const name = segmentName(found);
    const value = this.#values.get(name) ?? this.#add(name);
    // What comes again is known by what it is; a text in many spellings is not remembered for ever.
    if (found !== undefined && typeof found !== 'object' && this.#known.size < VALUES_MAX) this.#known.set(found, value);
    return value;
  }

  #add(name: string): Value {
    if (name === OTHER || this.#values.size >= VALUES_MAX) return this.#other;
    const isNamed = name === NO_VALUE || (this.#frequent ? this.#frequent.has(name) : this.#values.size < NAMES_MAX);
    const value = isNamed ? this.#begin(name) : { cells: this.#other.cells, n: 0 };
    this.#values.set(name, value);
    return value;
  }

  #begin(name: string): Value {
    return { cells: this.#cells(name), n: 0 };
  }

  #cells(name: string): Cells {
    return { series: segmentSeries(this.#series, name), cells: new Map(), part: this };
  }
}
