/** Events that one core counts, by the tally alone and by looking into each, against JSON.parse of the same bytes and nothing else. */
import type { CountedMetric } from '../detectors/counting/metric.ts';
import { PartitionFold } from '../detectors/counting/partition.ts';
import type { StoredRecord } from '../platform/eventlog/eventlog.ts';
import { batchRecords, EVENTS_PER_BATCH, FILTERED, SEGMENTED, WHOLE } from './batches.ts';
import type { BenchRow } from './row.ts';

const BATCHES = 2000;
const PASSES = 3;
const FLUSH_RECORDS = 50;

export async function counting(): Promise<BenchRow[]> {
  const records = log();
  const parsing = eventsPerCpuSecond(() => {
    for (const { value } of records) JSON.parse(value);
  });
  const row = (name: string, metrics: readonly CountedMetric[], floor: number, of = records, parsed = parsing): BenchRow => {
    const value = eventsPerCpuSecond(() => fold(metrics, of));
    const against = 'JSON.parse of the same bytes';
    return { name, value, unit: 'events a CPU-second', against, ratio: value / parsed, floor };
  };
  const countries = log(50);
  const parsedCountries = eventsPerCpuSecond(() => {
    for (const { value } of countries) JSON.parse(value);
  });
  return [
    row('counting: whole types, by the tally', WHOLE, 2_000_000),
    row('counting: filters and sums, every event looked into', FILTERED, 900_000),
    row('counting: by 50 countries, every event looked into', SEGMENTED, 900_000, countries, parsedCountries),
  ];
}

/** Folds all of it and publishes as often as a counter under that load would. */
function fold(metrics: readonly CountedMetric[], records: readonly StoredRecord[]): void {
  const partition = new PartitionFold(0, metrics, 0);
  let events = 0;
  for (const record of records) {
    partition.take(record);
    if (record.offset % FLUSH_RECORDS !== 0) continue;
    for (const { rows } of partition.takeCounts()) JSON.stringify(rows);
  }
  partition.enter(Number.MAX_SAFE_INTEGER);
  for (const { name } of partition.checkpoint().producers) events += name.length;
  if (events === 0 || partition.takeFindings().length > 0) throw new Error('the records of the bench were not counted');
}

function eventsPerCpuSecond(pass: () => void): number {
  pass();
  const before = process.cpuUsage();
  for (let i = 0; i < PASSES; i++) pass();
  const { user, system } = process.cpuUsage(before);
  return (BATCHES * EVENTS_PER_BATCH * PASSES) / ((user + system) / 1e6);
}

/** As a partition holds them. */
function log(countries = 0): StoredRecord[] {
  return [...batchRecords(BATCHES, 1, countries)].map(({ key, value, headers = {}, at }, offset) => {
    return { partition: 0, offset, appendedAt: at, key, value, headers: { ...headers } };
  });
}
