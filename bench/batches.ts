/** Batches as a busy shop's apps write them, for the benches that count. */
import { BATCH_CONTENT_TYPE, type BatchEvent, encodeBatch, tallyOf } from '@plummet/sdk/batch';
import type { CountedMetric } from '../detectors/counting/metric.ts';
import type { LogRecord } from '../platform/eventlog/eventlog.ts';
import { tickRecord } from '../platform/topics/events.ts';

export const EVENTS_PER_BATCH = 500;
const PRODUCERS = 20;
const RECORDS_PER_TICK = 50;
const START_MS = Date.UTC(2025, 10, 21, 14);

export const WHOLE: readonly CountedMetric[] = [
  { name: 'orders', event: 'order.placed' },
  { name: 'signups', event: 'user.registered' },
];
export const FILTERED: readonly CountedMetric[] = [
  ...WHOLE,
  { name: 'revenue', event: 'order.placed', value: 'amount' },
  { name: 'web-orders', event: 'order.placed', where: { channel: ['web'] } },
];
/** Of fifty countries. */
export const SEGMENTED: readonly CountedMetric[] = [
  { name: 'orders', event: 'order.placed', by: { field: 'country', max: 50 } },
  { name: 'signups', event: 'user.registered' },
];

/** So many batches of several producers in turn, spread over the partitions, and a tick after each fifty of a partition. */
/** @param countries  of which orders come; 0: they say none */
export function* batchRecords(batches: number, partitions = 1, countries = 0): Iterable<LogRecord & { partition: number; at: number }> {
  for (let i = 0; i < batches; i++) {
    const at = START_MS + i * 5;
    const partition = i % partitions;
    if (Math.floor(i / partitions) % RECORDS_PER_TICK === 0) yield { ...tickRecord({ writer: 'a', at }, partition), partition, at };
    // A producer's batches stay in one partition, as its key makes them.
    const producer = `shop-web-${i % (PRODUCERS * partitions)}#k3v9x0q2m7t1c5zd`;
    const value = batchText(producer, Math.floor(i / (PRODUCERS * partitions)), at, countries);
    yield { key: producer, value, headers: { 'content-type': BATCH_CONTENT_TYPE, received: String(at) }, partition, at };
  }
}

function batchText(producer: string, seq: number, at: number, countries: number): string {
  const t0 = at - 100;
  const events = Array.from({ length: EVENTS_PER_BATCH }, (_, i): BatchEvent => {
    if (i % 5 === 0) return ['user.registered', i / 5];
    return [
      'order.placed',
      i / 5,
      { amount: (i * 37) % 500, channel: i % 3 === 0 ? 'web' : 'app', ...(countries > 0 && { country: `c${(i * 7) % countries}` }) },
    ];
  });
  const published = (seq + 1) * EVENTS_PER_BATCH;
  return encodeBatch({ producer, seq, published, sent: at, until: at, t0, lost: {}, tally: tallyOf(t0, events), events });
}
