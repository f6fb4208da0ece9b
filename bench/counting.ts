/** Events that one core counts, by the tally alone and by looking into each, against JSON.parse of the same bytes and nothing else. */
import type { CountedMetric } from '../detectors/counting/metric.ts';
import { PartitionFold } from '../detectors/counting/partition.ts';
import type { StoredRecord } from '../platform/eventlog/eventlog.ts';
import { batchRecords, EVENTS_PER_BATCH, FILTERED, WHOLE } from './batches.ts';
import type { BenchRow } from './row.ts';

const BATCHES = 2000;
const PASSES = 3;
const FLUSH_RECORDS = 50;

export async function counting(): Promise<BenchRow[]> {
  const records = log();
  const parsing = eventsPerCpuSecond(() => {
    for (const { value } of records) JSON.parse(value);
  });
  const row = (name: string, metrics: readonly CountedMetric[], floor: number): BenchRow => {
    const value = eventsPerCpuSecond(() => fold(metrics, records));
    const against = 'JSON.parse of the same bytes';
    return { name, value, unit: 'events a CPU-second', against, ratio: value / parsing, floor };
  };
  return [
    row('counting: whole types, by the tally', WHOLE, 2_000_000),
    row('counting: filters and sums, every event looked into', FILTERED, 900_000),
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
function log(): StoredRecord[] {
  return [...batchRecords(BATCHES)].map(({ key, value, headers = {}, at }, offset) => {
    return { partition: 0, offset, appendedAt: at, key, value, headers: { ...headers } };
  });
}
