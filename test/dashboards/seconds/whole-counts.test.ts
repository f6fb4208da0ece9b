import fc from 'fast-check';
import { expect, test } from 'vitest';
import { WholeCounts } from '../../../dashboards/seconds/whole-counts.ts';
import type { CountRow, CountsRecord } from '../../../platform/topics/counts.ts';

function adding(isSum = false): { totals: Map<string, number>; counts: WholeCounts } {
  const totals = new Map<string, number>();
  const counts = new WholeCounts(
    () => isSum,
    (series, second, difference) => {
      const key = `${series} ${second}`;
      totals.set(key, (totals.get(key) ?? 0) + difference);
    },
  );
  return { totals, counts };
}

const record = (block: number, to: number, rows: CountRow[], partition = 0): CountsRecord => {
  return { partition, block, to, progress: to * 1000, waits: [], rows };
};

test('a later count of a block takes the place of an earlier one, and blocks and partitions add up', () => {
  const { totals, counts } = adding();
  counts.take(record(0, 10, [['orders~1', 100, 4, 0, 0]]));
  counts.take(record(0, 20, [['orders~1', 100, 7, 0, 0]]));
  counts.take(record(1, 1010, [['orders~1', 100, 2, 0, 0]]));
  counts.take(record(0, 5, [['orders~1', 100, 1, 0, 0]], 1));
  expect(totals.get('orders~1 100')).toBe(10);
});

test('of a metric that adds values up the values count, not the events', () => {
  const { totals, counts } = adding(true);
  counts.take(record(0, 10, [['revenue~1', 100, 2, 84.5, 0]]));
  counts.take(record(0, 20, [['revenue~1', 100, 3, 99, 0]]));
  expect(totals.get('revenue~1 100')).toBe(99);
});

test('an older word of a twin, and a block that was final long ago, change nothing', () => {
  const { totals, counts } = adding();
  for (let block = 0; block < 20; block++) counts.take(record(block, block * 1000 + 900, [['orders~1', 100, 1, 0, 0]]));
  counts.take(record(19, 19_500, [['orders~1', 100, 0, 0, 0]]));
  counts.take(record(0, 990, [['orders~1', 100, 50, 0, 0]]));
  expect(totals.get('orders~1 100')).toBe(20);
});

test('progress is that of the slowest partition', () => {
  const { counts } = adding();
  expect(counts.progress).toBeNull();
  counts.take(record(0, 30, []));
  counts.take(record(0, 20, [], 1));
  counts.take(record(0, 10, []));
  expect(counts.progress).toBe(20_000);
});

test('however often counters start again within a block, the sum is what its last count says', () => {
  const step = fc.record({
    block: fc.integer({ min: 0, max: 3 }),
    to: fc.integer({ min: 1, max: 999 }),
    second: fc.integer({ min: 0, max: 2 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const { totals, counts } = adding();
      const last = new Map<string, { to: number; n: number }>();
      for (const { block, to, second } of steps) {
        const offset = block * 1000 + to;
        // Whole for the block as of `to`: later means more.
        const n = to;
        counts.take(record(block, offset, [['orders~1', second, n, 0, 0]]));
        const key = `${block} ${second}`;
        if ((last.get(key)?.to ?? 0) < offset) last.set(key, { to: offset, n });
      }
      for (const second of [0, 1, 2]) {
        const sum = [...last].filter(([key]) => key.endsWith(` ${second}`)).reduce((total, [, { n }]) => total + n, 0);
        expect(totals.get(`orders~1 ${second}`) ?? 0).toBe(sum);
      }
    }),
  );
});
