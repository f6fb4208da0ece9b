import { expect, test } from 'vitest';
import { PAGE_WHEN_DEFAULT, type PageWhen, pageWhenOf } from '../../../detectors/steep-drop/page-when.ts';
import { gridOf, SETTINGS_MAX, type Setting, settingOf } from '../../../detectors/tuning/grid.ts';

const files = (grid: ReturnType<typeof gridOf>): Setting['file'][] => (grid as Setting[]).map(({ file }) => file);

test('a grid is every combination of what is named, and the setting in force once', () => {
  const axes = { drop: ['30%', '40%'], derivative: ['-3', '-6'], falsePages: ['1/year'], for: ['4s'] };
  const grid = gridOf(axes) as Setting[];
  expect(grid).toHaveLength(4);
  expect(grid.filter(({ isInForce }) => isInForce).map(({ file }) => file)).toEqual([
    { drop: '40%', derivative: -3, false_pages: '1/year', for: '4s' },
  ]);
  const other = pageWhenOf({ drop: '35%', within: '20s' }) as PageWhen;
  expect(gridOf(axes, other)).toHaveLength(5);
});

test.each([
  { drop: '35%', within: '20s', for: '2s' },
  { drop: '40%', derivative: '-6 sigma' },
  { drop: '40%', derivative: '-3 events/s2', false_pages: '1/10 years' },
  { false_pages: '2/month' },
  { false_pages: '24/day' },
])('a setting in force is written so that a YAML means the same by it: %o', (file) => {
  const pageWhen = pageWhenOf(file) as PageWhen;
  const again = pageWhenOf(settingOf(pageWhen).file) as PageWhen;
  expect(again.drop).toBeCloseTo(pageWhen.drop, 9);
  expect(again.withinSeconds).toBeCloseTo(pageWhen.withinSeconds, 6);
  expect(again.falsePagesPerYear).toBeCloseTo(pageWhen.falsePagesPerYear, 2);
  expect({ ...again, drop: 0, withinSeconds: 0, falsePagesPerYear: 0 }).toEqual({
    ...pageWhen,
    drop: 0,
    withinSeconds: 0,
    falsePagesPerYear: 0,
  });
});

test('sigmas stand for themselves, with no budget beside them', () => {
  const grid = files(gridOf({ drop: ['40%'], derivative: ['-5.5 sigma'], for: ['4s'] }, PAGE_WHEN_DEFAULT));
  expect(grid).toContainEqual({ drop: '40%', derivative: '-5.5 sigma', for: '4s' });
  expect(grid).toHaveLength(2);
});

test.each([
  [{ derivative: ['-3'], within: ['13s'] }, 'within', 'the same knob'],
  [{ derivative: ['-6 sigma'], falsePages: ['1/year'] }, 'false_pages', 'the same threshold'],
  [{ drop: ['140%'] }, 'drop', 'found 140%'],
  [{ for: ['1.5s'] }, 'for', 'whole seconds'],
])('a grid that contradicts is refused: %o', (axes, key, words) => {
  expect(gridOf(axes)).toMatchObject({ key, message: expect.stringContaining(words) });
});

test('a grid has a most, and one more is refused', () => {
  const many = (n: number): string[] => Array.from({ length: n }, (_, i) => `${(1 + i * 0.09).toFixed(2)}%`);
  const axes = (n: number) => ({ drop: many(n), derivative: ['-3'], falsePages: ['1/year'], for: ['4s'] });
  expect(gridOf(axes(SETTINGS_MAX))).toHaveLength(SETTINGS_MAX + 1);
  expect(gridOf(axes(SETTINGS_MAX + 1))).toMatchObject({ message: '1,001 settings are asked for, 1,000 are allowed.' });
});

test('a metric with segments is played with the share of a budget that is left to its whole, and told as its YAML writes it', () => {
  const share = 0.5;
  const inForce = { ...PAGE_WHEN_DEFAULT, falsePagesPerYear: share };
  const grid = gridOf({ drop: ['40%'], derivative: ['-3'], falsePages: ['1/month', '1/year'], for: ['4s'] }, inForce, share) as Setting[];
  expect(grid.map(({ file, pageWhen, isInForce }) => [file.false_pages, pageWhen.falsePagesPerYear, isInForce])).toEqual([
    ['1/month', 6, false],
    ['1/year', 0.5, true],
  ]);
});
