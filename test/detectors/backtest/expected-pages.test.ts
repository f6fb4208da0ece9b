/** Pages that came against pages that were expected. */
import { expect, test } from 'vitest';
import { comparePages } from '../../../detectors/backtest/expected-pages.ts';
import type { Page } from '../../../detectors/backtest/replay.ts';
import type { ExpectedPage } from '../../../detectors/backtest/rule-test.ts';

const START = 1_768_312_800;
const wanted = (after: number, within: number, more: Partial<ExpectedPage> = {}): ExpectedPage => ({
  after,
  within,
  notBefore: 0,
  ...more,
});
const page = (at: number, { drop = 1, resolvedAfter = 60 as number | null } = {}): Page => ({
  ...{ from: START + at, at: START + at, resolvedAt: resolvedAfter === null ? null : START + at + resolvedAfter },
  ...{ rateBefore: 100, rateAfter: 100 * (1 - drop), drop, derivative: -30, steepness: -9, threshold: -6, fallWindow: 4 },
  ...{ hour: 100, day: 100, eventsMissing: 400 },
});
const kinds = (expected: ExpectedPage[], pages: Page[]): string[] =>
  comparePages(expected, pages, START).differences.map((difference) => difference.is);

test('a page is in time while its second ends no later than asked', () => {
  expect(comparePages([wanted(100, 4)], [page(103)], START)).toEqual({ differences: [], delays: [4] });
  expect(kinds([wanted(100, 4)], [page(104)])).toEqual(['late']);
  expect(kinds([wanted(100, 10, { notBefore: 5 })], [page(104)])).toEqual([]);
  expect(kinds([wanted(100, 10, { notBefore: 5 })], [page(103)])).toEqual(['early']);
});

test('a page before its time is one that nobody expected, and the expected one is missing', () => {
  expect(kinds([wanted(100, 10)], [page(99)])).toEqual(['unexpected', 'missing']);
  expect(kinds([], [page(1), page(700)])).toEqual(['unexpected', 'unexpected']);
});

test('each expected page takes one page, in order', () => {
  expect(kinds([wanted(100, 10), wanted(500, 10)], [page(103), page(503)])).toEqual([]);
  expect(kinds([wanted(100, 10), wanted(500, 10)], [page(103), page(200)])).toEqual(['unexpected', 'missing']);
  // What comes after the next one is expected does not stand for the one before.
  expect(comparePages([wanted(100, 10), wanted(500, 10)], [page(503)], START)).toMatchObject({ delays: [null, 4] });
  expect(kinds([wanted(100, 10)], [page(103), page(104)])).toEqual(['unexpected']);
});

test('what the page tells is held against what was asked', () => {
  const half = { least: 0.4, most: 0.6 };
  expect(kinds([wanted(100, 10, { drop: half })], [page(103, { drop: 0.55 })])).toEqual([]);
  expect(kinds([wanted(100, 10, { drop: half })], [page(103, { drop: 0.7 })])).toEqual(['drop']);
  expect(kinds([wanted(100, 10, { drop: half })], [page(103, { drop: 0.3 })])).toEqual(['drop']);
  expect(kinds([wanted(100, 10, { resolvedWithin: 60 })], [page(103)])).toEqual([]);
  expect(kinds([wanted(100, 10, { resolvedWithin: 59 })], [page(103)])).toEqual(['not resolved']);
  expect(kinds([wanted(100, 10, { resolvedWithin: 59 })], [page(103, { resolvedAfter: null })])).toEqual(['not resolved']);
});
