/** Whole counts as readers merge them: equal (series, second, partition, block) by the higher `to`, a second the sum of its blocks. */
import type { CountsRecord } from '../../platform/topics/counts.ts';
import { metricOf } from '../../platform/topics/signals.ts';

export class Counted {
  readonly #cells = new Map<string, { to: number; n: number; lost: number }>();
  readonly #totals = new Map<string, number>();
  readonly #lost = new Map<string, number>();

  take({ partition, block, to, rows }: CountsRecord): void {
    for (const [series, second, n, , lost] of rows) {
      const place = `${partition} ${block} ${series} ${second}`;
      const known = this.#cells.get(place);
      if (known && known.to > to) continue;
      const of = `${metricOf(series)} ${second}`;
      this.#totals.set(of, (this.#totals.get(of) ?? 0) + n - (known?.n ?? 0));
      this.#lost.set(of, (this.#lost.get(of) ?? 0) + lost - (known?.lost ?? 0));
      this.#cells.set(place, { to, n, lost });
    }
  }

  of(metric: string, second: number): number {
    return this.#totals.get(`${metric} ${second}`) ?? 0;
  }

  /** Told by apps as discarded. */
  lostOf(metric: string, second: number): number {
    return this.#lost.get(`${metric} ${second}`) ?? 0;
  }
}
