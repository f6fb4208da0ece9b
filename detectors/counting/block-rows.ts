/** The counts of one block: what each series has in each second, and what of it was not published yet. */
import type { CountRow } from '../../platform/topics/counts.ts';
import { type CountedMetric, countsWholeType, seriesOf } from './metric.ts';
import { Unwatched } from './unwatched.ts';

/** One metric as it is counted. */
export interface Counter {
  readonly series: string;
  readonly metric: CountedMetric;
  /** Counts every event of its type, so a batch's tally is enough. */
  readonly wholeType: boolean;
  readonly cells: Map<number, Cell>;
}

interface Cell {
  n: number;
  sum: number;
  lost: number;
  changed: boolean;
}

const NONE: readonly Counter[] = [];

export class BlockRows {
  readonly unwatched = new Unwatched();
  readonly #byType = new Map<string, Counter[]>();
  #changed: { series: string; second: number; cell: Cell }[] = [];

  constructor(metrics: readonly CountedMetric[]) {
    for (const metric of metrics) {
      const counter: Counter = { series: seriesOf(metric), metric, wholeType: countsWholeType(metric), cells: new Map() };
      const same = this.#byType.get(metric.event);
      if (same) same.push(counter);
      else this.#byType.set(metric.event, [counter]);
    }
  }

  /** Those that count events of this type. */
  counters(type: string): readonly Counter[] {
    return this.#byType.get(type) ?? NONE;
  }

  /**
   * @param second  since the epoch
   * @param n       events
   * @param sum     of their values
   * @param lost    events that are known to have been and were discarded
   */
  add({ series, cells }: Counter, second: number, n: number, sum: number, lost: number): void {
    let cell = cells.get(second);
    if (!cell) {
      cell = { n: 0, sum: 0, lost: 0, changed: false };
      cells.set(second, cell);
    }
    cell.n += n;
    cell.sum += sum;
    cell.lost += lost;
    if (cell.changed) return;
    cell.changed = true;
    this.#changed.push({ series, second, cell });
  }

  /** Rows that changed since this was called last, each whole for the block. */
  takeChanged(): CountRow[] {
    const changed = this.#changed;
    this.#changed = [];
    return changed.map(({ series, second, cell }) => {
      cell.changed = false;
      return [series, second, cell.n, cell.sum, cell.lost];
    });
  }

  leave(series: ReadonlySet<string>): void {
    for (const [type, counters] of this.#byType) {
      this.#byType.set(
        type,
        counters.filter((counter) => !series.has(counter.series)),
      );
    }
    this.#changed = this.#changed.filter((change) => !series.has(change.series));
  }

  /** A new block begins. */
  clear(): void {
    this.#changed = [];
    this.unwatched.clear();
    for (const counters of this.#byType.values()) for (const { cells } of counters) cells.clear();
  }
}
