/** What every store tells of the segments of a metric: beside the whole, never in it, and with the seconds in which nothing came. */
import { expect, test } from 'vitest';
import { type CountedMetric, seriesOf } from '../../detectors/counting/metric.ts';
import { historyOf } from '../../platform/store/metric-history.ts';
import { secondsOf } from '../../platform/store/past.ts';
import { closingRows, countRows, ratesTable } from '../../platform/store/rates.ts';
import { rollUp, waitingHours } from '../../platform/store/rollups.ts';
import type { CountRow } from '../../platform/topics/counts.ts';
import type { StoreWorld } from './store.ts';

const HOUR = 3600;
/** The beginning of an hour some hours ago. */
const START = Math.floor(Date.now() / 1000 / HOUR) * HOUR - 6 * HOUR;
const ORDERS: CountedMetric = { name: 'orders', event: 'order.placed' };
const WHOLE = seriesOf(ORDERS);
const segment = (name: string): CountedMetric => ({ ...ORDERS, segment: name });

function rows(second: number, counts: Readonly<Record<string, number>>, lost = 0): string {
  const parts = Object.entries(counts).map(([name, n]): CountRow => [seriesOf(segment(name)), second, n, 0, 0]);
  const whole = Object.values(counts).reduce((sum, n) => sum + n, 0);
  const all: CountRow[] = [[WHOLE, second, whole, 0, lost], ...parts];
  const signal = {
    series: WHOLE,
    state: 'normal' as const,
    n: whole,
    rate: null,
    usual: null,
    derivative: null,
    steepness: null,
    drop: null,
  };
  return countRows({ partition: 0, block: 0, to: 9, progress: 0, waits: [], rows: all }) + closingRows(second, [signal], second - START);
}

export function segmentsContract(world: () => Promise<StoreWorld>): void {
  test('segments are rolled up and read beside their whole, whose numbers are what they were', async () => {
    const { store } = await world();
    await store.insert(ratesTable, [rows(START, { de: 7, at: 1 }), rows(START + 1, { de: 5, 'a/b~c': 2 }), rows(START + 2, { at: 3 })]);
    const range = { from: START, to: START + HOUR, isSum: () => false };
    const counts = async (metric: string, stepSeconds: number): Promise<unknown> =>
      (await historyOf(store, { ...range, metric, stepSeconds })).counts.slice(0, 3);
    for (let pass = 0; pass < 2; pass++) {
      expect(await counts('orders', HOUR)).toEqual([18]);
      expect(await counts('orders/de', HOUR)).toEqual([12]);
      expect(await counts('orders/a%2Fb%7Ec', 1)).toEqual([null, 2, null]);
      expect(await counts('orders', 1)).toEqual([8, 7, 3]);
      await rollUp(store, await waitingHours(store, 100));
    }
    expect(await waitingHours(store, 10)).toEqual([]);
  });

  test('a segment is known in the seconds that its whole closed since it came first, also where nothing of it came', async () => {
    const { store } = await world();
    await store.insert(ratesTable, [
      rows(START - 1, {}),
      rows(START, { de: 7 }),
      rows(START + 1, { at: 3 }),
      rows(START + 2, { de: 2, at: 3 }, 4),
      countRows({ partition: 0, block: 0, to: 9, progress: 0, waits: [], rows: [[seriesOf(segment('at')), START + 4, 1, 0, 0]] }),
      rows(START + 5, { de: 6 }),
    ]);
    const read = async (name: string): Promise<unknown> => {
      const { seconds, counts } = await secondsOf(store, segment(name), { from: START - 10, to: START + 10 });
      return seconds.map((second, i) => [second - START, counts[i]]);
    };
    expect(await read('de')).toEqual([
      [0, 7],
      [1, 0],
      [5, 6],
    ]);
    expect(await read('at')).toEqual([
      [1, 3],
      [5, 0],
    ]);
    // For two hours `by` was left out: that nobody counted them does not say that nothing came.
    await store.insert(ratesTable, [rows(START + 2 * HOUR, {}), rows(START + 3 * HOUR, { at: 3 })]);
    const later = await secondsOf(store, segment('de'), { from: START + 5, to: START + 4 * HOUR });
    expect(later.seconds.map((second) => second - START)).toEqual([5, 3 * HOUR]);
    const whole = await secondsOf(store, ORDERS, { from: START - 10, to: START + 10 });
    expect(whole.seconds.map((second) => second - START)).toEqual([-1, 0, 1, 2, 5]);
  });
}
