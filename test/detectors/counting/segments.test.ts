import type { BatchEvent, EventData } from '@plummet/sdk/batch';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type CountedMetric, seriesOf } from '../../../detectors/counting/metric.ts';
import { PartitionFold } from '../../../detectors/counting/partition.ts';
import { NO_VALUE, OTHER, segmentName, UNREAD } from '../../../detectors/counting/segment-name.ts';
import { NAMES_MAX } from '../../../detectors/counting/segmenter.ts';
import { splitCounts } from '../../../detectors/counting/split-counts.ts';
import { BLOCK_RECORDS, type CountsRecord, isSegment, segmentOf, wholeOf } from '../../../platform/topics/counts.ts';
import { foldAll, merged, Partition, START, saved } from './records.ts';

const BY = { field: 'country', max: 50 };
const ORDERS: CountedMetric = { name: 'orders', event: 'order.placed', by: BY };
const REVENUE: CountedMetric = { name: 'revenue', event: 'order.placed', value: 'amount', where: { channel: ['web'] }, by: BY };
const METRICS = [ORDERS, REVENUE];
const begin = (metrics: readonly CountedMetric[] = METRICS): PartitionFold => new PartitionFold(0, metrics, 0);

const order = (data: EventData, afterMs = 0): BatchEvent => ['order.placed', afterMs, data];

/** Rows without those of segments. */
const wholes = (records: readonly CountsRecord[]): CountsRecord[] =>
  records.map((record) => ({ ...record, rows: record.rows.filter(([series]) => !isSegment(series)) }));

test('a value is named by its first 64 characters, without what could harm a reader', () => {
  const table: [unknown, string][] = [
    ['de', 'de'],
    [49, '49'],
    [true, 'true'],
    [undefined, NO_VALUE],
    [null, NO_VALUE],
    ['', NO_VALUE],
    [' \r\n\t', NO_VALUE],
    ['de\r\nBcc: all@example.com', 'de Bcc: all@example.com'],
    ['\u202Eed\u0000', 'ed'],
    ['x'.repeat(1000), 'x'.repeat(64)],
    ['other', OTHER],
    ['(none)', NO_VALUE],
    [UNREAD, NO_VALUE],
    [`${'x'.repeat(63)}\u{1F600}`, 'x'.repeat(63)],
  ];
  for (const [value, name] of table) expect(segmentName(value as string)).toBe(name);
});

test('any value makes a series of the metric, from which it is read again', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 100 }), (value) => {
      const name = segmentName(value);
      const series = seriesOf({ ...ORDERS, segment: name });
      expect(segmentOf(series)).toBe(name);
      expect(wholeOf(series)).toBe(seriesOf(ORDERS));
      expect(series.lastIndexOf('~')).toBe('orders'.length);
    }),
  );
  expect(seriesOf(ORDERS)).toBe(seriesOf({ name: 'orders', event: 'order.placed' }));
});

const content = fc.record({
  country: fc.constantFrom('de', 'at', 7, true, '', 'other', 'a/b~c', undefined),
  afterMs: fc.nat(1500),
  amount: fc.nat(9),
  channel: fc.constantFrom('web', 'app'),
});

