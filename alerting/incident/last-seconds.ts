/** The last eleven minutes of each metric that may wake somebody, second by second: what a picture of its fall shows. */
import { segmentSeries, wholeOf } from '../../platform/topics/counts.ts';
import type { Signal, Tail } from '../../platform/topics/signals.ts';
import type { WatchedMetric } from './severity.ts';

/** Ten minutes are drawn; a fall that is found late began before them. */
const KEPT_SECONDS = 660;

interface Ring {
  /** Events of second s at s modulo the length; NaN where nobody knows. */
  readonly counts: Float32Array;
  /** The newest second of which anything was said, epoch. */
  newest: number;
}

export interface SeriesSeconds {
  /** The second of counts[0], epoch. */
  readonly start: number;
  /** Events; null where there is no data. */
  readonly counts: readonly (number | null)[];
}

export class LastSeconds {
  readonly #rings = new Map<string, Ring>();

  /** Only those that may wake somebody are kept: 2.6 kB each. */
  watch(metrics: Iterable<WatchedMetric>): void {
    const wanted = new Set([...metrics].filter(({ critical, kind }) => critical && kind === 'write').map(({ series }) => series));
    for (const series of this.#rings.keys()) if (!wanted.has(wholeOf(series))) this.#rings.delete(series);
    for (const series of wanted) if (!this.#rings.has(series)) this.#rings.set(series, { counts: blank(), newest: 0 });
  }

  /** The first number in log order for a series and second stands, as for everybody who reads the topic. */
  take(second: number, { series, n, share = 1, tail }: Pick<Signal, 'series' | 'n' | 'share' | 'tail'>): void {
    if (tail && this.#rings.has(series)) this.#takeTail(series, tail);
    this.#put(series, second, n, share);
  }

  /** Of a metric one segment at a time. */
  #takeTail(whole: string, { segment, from, counts }: Tail): void {
    const series = segmentSeries(whole, segment);
    for (const other of this.#rings.keys()) if (other !== series && other !== whole && wholeOf(other) === whole) this.#rings.delete(other);
    if (!this.#rings.has(series)) this.#rings.set(series, { counts: blank(), newest: 0 });
    counts.forEach((count, i) => {
      this.#put(series, from + i, count, 1);
    });
  }

  #put(series: string, second: number, n: number | null, share: number): void {
    const ring = this.#rings.get(series);
    if (!ring || second <= ring.newest - KEPT_SECONDS) return;
    for (let blind = Math.max(ring.newest + 1, second - KEPT_SECONDS + 1); blind <= second; blind++) {
      ring.counts[blind % KEPT_SECONDS] = Number.NaN;
    }
    ring.newest = Math.max(ring.newest, second);
    const slot = second % KEPT_SECONDS;
    // Like is drawn beside like: what half of the partitions counted stands for twice as much.
    if (n !== null && share > 0 && Number.isNaN(ring.counts[slot])) ring.counts[slot] = n / share;
  }

  /** The newest second of which anything was said; 0 before any. */
  newest(series: string): number {
    return this.#rings.get(series)?.newest ?? 0;
  }

  /** @returns null where nothing is known of it */
  of(series: string): SeriesSeconds | null {
    const ring = this.#rings.get(series);
    if (!ring || ring.newest === 0) return null;
    const start = ring.newest - KEPT_SECONDS + 1;
    const counts = Array.from({ length: KEPT_SECONDS }, (_, i) => {
      const count = ring.counts[(start + i) % KEPT_SECONDS] as number;
      return Number.isNaN(count) ? null : count;
    });
    return counts.some((count) => count !== null) ? { start, counts } : null;
  }
}

const blank = (): Float32Array => new Float32Array(KEPT_SECONDS).fill(Number.NaN);
