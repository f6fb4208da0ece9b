/** Adds whole counts up: events of every series and second, by partition of `events`, exactly, however often a block is counted. */
import { BLOCK_RECORDS, type CountsRecord } from '../../platform/topics/counts.ts';

/** Memory for seconds that are not closed yet; a stray event of next year is let go first. */
const BYTES_MAX = 128 * 2 ** 20;
/** However many series there are, an outage of half a minute is remembered. */
const SECONDS_MIN = 32;
const SECONDS_MAX = 4096;
const BYTES_A_CELL = 24;
/** Emptied seconds kept for the next ones, so that none is allocated while all is well. */
const SPARE_MAX = 8;

/** What was counted of one series in one second and partition. */
export interface Total {
  readonly n: number;
  readonly sum: number;
  readonly lost: number;
}

export interface TotalsOptions {
  /** Of `events`. */
  readonly partitions: number;
  /** Of memory for seconds that are not forgotten; half a minute is kept in any case. */
  readonly bytesMax?: number;
}

/**
 * Equal (series, second, partition, block) merge by the higher `to`; a second is the sum of its blocks. A counter writes its
 * blocks in order, so a block that is older than the newest one of a (series, second, partition) is final and in the sum already.
 */
export class Totals {
  readonly #partitions: number;
  readonly #bytesMax: number;
  readonly #series = new Map<string, number>();
  readonly #free: number[] = [];
  /** Rows of the arrays, one a series. */
  #capacity = 16;
  readonly #seconds = new Map<number, SecondTotals>();
  readonly #spare: SecondTotals[] = [];
  /** Seconds of which a row was left out for want of memory. */
  readonly #torn = new Set<number>();
  #from = 0;

  constructor({ partitions, bytesMax = BYTES_MAX }: TotalsOptions) {
    this.#partitions = partitions;
    this.#bytesMax = bytesMax;
  }

