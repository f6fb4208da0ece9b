import { expect, test } from 'vitest';
import { ROWS_MAX, splitCounts } from '../../../detectors/counting/split-counts.ts';
import type { CountRow, CountsRecord } from '../../../platform/topics/counts.ts';
import { partitionOf } from '../../../platform/topics/topic.ts';

const record = (rows: CountRow[]): CountsRecord => ({ partition: 2, block: 7, to: 7500, progress: 900, waits: [['shop#1', 5, 6]], rows });
const rows = (count: number): CountRow[] => Array.from({ length: count }, (_, i) => [`orders~${i % 9}`, i, 1, 0, 0]);

test('a series always goes to the same partition of counts, and each partition hears of every flush', () => {
  const parts = splitCounts(record(rows(90)), 4, 0);
  expect(parts.map(([partition]) => partition)).toEqual([0, 1, 2, 3]);
  for (const [partition, part] of parts) {
    expect(part).toMatchObject({ partition: 2, block: 7, to: 7500, progress: 900, waits: [['shop#1', 5, 6]] });
    for (const [series] of part.rows) expect(partitionOf(series, 4)).toBe(partition);
  }
  expect(parts.flatMap(([, part]) => part.rows)).toHaveLength(90);
  expect(splitCounts(record([]), 2, 0).map(([, { rows }]) => rows)).toEqual([[], []]);
});

test('a record of very many rows is published in parts, and only the last one says how far time has come', () => {
  expect(splitCounts(record(rows(ROWS_MAX)), 1, 100)).toHaveLength(1);
  const parts = splitCounts(record(rows(ROWS_MAX * 2 + 1)), 1, 100).map(([, part]) => part);
  expect(parts.map(({ progress, rows, more }) => [progress, rows.length, more])).toEqual([
    [100, ROWS_MAX, true],
    [100, ROWS_MAX, true],
    [900, 1, undefined],
  ]);
});
