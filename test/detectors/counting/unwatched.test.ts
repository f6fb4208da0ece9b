import { expect, test } from 'vitest';
import { PartitionFold } from '../../../detectors/counting/partition.ts';
import { splitCounts } from '../../../detectors/counting/split-counts.ts';
import { OTHER_TYPES, Unwatched } from '../../../detectors/counting/unwatched.ts';
import { foldAll, Partition, START } from './records.ts';

const ORDERS = [{ name: 'orders', event: 'order.placed' }];

test('a count tells of the types that no metric counts, and only of those', () => {
  const partition = new Partition().batch({
    seq: 0,
    t0: START,
    events: [
      ['order.placed', 0],
      ['cart.filled', 10],
      ['cart.filled', 1200],
      ['page.seen', 20],
    ],
  });
  const [count] = foldAll(new PartitionFold(0, ORDERS, 0), partition.records).takeCounts();
  expect(count?.types).toEqual([
    ['cart.filled', 2],
    ['page.seen', 1],
  ]);
  const [watched] = foldAll(new PartitionFold(0, [...ORDERS, { name: 'carts', event: 'cart.filled' }], 0), partition.records).takeCounts();
  expect(watched?.types).toEqual([['page.seen', 1]]);
});

test('a batch that is read twice is told once, and a count without such types says nothing of them', () => {
  const partition = new Partition().batch({ seq: 0, t0: START, events: [['cart.filled', 0]] });
  partition.batch({ seq: 0, t0: START, events: [['cart.filled', 0]] });
  const fold = foldAll(new PartitionFold(0, ORDERS, 0), partition.records);
  expect(fold.takeCounts().map(({ types }) => types)).toEqual([[['cart.filled', 1]]]);
  const calm = new Partition().batch({ seq: 0, t0: START, events: [['order.placed', 0]] });
  expect(foldAll(new PartitionFold(0, ORDERS, 0), calm.records).takeCounts()[0]).not.toHaveProperty('types');
});

test('of a hundred thousand types in a block a thousand have a name, the rest are counted together', () => {
  const unwatched = new Unwatched();
  for (let i = 0; i < 100_000; i++) unwatched.add(`type-${i}`, 1);
  const told = new Map(unwatched.takeChanged());
  expect(told.size).toBe(1001);
  expect(told.get(OTHER_TYPES)).toBe(99_000);
  unwatched.add('type-5', 2);
  unwatched.add('another', 1);
  expect(unwatched.takeChanged()).toEqual([
    ['type-5', 3],
    [OTHER_TYPES, 99_001],
  ]);
  unwatched.clear();
  expect(unwatched.takeChanged()).toEqual([]);
});

test('however a count is cut for several partitions, its types are told once', () => {
  const rows = Array.from({ length: 5000 }, (_, i): [string, number, number, number, number] => [`series${i}`, 1, 1, 0, 0]);
  const record = { partition: 0, block: 0, to: 9, progress: 5, waits: [], rows, types: [['cart.filled', 2] as [string, number]] };
  for (const partitions of [1, 3]) {
    const parts = splitCounts(record, partitions, 0).map(([, part]) => part);
    expect(parts.length).toBeGreaterThan(2);
    expect(parts.filter(({ types }) => types !== undefined)).toHaveLength(1);
  }
});
