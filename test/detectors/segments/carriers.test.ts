import { expect, test } from 'vitest';
import { poisson } from '../../../detectors/backtest/poisson.ts';
import { CARRIERS_MAX, carriersOf, type Segment } from '../../../detectors/segments/carriers.ts';
import { prng } from '../../support/prng.ts';

/** Name, events that were usual, events that came. */
type Row = readonly [segment: string, usual: number, n: number];
const of = (rows: readonly Row[]): Segment[] => rows.map(([segment, usual, n]) => ({ segment, usual, n, learnedFrom: 60 * usual }));

test.each<[what: string, rows: Row[], names: string[] | null]>([
  [
    'one is gone',
    [
      ['de', 240, 0],
      ['at', 80, 83],
      ['ch', 60, 55],
    ],
    ['de'],
  ],
  [
    'a small one is gone',
    [
      ['de', 2400, 2410],
      ['at', 800, 790],
      ['nl', 40, 0],
    ],
    ['nl'],
  ],
  [
    'one is gone and all others lost a third',
    [
      ['de', 240, 0],
      ['at', 900, 600],
      ['ch', 300, 200],
    ],
    ['at', 'de', 'ch'],
  ],
  [
    'everything is gone',
    [
      ['de', 240, 0],
      ['at', 80, 0],
      ['nl', 5, 0],
    ],
    [],
  ],
  [
    'all lost the same',
    [
      ['de', 240, 120],
      ['at', 80, 42],
      ['nl', 12, 5],
    ],
    [],
  ],
  [
    'all but one are gone',
    [
      ['de', 240, 0],
      ['at', 300, 300],
      ['ch', 220, 0],
    ],
    ['de', 'ch'],
  ],
  [
    'more are gone than are named',
    [
      ['a', 90, 0],
      ['b', 80, 0],
      ['c', 70, 0],
      ['d', 60, 0],
      ['e', 400, 410],
    ],
    ['a', 'b', 'c'],
  ],
  [
    'nothing was usual',
    [
      ['de', 3, 0],
      ['at', 2, 0],
    ],
    null,
  ],
  ['there is only one', [['de', 240, 0]], null],
  ['there is none', [], null],
])('where %s those who carry it are named', (_, rows, names) => {
  const carriers = carriersOf(of(rows));
  expect(carriers?.map(({ segment }) => segment) ?? null).toEqual(names);
  for (const { share, drop } of carriers ?? []) {
    expect(share).toBeGreaterThan(0);
    expect(share).toBeLessThanOrEqual(1);
    expect(drop).toBeLessThanOrEqual(1);
  }
  expect(carriers?.length ?? 0).toBeLessThanOrEqual(CARRIERS_MAX);
});

test('what is missing of those who carry a fall is never told as more than all of it', () => {
  const carriers = carriersOf(
    of([
      ['de', 240, 0],
      ['at', 300, 420],
      ['ch', 200, 0],
    ]),
  );
  expect(carriers?.reduce((sum, { share }) => sum + share, 0)).toBeLessThanOrEqual(1.001);
});

test('by chance alone hardly any fall of all is told as that of some', () => {
  const random = prng(7);
  let told = 0;
  for (let fall = 0; fall < 2000; fall++) {
    const left = random();
    const rows = Array.from({ length: 20 }, (_, i): Row => [`c${i}`, 2 + 3 * i, poisson(left * (2 + 3 * i), random)]);
    if ((carriersOf(of(rows)) ?? []).length > 0) told++;
  }
  expect(told / 2000).toBeLessThan(0.01);
});
