/** The counts of one block: what each series has in each second, and what of it was not published yet. */
import type { EventData } from '@plummet/sdk/batch';
import { type CountRow, wholeOf } from '../../platform/topics/counts.ts';
import { amountOf, type CountedMetric, countsWholeType, matches, seriesOf } from './metric.ts';
import { type SavedSegments, Segmenter } from './segmenter.ts';
import { Unwatched } from './unwatched.ts';

/** What a series has in each second of the block. */
export interface Cells {
  readonly series: string;
  readonly cells: Map<number, Cell>;
  /** Whose segment it is; null: it is a whole. */
  readonly part: Segmenter | null;
}

/** One metric as it is counted. */
export interface Counter extends Cells {
  readonly metric: CountedMetric;
  /** Counts every event of its type, so a batch's tally is enough. */
  readonly wholeType: boolean;
  /** Its parts; null where it has none. */
  readonly segments: Segmenter | null;
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
  #changed: { of: Cells; second: number; cell: Cell }[] = [];

  constructor(metrics: readonly CountedMetric[]) {
    for (const metric of metrics) {
      const series = seriesOf(metric);
      const segments = metric.by ? new Segmenter(series, metric.by.field) : null;
      const counter: Counter = { series, metric, wholeType: countsWholeType(metric), cells: new Map(), segments, part: null };
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
  add(of: Cells, second: number, n: number, sum: number, lost: number): void {
    let cell = of.cells.get(second);
    if (!cell) {
      cell = { n: 0, sum: 0, lost: 0, changed: false };
      of.cells.set(second, cell);
    }
    cell.n += n;
    cell.sum += sum;
    cell.lost += lost;
    if (cell.changed) return;
    cell.changed = true;
    this.#changed.push({ of, second, cell });
  }

  /** Adds an event that the metric counts to its segment; the whole has it by other ways. */
  addToSegment({ segments }: Counter, data: EventData | undefined, second: number, n: number, sum: number): void {
    if (segments) this.add(segments.of(data, n), second, n, sum, 0);
  }

  /** Adds an event to the metric and to its segment, if it counts it. */
  addEvent(counter: Counter, data: EventData | undefined, second: number, weight: number): void {
    if (!matches(counter.metric, data)) return;
    const sum = weight * amountOf(counter.metric, data);
    this.add(counter, second, weight, sum, 0);
    this.addToSegment(counter, data, second, weight, sum);
  }

  /**
   * Rows that changed since this was called last, each whole for the block.
   *
   * @param openFrom  segments of seconds from here on are kept back: nobody looks at them before all partitions have passed them, and
   *                  each would be told four times
   */
  takeChanged(openFrom = Number.POSITIVE_INFINITY): CountRow[] {
    const changed = this.#changed;
    this.#changed = changed.filter(({ of, second }) => of.part?.isTold && second >= openFrom);
    const rows: CountRow[] = [];
    for (const { of, second, cell } of changed) {
      if (of.part && (second >= openFrom || !of.part.isTold)) continue;
      cell.changed = false;
      rows.push([of.series, second, cell.n, cell.sum, cell.lost]);
    }
    return rows;
  }

  /** Whether rows are kept back. */
  get keepsBack(): boolean {
    return this.#changed.length > 0;
  }

  leave(series: ReadonlySet<string>): void {
    for (const [type, counters] of this.#byType) {
      this.#byType.set(
        type,
        counters.filter((counter) => !series.has(counter.series)),
      );
    }
    this.#changed = this.#changed.filter(({ of }) => !series.has(wholeOf(of.series)));
  }

  /** A new block begins. @returns metrics of which a field has more values than can have a name, as from now on, and how many */
  clear(): { metric: string; values: number }[] {
    this.#changed = [];
    this.unwatched.clear();
    const tooMany: { metric: string; values: number }[] = [];
    for (const counters of this.#byType.values()) {
      for (const { cells, segments, metric } of counters) {
        cells.clear();
        const values = segments?.nextBlock() ?? 0;
        if (values > 0) tooMany.push({ metric: metric.name, values });
      }
    }
    return tooMany;
  }

  /** Nothing was before the first block: the log begins there. */
  begin(): void {
    for (const segments of this.#segmenters()) segments.begin();
  }

  saveSegments(): SavedSegments[] {
    return [...this.#segmenters()].map((segments) => segments.save()).filter((saved) => saved !== null);
  }

  /** A metric that nothing was saved of is told from the next block on. */
  restoreSegments(saved: readonly SavedSegments[]): void {
    for (const counters of this.#byType.values()) {
      for (const { series, segments } of counters) {
        const own = saved.find(([of]) => of === series);
        if (own) segments?.restore(own);
      }
    }
  }

  *#segmenters(): Iterable<Segmenter> {
    for (const counters of this.#byType.values()) for (const { segments } of counters) if (segments) yield segments;
  }
}