test('the segments of a second are together its whole, which is what it was without them', () => {
  fc.assert(
    fc.property(fc.array(fc.array(content, { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 30 }), (batches) => {
      const partition = new Partition();
      batches.forEach((events, seq) => {
        const listed = events.map(({ country, afterMs, amount, channel }): BatchEvent => {
          return order({ amount, channel, ...(country !== undefined && { country }) }, afterMs);
        });
        partition.batch({ seq, t0: START + seq * 100, events: listed, published: 8 * (seq + 1) });
        if (seq % 5 === 0) partition.tick(START + seq * 100 + 100);
      });
      const records = foldAll(begin(), partition.records);
      records.enter(1);
      const counted = records.takeCounts();
      const plain = foldAll(begin(METRICS.map(({ by: _, ...metric }) => metric)), partition.records).takeCounts();
      expect(merged(wholes(counted))).toEqual(merged(plain));
      const sums: Record<string, { n: number; sum: number; lost: number }> = {};
      for (const [key, { n, sum }] of Object.entries(merged(counted))) {
        const [, metric, second] = /^(\w+)\/.* (\d+)$/s.exec(key) ?? [];
        if (metric === undefined) continue;
        const total = sums[`${metric} ${second}`] ?? { n: 0, sum: 0, lost: 0 };
        sums[`${metric} ${second}`] = { n: total.n + n, sum: total.sum + sum, lost: 0 };
      }
      expect(sums).toEqual(merged(plain));
    }),
    { numRuns: 50 },
  );
});

test('segments of a second that goes on are kept back until the partition has passed it', () => {
  const partition = new Partition().batch({ seq: 0, events: [order({ country: 'de' }), order({ country: 'de' }, 1500)], published: 2 });
  const fold = begin([ORDERS]);
  const told = (): string[] => Object.keys(merged(fold.takeCounts()));
  foldAll(fold, partition.tick(START + 900).records);
  expect(told()).toEqual(['orders 0', 'orders 1']);
  foldAll(fold, partition.tick(START + 1000).records);
  expect(told()).toEqual(['orders/de 0']);
  foldAll(fold, partition.tick(START + 1500).records);
  fold.enter(1);
  expect(told()).toEqual(['orders/de 1']);
});

/** Blocks of orders, each order with the country that `of` gives. */
function blocks(count: number, of: (nth: number) => string): Partition {
  const partition = new Partition();
  for (let block = 0; block < count; block++) {
    partition.skipTo(block * BLOCK_RECORDS);
    for (let i = 0; i < 40; i++) {
      const seq = block * 40 + i;
      const events = Array.from({ length: 50 }, (_, nth) => order({ country: of(seq * 50 + nth) }, nth));
      partition.batch({ seq, t0: START + seq * 100, events, published: 50 * (seq + 1) });
    }
  }
  return partition;
}

test('of very many values a block names as many as it may, and the next ones only what is frequent: nothing is lost', () => {
  const partition = blocks(3, (nth) => (nth % 20 === 19 ? 'de' : `order-${nth}`));
  const fold = foldAll(begin([ORDERS]), partition.records);
  fold.enter(3);
  const counted = fold.takeCounts();
  const names = (block: number): Set<string> => {
    const rows = counted.filter((record) => record.block === block).flatMap((record) => record.rows);
    return new Set(rows.map(([series]) => segmentOf(series)).filter((name) => name !== null));
  };
  expect(names(0).size).toBe(NAMES_MAX + 1);
  expect([...names(1)].sort()).toEqual(['de', OTHER]);
  expect([...names(2)].sort()).toEqual(['de', OTHER]);
  const all = counted.flatMap((record) => record.rows).filter(([series]) => isSegment(series));
  expect(all.reduce((sum, [, , n]) => sum + n, 0)).toBe(3 * 2000);
  expect(fold.takeFindings()).toEqual([{ is: 'too many values', metric: 'orders', values: 1901 }]);
});

test('exactly as many values as may have names all have one, block after block', () => {
  const fold = foldAll(begin([ORDERS]), blocks(2, (nth) => `c${nth % NAMES_MAX}`).records);
  fold.enter(2);
  const names = new Set(fold.takeCounts().flatMap((record) => record.rows.map(([series]) => segmentOf(series))));
  expect(names.has(OTHER)).toBe(false);
  expect(names.size).toBe(NAMES_MAX + 1);
  expect(fold.takeFindings()).toEqual([]);
});

/** What is saved when two blocks are counted. */
function afterTwo(records: Parameters<typeof foldAll>[1], metrics: Parameters<typeof begin>[0]): ReturnType<typeof saved> {
  const first = begin(metrics);
  foldAll(
    first,
    records.filter(({ offset }) => offset < 2 * BLOCK_RECORDS),
  );
  first.enter(2);
  return saved(first);
}

test('who goes on from a checkpoint names what others name, and who has none is silent for a block', () => {
  const { records } = blocks(4, (nth) => (nth % 20 === 19 ? 'de' : `order-${nth}`));
  const rowsOf = (fold: PartitionFold, block: number): unknown => {
    foldAll(fold, records);
    fold.enter(4);
    return fold
      .takeCounts()
      .filter((record) => record.block >= block)
      .map(({ rows }) => rows);
  };
  const { checkpoint, pairs } = afterTwo(records, [ORDERS]);
  const later = new PartitionFold(0, [ORDERS], checkpoint, pairs);
  const { segments: _, ...unknown } = checkpoint;
  const silent = new PartitionFold(0, [ORDERS], unknown, pairs);
  expect(rowsOf(later, 2)).toEqual(rowsOf(begin([ORDERS]), 2));
  const rows = rowsOf(silent, 2) as [series: string][][];
  expect(rows[0]?.some(([series]) => isSegment(series))).toBe(false);
  expect(rows[1]?.some(([series]) => isSegment(series))).toBe(true);
});

test('a checkpoint of another field names nothing: of that field nobody knows what was frequent in the block before', () => {
  const { records } = blocks(4, (nth) => `order-${nth}`);
  const { checkpoint, pairs } = afterTwo(records, [{ ...ORDERS, by: { ...BY, field: 'order' } }]);
  const later = new PartitionFold(0, [ORDERS], checkpoint, pairs);
  foldAll(later, records);
  later.enter(4);
  const told = later.takeCounts().map(({ block, rows }) => [block, rows.some(([series]) => isSegment(series))]);
  expect(told).toEqual([
    [2, false],
    [3, true],
  ]);
});

test('what could not be looked into is told as such, so that nobody takes it for a fall', () => {
  const partition = new Partition().batch({ seq: 0, events: [order({ country: 'de' }), order({ country: 'at' })], published: 2 });
  const [record] = partition.records;
  const torn = { ...record!, value: record!.value.replace('["order.placed",0', '[17,0') };
  const fold = foldAll(begin([ORDERS]), [torn]);
  fold.enter(1);
  expect(merged(fold.takeCounts())).toMatchObject({ 'orders 0': { n: 2 }, [`orders/${UNREAD} 0`]: { n: 2 } });
});

test('a segment travels in the partition of its whole, so that one process sees them all', () => {
  const rows = ['de', 'at', 'ch', 'us', 'a/b'].map((segment): [string, number, number, number, number] => {
    return [seriesOf({ ...ORDERS, segment }), 1, 1, 0, 0];
  });
  const record = { partition: 0, block: 0, to: 1, progress: 0, waits: [], rows: [[seriesOf(ORDERS), 1, 5, 0, 0] as const, ...rows] };
  const filled = splitCounts(record as unknown as CountsRecord, 8, 0).filter(([, part]) => part.rows.length > 0);
  expect(filled.map(([, part]) => part.rows.length)).toEqual([6]);
});
