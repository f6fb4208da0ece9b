/** Counts in, closed seconds out: what each series has in them, and which share of its usual traffic that stands for. */
import type { CountsRecord } from '../../platform/topics/counts.ts';
import { type ClosedSecond, Closing } from './closing.ts';
import { type CountedMetric, countsWholeType, seriesOf } from './metric.ts';
import { Sums, Totals } from './total.ts';
import { type Steady, UsualShares } from './usual-shares.ts';

/** Below this share of its usual traffic a series is blind. */
const READABLE_SHARE_MIN = 0.5;
/** While fewer producers than this share came or went, what a partition carried is what it would carry: far below any drop. */
const CHANGED_SHARE_MAX = 0.1;

interface Watched {
  /** Counts every event of a type, so that discarded ones are known to be its own. */
  readonly wholeType: boolean;
  /** The sum of a field is what counts, and not the events. */
  readonly isSum: boolean;
}

export class Readings {
  readonly #totals: Totals;
  readonly #closing: Closing;
  readonly #shares: UsualShares;
  readonly #watched: (Watched | undefined)[] = [];
  readonly #sums = new Sums();
  #closed: ClosedSecond | null = null;
  #isWhole = true;
  #steady: Steady = { lately: true, slowly: true };

  /** @param partitions  of `events` */
  constructor(partitions: number) {
    this.#totals = new Totals({ partitions });
    this.#closing = new Closing(partitions);
    this.#shares = new UsualShares(partitions);
  }

  /** @returns the index by which the series is asked for */
  watch(metric: CountedMetric): number {
    const index = this.#totals.watch(seriesOf(metric));
    this.#watched[index] = { wholeType: countsWholeType(metric), isSum: metric.value !== undefined };
    return index;
  }

  unwatch(series: string, index: number): void {
    this.#totals.unwatch(series);
    this.#shares.forget(index);
    this.#watched[index] = undefined;
  }

  take(record: CountsRecord): void {
    this.#totals.take(record);
    this.#closing.take(record);
  }

  /** @returns the next second if it closes with what was taken so far; `n` and `share` speak of it until the next one */
  close(): ClosedSecond | null {
    const closed = this.#closing.close();
    if (!closed) return null;
    this.#closed = closed;
    const { second, leftOut, missing } = closed;
    this.#isWhole = this.#totals.isWhole(second);
    this.#totals.add(second, leftOut, this.#sums);
    if (missing > 0) this.#steady = this.#steadyFor(closed);
    else this.#shares.note(second, this.#totals.cells, (cells) => this.#totals.events(second, cells));
    this.#totals.forgetBefore(second + 1);
    return closed;
  }

  /** Events, or the sum of their values, of the closed second; what producers say they had to discard counts too. */
  n(index: number): number {
    if (this.#watched[index]?.isSum) return Math.max(0, this.#sums.sum[index] ?? 0);
    return (this.#sums.n[index] ?? 0) + (this.#watched[index]?.wholeType ? (this.#sums.lost[index] ?? 0) : 0);
  }

  /** Events, or the sum of their values, alone: those that producers discarded are of no known segment. */
  counted(index: number): number {
    return (this.#watched[index]?.isSum ? this.#sums.sum[index] : this.#sums.n[index]) ?? 0;
  }

  /** The share (0..1) of the series' usual traffic that was readable in the closed second; 0: it is blind. */
  share(index: number): number {
    const closed = this.#closed;
    if (!closed || !this.#isWhole || closed.missing === closed.leftOut.length) return 0;
    if ((this.#sums.lost[index] ?? 0) > 0 && !this.#watched[index]?.wholeType) return 0;
    if (closed.missing === 0) return 1;
    const share = this.#shares.share(index, closed.leftOut, this.#steady) ?? 0;
    return share < READABLE_SHARE_MIN ? 0 : share;
  }

  /** Did anything of any series come in the closed second? */
  get isEmpty(): boolean {
    return this.#sums.n.every((n) => n === 0);
  }

  /** Progress (ms) of the partition farthest on, and the one that all readable ones have reached. */
  get front(): number {
    return this.#closing.front;
  }

  get passed(): number {
    return this.#closing.passed;
  }

  /** What a process that comes after could not learn from the counts it reads again. */
  save(index: number): { usual: number[]; spokeAt: number | null } {
    const isPart = (this.#closed?.missing ?? 0) > 0;
    const usual = isPart ? Array.from(this.#shares.usual(index, this.#steady), Math.round) : [];
    return { usual, spokeAt: this.#closing.spokeAt };
  }

  restore(index: number, { usual, spokeAt }: { usual: readonly number[]; spokeAt: number | null }): void {
    this.#shares.restore(index, usual);
    if (spokeAt !== null) this.#closing.restoreSpokeAt(spokeAt);
  }

  #steadyFor(closed: ClosedSecond): Steady {
    const { from, to, slowFrom } = this.#shares.span;
    const isSteady = (since: number): boolean => this.#closing.producersChanged(since, to, closed) <= CHANGED_SHARE_MAX;
    const lately = isSteady(from);
    return { lately, slowly: lately && isSteady(slowFrom) };
  }
}
