/** How long thirty days of a metric take to be read, from roll-ups against the same from seconds; 31 days of 4 metrics, 43 million rows. */

import { type HistoryRange, historyOf } from '../platform/store/metric-history.ts';
import { HOUR_SECONDS } from '../platform/store/steps.ts';
import type { Store } from '../platform/store/store.ts';
import { ClickHouse } from '../test/support/clickhouse.ts';
import { rollUpAll, writePast } from '../test/support/past.ts';
import { answering, testStore } from '../test/support/stores.ts';
import type { BenchRow } from './row.ts';

const DAY = 86_400;
const DAYS = 31;
const METRICS = ['orders', 'payments', 'signups', 'searches'];
const TRIES = 9;
const FLOOR_MS = 100;

export async function historyBench(): Promise<BenchRow[]> {
  const server = await ClickHouse.start();
  const store = await answering(testStore({ url: server.url() }));
  try {
    const end = Math.floor(Date.now() / 1000 / HOUR_SECONDS) * HOUR_SECONDS;
    for (const metric of METRICS) await writePast(store, `${metric}~1`, end - DAYS * DAY, DAYS * DAY);
    const month = { from: end - 30 * DAY, to: end, stepSeconds: 1800 };
    const fromSeconds = await median(store, month);
    await rollUpAll(store);
    const row = async (name: string, range: Omit<HistoryRange, 'metric' | 'isSum'>, bySeconds: number): Promise<BenchRow> => {
      const value = await median(store, range);
      const against = 'the same without roll-ups';
      return { name: `history: ${name}`, value, unit: 'ms', against, ratio: value / bySeconds, floor: FLOOR_MS };
    };
    const threeHours = { from: end - 3 * HOUR_SECONDS, to: end, stepSeconds: 1 };
    return [
      await row('30 days of a metric in 1,440 points', month, fromSeconds),
      await row('30 days of a metric in 10,800 points', { ...month, stepSeconds: 240 }, fromSeconds),
      await row('3 hours of a metric in 10,800 points', threeHours, await median(store, threeHours)),
    ];
  } finally {
    await store.close();
    await server.stop();
  }
}

async function median(store: Store, range: Omit<HistoryRange, 'metric' | 'isSum'>): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < TRIES; i++) {
    const began = performance.now();
    // A question that takes too long for a screen is measured by what it took until it was ended.
    await historyOf(store, { metric: METRICS[i % METRICS.length] as string, ...range, isSum: () => false }).catch(() => undefined);
    times.push(performance.now() - began);
  }
  return times.sort((a, b) => a - b)[TRIES >> 1] as number;
}
