/** Events that one core counts, by the tally alone and by looking into each, against JSON.parse of the same bytes and nothing else. */
import { BATCH_CONTENT_TYPE, type BatchEvent, encodeBatch, tallyOf } from '@plummet/sdk/batch';
import type { CountedMetric } from '../detectors/counting/metric.ts';
import { PartitionFold } from '../detectors/counting/partition.ts';
import type { StoredRecord } from '../platform/eventlog/eventlog.ts';
import { tickRecord } from '../platform/topics/events.ts';
import type { BenchRow } from './row.ts';

const EVENTS_PER_BATCH = 500;
const BATCHES = 2000;
const PRODUCERS = 20;
const PASSES = 3;
const RECORDS_PER_TICK = 50;
const START_MS = Date.UTC(2025, 10, 21, 14);

const WHOLE: readonly CountedMetric[] = [
  { name: 'orders', event: 'order.placed' },
  { name: 'signups', event: 'user.registered' },
];
const FILTERED: readonly CountedMetric[] = [
  ...WHOLE,
  { name: 'revenue', event: 'order.placed', value: 'amount' },
  { name: 'web-orders', event: 'order.placed', where: { channel: ['web'] } },
];

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
    if (record.offset % RECORDS_PER_TICK !== 0) continue;
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

/** Batches of several producers in turn, a tick after each fifty, as a partition holds them. */
function log(): StoredRecord[] {
  const records: StoredRecord[] = [];
  const put = (key: string, value: string, headers: Record<string, string>, appendedAt: number): void => {
    records.push({ partition: 0, offset: records.length, appendedAt, key, value, headers });
  };
  for (let i = 0; i < BATCHES; i++) {
    const at = START_MS + i * 5;
    if (i % RECORDS_PER_TICK === 0) {
      const { key, value, headers = {} } = tickRecord({ writer: 'a', at }, 0);
      put(key, value, { ...headers }, at);
    }
    const producer = `shop-web-${i % PRODUCERS}#k3v9x0q2m7t1c5zd`;
    put(producer, batch(producer, Math.floor(i / PRODUCERS), at), { 'content-type': BATCH_CONTENT_TYPE, received: String(at) }, at);
  }
  return records;
}

function batch(producer: string, seq: number, at: number): string {
  const t0 = at - 100;
  const events = Array.from({ length: EVENTS_PER_BATCH }, (_, i): BatchEvent => {
    if (i % 5 === 0) return ['user.registered', i / 5];
    return ['order.placed', i / 5, { amount: (i * 37) % 500, channel: i % 3 === 0 ? 'web' : 'app' }];
  });
  const published = (seq + 1) * EVENTS_PER_BATCH;
  return encodeBatch({ producer, seq, published, sent: at, until: at, t0, lost: {}, tally: tallyOf(t0, events), events });
}
