/** `100x1800 0x60`: what a series means, and where one is wrong. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { madeRows } from '../../../detectors/backtest/made-series.ts';
import {
  firstLevel,
  LEVEL_MAX,
  parseSeries,
  SERIES_ITEMS_MAX,
  SERIES_SECONDS_MAX,
  type Series,
  type SeriesProblem,
} from '../../../detectors/backtest/series.ts';

const START = Date.UTC(2026, 0, 13, 14) / 1000;

function seriesOf(text: string): Series {
  const series = parseSeries(text);
  if ('message' in series) throw new Error(series.message);
  return series;
}

function countsOf(text: string): (number | null)[] {
  const series = seriesOf(text);
  const counts = new Array<number | null>(series.seconds).fill(null);
  for (const rows of madeRows({ series, start: START, usual: null, noise: 'none', seed: 1 })) {
    for (let i = 0; i < rows.length; i++) counts[(rows.seconds[i] as number) - START] = rows.counts[i] as number;
  }
  return counts;
}

test.each([
  ['100x3 0x2', [100, 100, 100, 0, 0]],
  ['7', [7]],
  // As promtool has it: the first, and then so many further ones.
  ['-2x0', null],
  ['1+2x3', [1, 3, 5, 7]],
  ['10-5x2 4', [10, 5, 0, 4]],
  ['1 _x2 4 _', [1, null, null, 4, null]],
  ['(5 0x2)x2', [5, 0, 0, 5, 0, 0]],
  ['( 5 _ )x2 1', [5, null, 5, null, 1]],
  ['3x2s 1x1m', [3, 3, ...Array(60).fill(1)]],
  ['0.5x4', [0, 1, 0, 1]],
  ['1-0.25x4', [1, 0, 1, 0, 0]],
])('%s', (text, counts) => {
  if (counts === null) expect(parseSeries(text)).toHaveProperty('message');
  else expect(countsOf(text)).toEqual(counts);
});

test.each([
  ['100x10 -5x3', 7, 4, 'below 0'],
  ['100x10 10-3x5', 7, 6, 'ends at -5'],
  ['100x10 5o', 7, 2, 'no item'],
  ['100x10 stale', 7, 5, 'no item'],
  ['100x1.5', 4, 3, 'no number of seconds'],
  ['100x0', 4, 1, 'no number of seconds'],
  ['5-5', 0, 3, 'how often'],
  ['(5 0x2', 0, 2, 'not closed'],
  ['(5 (1)x2)x2', 3, 8, 'within brackets'],
  ['1 (5 0)', 6, 1, 'how often it repeats'],
  [`1 ${LEVEL_MAX + 1}`, 2, 10, 'too large'],
  [`1x9 1x${SERIES_SECONDS_MAX}`, 4, 10, 'longer than'],
  ['', 0, 1, 'no second'],
])('"%s" is refused at its column', (text, offset, length, why) => {
  const problem = parseSeries(text) as SeriesProblem;
  expect(problem.message).toContain(why);
  expect({ offset: problem.offset, length: problem.length }).toEqual({ offset, length });
});

test('the limits hold exactly: so many seconds, so large a count, so many items, and not one more', () => {
  expect(seriesOf(`1x${SERIES_SECONDS_MAX}`).seconds).toBe(SERIES_SECONDS_MAX);
  expect(parseSeries(`1x${SERIES_SECONDS_MAX + 1}`)).toHaveProperty('message');
  expect(countsOf(String(LEVEL_MAX))).toEqual([LEVEL_MAX]);
  expect(seriesOf('1 '.repeat(SERIES_ITEMS_MAX)).seconds).toBe(SERIES_ITEMS_MAX);
  expect(parseSeries('1 '.repeat(SERIES_ITEMS_MAX + 1))).toHaveProperty('message');
});

test('a metric is warm at its first level, or at all that its first bracket repeats', () => {
  const levels = (text: string) => firstLevel(seriesOf(text))?.map(({ level, seconds }) => [level, seconds]);
  expect(levels('100x1800 0x60')).toEqual([[100, 1]]);
  expect(levels('_x5 100-1x20')).toEqual([[100, 1]]);
  expect(levels('(500 0x9)x6 1')).toEqual([
    [500, 1],
    [0, 9],
  ]);
  expect(levels('_x20')).toBeUndefined();
});

test('the same seed draws the same counts, whole ones with the mean of the level', () => {
  const drawn = (seed: number): number[] => {
    const counts: number[] = [];
    for (const rows of madeRows({ series: seriesOf('40x20000'), start: START, usual: null, noise: { dispersion: 1 }, seed }))
      counts.push(...rows.counts.subarray(0, rows.length));
    return counts;
  };
  const one = drawn(1);
  expect(drawn(1)).toEqual(one);
  expect(drawn(2)).not.toEqual(one);
  expect(one.every(Number.isInteger)).toBe(true);
  expect(one.reduce((sum, n) => sum + n, 0) / one.length).toBeCloseTo(40, 0);
});

const item = fc.oneof(
  fc.tuple(fc.integer({ min: 0, max: 900 }), fc.integer({ min: 1, max: 50 })).map(([level, n]) => ({ text: `${level}x${n}`, seconds: n })),
  fc.tuple(fc.integer({ min: 0, max: 900 }), fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 50 })).map(([level, step, n]) => ({
    text: `${level}+${step}x${n}`,
    seconds: n + 1,
  })),
  fc.integer({ min: 1, max: 50 }).map((n) => ({ text: `_x${n}`, seconds: n })),
);

test('a series has the seconds that its items say, in order, also where it repeats', () => {
  fc.assert(
    fc.property(fc.array(item, { minLength: 1, maxLength: 8 }), fc.integer({ min: 1, max: 4 }), (items, times) => {
      const once = items.map(({ text }) => text).join(' ');
      const seconds = items.reduce((sum, each) => sum + each.seconds, 0);
      expect(countsOf(once)).toHaveLength(seconds);
      expect(countsOf(`(${once})x${times}`)).toEqual(Array.from({ length: times }, () => countsOf(once)).flat());
    }),
  );
});
