/** What fifty countries cost beside their metric: deciding on a second of them all, and what is written of it. */

import { poisson } from '../detectors/backtest/poisson.ts';
import { seriesOf } from '../detectors/counting/metric.ts';
import { PartitionFold } from '../detectors/counting/partition.ts';
import { Deciding } from '../detectors/deciding.ts';
import { sharedOut } from '../detectors/segments/budget.ts';
import { PAGE_WHEN_DEFAULT } from '../detectors/steep-drop/page-when.ts';
import type { DetectedMetric } from '../detectors/watched.ts';
import type { CountRow } from '../platform/topics/counts.ts';
import { prng } from '../test/support/prng.ts';
import { batchRecords } from './batches.ts';
import type { BenchRow } from './row.ts';

const COUNTRIES = 50;
const RATE = 2;
const START = 1_763_694_000;
const WARM_SECONDS = 5400;
const SECONDS = 3600;
const BATCHES = 2000;
const FLUSH_RECORDS = 50;

const { whole, segmentsFalsePagesPerYear } = sharedOut(PAGE_WHEN_DEFAULT);
const PLAIN: DetectedMetric = { name: 'orders', event: 'order.placed', pageWhen: whole };
const PARTED: DetectedMetric = { ...PLAIN, by: { field: 'country', max: COUNTRIES, segmentsFalsePagesPerYear } };

export async function segmentsBench(): Promise<BenchRow[]> {
  const alone = microsecondsASecond(PLAIN);
  const parted = microsecondsASecond(PARTED);
  const [plainBytes, partedBytes] = [bytesWritten(PLAIN), bytesWritten(PARTED)];
  return [
    {
      name: 'segments: a second of a metric and its 50 countries decided on',
      value: parted,
      unit: 'microseconds of CPU',
      against: 'the metric alone, over the same counts',
      ratio: parted / alone,
      floor: '<= 1000 (20 each)',
    },
    {
      name: 'segments: counts written of a metric and its 50 countries',
      value: partedBytes,
      unit: 'bytes a second and partition',
      against: 'the metric alone',
      ratio: partedBytes / plainBytes,
      floor: 'told',
    },
  ];
}

function microsecondsASecond(metric: DetectedMetric): number {
  const failed = (what: unknown, series: string, error: unknown): never => {
    throw new Error(`${String(what)} of ${series}`, { cause: error });
  };
  const deciding = new Deciding({ partitions: 1, wanted: () => true, failed });
  deciding.retune([metric]);
  deciding.now();
  const random = prng(1);
  const records = Array.from({ length: WARM_SECONDS + SECONDS }, (_, i) => {
    const second = START + i;
    const progress = (second + 1) * 1000 + 600;
    const parts = Array.from({ length: COUNTRIES }, (__, country): CountRow => {
      return [seriesOf({ ...PLAIN, segment: `c${country}` }), second, poisson(RATE, random), 0, 0];
    });
    const all: CountRow = [seriesOf(PLAIN), second, parts.reduce((sum, [, , n]) => sum + n, 0), 0, 0];
    return { partition: 0, block: 0, to: i + 1, progress, waits: [], rows: [all, ...parts] };
  });
  for (const record of records.slice(0, WARM_SECONDS)) deciding.take(record);
  const before = process.cpuUsage();
  for (const record of records.slice(WARM_SECONDS)) deciding.take(record);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / SECONDS;
}

/** As often as a counter publishes, by the seconds that the batches are of. */
function bytesWritten(metric: DetectedMetric): number {
  const fold = new PartitionFold(0, [metric], 0);
  let bytes = 0;
  let [first, last] = [0, 0];
  let offset = 0;
  for (const { key, value, headers = {}, at } of batchRecords(BATCHES, 1, COUNTRIES)) {
    fold.take({ partition: 0, offset, appendedAt: at, key, value, headers: { ...headers } });
    first ||= at;
    last = at;
    if (offset++ % FLUSH_RECORDS === 0) for (const { rows } of fold.takeCounts()) bytes += JSON.stringify(rows).length;
  }
  return bytes / ((last - first) / 1000);
}