  /** Only watched series are added up. @returns the series' index, by which its totals are read */
  watch(series: string): number {
    const known = this.#series.get(series);
    if (known !== undefined) return known;
    const index = this.#free.pop() ?? this.#series.size;
    this.#series.set(series, index);
    if (index >= this.#capacity) this.#grow();
    return index;
  }

  unwatch(series: string): void {
    const index = this.#series.get(series);
    if (index === undefined) return;
    this.#series.delete(series);
    this.#free.push(index);
    for (const second of this.#seconds.values()) second.clear(index * this.#partitions, this.#partitions);
  }

  take({ partition, to, rows }: CountsRecord): void {
    if (partition >= this.#partitions) return;
    for (const [series, second, n, sum, lost] of rows) {
      const index = this.#series.get(series);
      if (index === undefined || second < this.#from) continue;
      this.#of(second)?.take(index * this.#partitions + partition, to, n, sum, lost);
    }
  }

  at(index: number, second: number, partition: number): Total {
    return this.#seconds.get(second)?.at(index * this.#partitions + partition) ?? { n: 0, sum: 0, lost: 0 };
  }

  /** Adds the partitions that are not left out up, for every series at once, into `into`, by index. */
  add(second: number, leftOut: readonly boolean[], into: Sums): void {
    into.reset(this.#capacity);
    this.#seconds.get(second)?.add(this.#partitions, this.#series.size + this.#free.length, leftOut, into);
  }

  /** Adds each series' events of the second to `cells` (index * partitions + partition), and what was lost too. */
  events(second: number, cells: Float64Array): void {
    this.#seconds.get(second)?.events(cells);
  }

  /** Length of the array that `events` fills. */
  get cells(): number {
    return this.#capacity * this.#partitions;
  }

  /** False where rows of the second were left out for want of memory: nobody knows its count. */
  isWhole(second: number): boolean {
    return !this.#torn.has(second);
  }

  /** What comes later for these seconds is left out. */
  forgetBefore(second: number): void {
    if (second <= this.#from) return;
    this.#from = second;
    for (const known of this.#seconds.keys()) if (known < second) this.#release(known);
    for (const torn of this.#torn) if (torn < second) this.#torn.delete(torn);
  }

  #of(second: number): SecondTotals | undefined {
    const known = this.#seconds.get(second);
    if (known) return known;
    if (this.#seconds.size >= this.#secondsMax && !this.#makeRoomFor(second)) return undefined;
    const fresh = this.#spare.pop() ?? new SecondTotals(this.#capacity * this.#partitions);
    this.#seconds.set(second, fresh);
    return fresh;
  }

  get #secondsMax(): number {
    const room = Math.floor(this.#bytesMax / (this.cells * BYTES_A_CELL));
    return Math.min(SECONDS_MAX, Math.max(SECONDS_MIN, room));
  }

  /** The second farthest ahead goes, for it is decided on last, if ever. */
  #makeRoomFor(second: number): boolean {
    const farthest = Math.max(...this.#seconds.keys());
    const torn = Math.max(second, farthest);
    if (this.#torn.size >= SECONDS_MAX) this.#torn.delete(Math.max(...this.#torn));
    this.#torn.add(torn);
    if (torn === second) return false;
    this.#release(farthest);
    return true;
  }

  #release(second: number): void {
    const gone = this.#seconds.get(second);
    this.#seconds.delete(second);
    if (!gone || this.#spare.length >= SPARE_MAX) return;
    gone.clear(0, this.cells);
    this.#spare.push(gone);
  }

  #grow(): void {
    this.#capacity *= 2;
    this.#spare.length = 0;
    for (const second of this.#seconds.values()) second.grow(this.cells);
  }
}

/** Sums over partitions, by the series' index; made once and filled anew for each second. */
export class Sums {
  n = new Float64Array(0);
  sum = new Float64Array(0);
  lost = new Float64Array(0);

  reset(capacity: number): void {
    if (this.n.length === capacity) {
      for (const column of [this.n, this.sum, this.lost]) column.fill(0);
      return;
    }
    this.n = new Float64Array(capacity);
    this.sum = new Float64Array(capacity);
    this.lost = new Float64Array(capacity);
  }
}

/** One second: a cell for each series and partition. Sums and losses are rare, so their columns come with the first one. */
class SecondTotals {
  #to: Float64Array;
  readonly #n: Column;
  #sum: Column | null = null;
  #lost: Column | null = null;

  constructor(cells: number) {
    this.#to = new Float64Array(cells);
    this.#n = new Column(cells);
  }

  take(cell: number, to: number, n: number, sum: number, lost: number): void {
    const before = this.#to[cell] as number;
    if (to <= before) return;
    if (sum !== 0) this.#sum ??= new Column(this.#to.length);
    if (lost !== 0) this.#lost ??= new Column(this.#to.length);
    const nextBlock = before > 0 && blockBefore(before) !== blockBefore(to);
    this.#to[cell] = to;
    this.#n.put(cell, n, nextBlock);
    this.#sum?.put(cell, sum, nextBlock);
    this.#lost?.put(cell, lost, nextBlock);
  }

  at(cell: number): Total {
    return { n: this.#n.at(cell), sum: this.#sum?.at(cell) ?? 0, lost: this.#lost?.at(cell) ?? 0 };
  }

  add(partitions: number, series: number, leftOut: readonly boolean[], into: Sums): void {
    this.#n.add(partitions, series, leftOut, into.n);
    this.#sum?.add(partitions, series, leftOut, into.sum);
    this.#lost?.add(partitions, series, leftOut, into.lost);
  }

  events(cells: Float64Array): void {
    this.#n.addAll(cells);
    this.#lost?.addAll(cells);
  }

  clear(from: number, cells: number): void {
    this.#to.fill(0, from, from + cells);
    this.#n.clear(from, cells);
    if (cells === this.#to.length) this.#sum = this.#lost = null;
    this.#sum?.clear(from, cells);
    this.#lost?.clear(from, cells);
  }

  grow(cells: number): void {
    this.#to = longer(this.#to, cells);
    for (const column of [this.#n, this.#sum, this.#lost]) column?.grow(cells);
  }
}

/** A number for each cell, in two parts: of the blocks that are done and of the open one, which is replaced by a later count. */
class Column {
  #done: Float64Array;
  #open: Float64Array;

  constructor(cells: number) {
    this.#done = new Float64Array(cells);
    this.#open = new Float64Array(cells);
  }

  put(cell: number, value: number, nextBlock: boolean): void {
    if (nextBlock) this.#done[cell] = this.at(cell);
    this.#open[cell] = value;
  }

  at(cell: number): number {
    return (this.#done[cell] as number) + (this.#open[cell] as number);
  }

  add(partitions: number, series: number, leftOut: readonly boolean[], into: Float64Array): void {
    for (let partition = 0; partition < partitions; partition++) {
      if (leftOut[partition]) continue;
      for (let index = 0, cell = partition; index < series; index++, cell += partitions)
        into[index] = (into[index] as number) + this.at(cell);
    }
  }

  addAll(cells: Float64Array): void {
    for (let cell = 0; cell < cells.length; cell++) cells[cell] = (cells[cell] as number) + this.at(cell);
  }

  clear(from: number, cells: number): void {
    this.#done.fill(0, from, from + cells);
    this.#open.fill(0, from, from + cells);
  }

  grow(cells: number): void {
    this.#done = longer(this.#done, cells);
    this.#open = longer(this.#open, cells);
  }
}

/** The block of the record before offset `to`. */
function blockBefore(to: number): number {
  return Math.ceil(to / BLOCK_RECORDS) - 1;
}

/** A copy with zeros behind. */
export function longer(values: Float64Array, length: number): Float64Array<ArrayBuffer> {
  const grown = new Float64Array(length);
  grown.set(values);
  return grown;
}
