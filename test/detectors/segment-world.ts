/** Orders of a few countries, second by second, given to what decides as a counter of one partition would publish them. */

import { poisson } from '../../detectors/backtest/poisson.ts';
import { type CountedMetric, seriesOf } from '../../detectors/counting/metric.ts';
import { UNREAD } from '../../detectors/counting/segment-name.ts';
import { Deciding } from '../../detectors/deciding.ts';
import { sharedOut } from '../../detectors/segments/budget.ts';
import type { PageWhen } from '../../detectors/steep-drop/page-when.ts';
import type { DetectedMetric } from '../../detectors/watched.ts';
import { BLOCK_RECORDS, type CountRow } from '../../platform/topics/counts.ts';
import type { Signal } from '../../platform/topics/signals.ts';
import type { SavedSeries } from '../../platform/topics/state.ts';
import { prng } from '../support/prng.ts';

const PAGE_WHEN: PageWhen = { drop: 0.4, withinSeconds: 13.3, percentPerSecond: -3, falsePagesPerYear: 1, forSeconds: 4 };
const { whole, segmentsFalsePagesPerYear } = sharedOut(PAGE_WHEN);
export const ORDERS: DetectedMetric = {
  name: 'orders',
  event: 'order.placed',
  by: { field: 'country', max: 50, segmentsFalsePagesPerYear },
  pageWhen: whole,
};
const START = 1_763_694_000;

export type Told = Signal & { readonly second: number };

export class SegmentWorld {
  second = START;
  /** Events a second by country. */
  readonly rates: Map<string, number>;
  /** Of the events, how many can be looked into. */
  read = 1;
  /** Says of each second what producers discarded. */
  lost = 0;
  readonly failures: unknown[] = [];
  readonly #random: () => number;
  readonly #metric: DetectedMetric;
  #deciding: Deciding;
  #to = 0;

  constructor(rates: Readonly<Record<string, number>>, { seed = 1, metric = ORDERS } = {}) {
    this.rates = new Map(Object.entries(rates));
    this.#random = prng(seed);
    this.#metric = metric;
    this.#deciding = this.#decider([]);
  }

  get deciding(): Deciding {
    return this.#deciding;
  }

  /** As after a kill: another process goes on from what was saved. @returns the number of series saved */
  restart(): number {
    const saved = Array.from({ length: this.#deciding.size }, (_, place) => this.#deciding.save(place)).filter((one) => one !== null);
    this.#deciding = this.#decider(JSON.parse(JSON.stringify(saved)) as SavedSeries[]);
    return saved.length;
  }

  /** @returns what was said of the metric, one a second */
  run(seconds: number): Told[] {
    const told: Told[] = [];
    for (const end = this.second + seconds; this.second < end; this.second++) {
      const second = this.second;
      const progress = (second + 1) * 1000 + 600;
      this.#to++;
      const record = { partition: 0, block: Math.floor((this.#to - 1) / BLOCK_RECORDS), to: this.#to, progress, rows: this.#rows(second) };
      for (const { closed, signals } of this.#deciding.take({ ...record, waits: [['shop#1', progress - 100, progress - 100]] })) {
        for (const signal of signals ?? []) told.push({ ...signal, second: closed.second });
      }
    }
    return told;
  }

  #rows(second: number): CountRow[] {
    const own = seriesOf(this.#metric);
    const rows: CountRow[] = [];
    let all = 0;
    for (const [segment, rate] of this.rates) {
      const n = poisson(rate, this.#random);
      if (n === 0) continue;
      all += n;
      const name = this.#random() < this.read ? segment : UNREAD;
      rows.push([seriesOf({ ...(this.#metric as CountedMetric), segment: name }), second, n, 0, 0]);
    }
    return [[own, second, all, 0, this.lost], ...rows];
  }

  #decider(saved: readonly SavedSeries[]): Deciding {
    const failed = (...what: unknown[]): unknown => this.failures.push(what);
    const deciding = new Deciding({ partitions: 1, wanted: () => true, failed, hasPasts: true });
    deciding.retune([this.#metric], new Map(saved.map((one) => [one.series, one])));
    deciding.now();
    return deciding;
  }
}

/** The first second in which it was down. */
export function pageOf(told: readonly Told[]): Told | undefined {
  return told.find(({ state }) => state === 'dropped');
}
