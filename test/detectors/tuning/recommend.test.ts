import { expect, test } from 'vitest';
import { type PageWhen, pageWhenOf } from '../../../detectors/steep-drop/page-when.ts';
import { type Setting, settingOf } from '../../../detectors/tuning/grid.ts';
import { frontierOf, recommend } from '../../../detectors/tuning/recommend.ts';
import { type Part, type Real, type Row, rowsOf } from '../../../detectors/tuning/rows.ts';
import type { SentPage } from '../../../detectors/tuning/sent.ts';

const WEEK = 7 * 86_400;
const START = 1_793_577_600;
const part: Part = { from: START, to: START + WEEK, at: 0, judged: WEEK };

const page = (at: number): SentPage => ({
  ...{ from: START + at - 3, at: START + at, resolvedAt: START + at + 200, rateBefore: 100, rateAfter: 0, drop: 1 },
  ...{ derivative: -50, steepness: -9, fallWindow: 3, eventsMissing: 900 },
});

interface Made {
  readonly file?: Parameters<typeof pageWhenOf>[0];
  readonly pages?: readonly number[];
  /** Seconds of half lost at the quiet hour. */
  readonly delay: number;
}

function rows(made: readonly Made[], reals: readonly Real[] = []): Row[] {
  const settings = made.map(({ file = {} }): Setting => settingOf(pageWhenOf(file) as PageWhen));
  const moments = Array.from({ length: 20 }, (_, i) => ({ at: i * 1000, into: 0, hour: 'quiet' as const }));
  const delays = [0.3, 0.5, 0.8, 1].map(() => moments.map((_, i) => made.map(({ delay }) => delay + (i % 2 === 0 ? 0.5 : -0.5))));
  const waits = delays.map(() => ({ quiet: 200, busy: 200 }));
  return rowsOf(settings, { pages: made.map(({ pages = [] }) => pages.map(page)), moments, delays, waits }, reals, part);
}

const inForce: Made = { delay: 10 };

test('the soonest is recommended of those that keep within the budget', () => {
  const made = [
    inForce,
    { file: { drop: '30%' }, delay: 8 },
    { file: { drop: '20%' }, delay: 5, pages: [1000] },
    { file: { for: '6s' }, delay: 12 },
  ];
  const { index, among, heldOut } = recommend(rows(made), rows(made), 0, 1);
  expect({ index, among }).toEqual({ index: 1, among: 3 });
  expect(heldOut).toMatchObject({ isConfirmed: true, doubts: [] });
});

test('what asks for more false pages than the budget is not recommended, however quiet the history was', () => {
  const made = [inForce, { file: { false_pages: '1/month' }, delay: 7 }];
  expect(recommend(rows(made), rows(made), 0, 1).index).toBe(0);
  expect(recommend(rows(made), rows(made), 0, 12).index).toBe(1);
});

test('what is as good stays as it is', () => {
  const made = [inForce, { file: { drop: '30%' }, delay: 9.6 }, { file: { drop: '30%', for: '3s' }, delay: 9.5 }];
  expect(recommend(rows(made), rows(made), 0, 1).index).toBe(0);
});

test('a page of a known outage is found and not false; what misses it is not recommended', () => {
  const real = { from: START + 990, to: START + 1400, what: 'checkout' };
  const made = [
    { ...inForce, pages: [1000] },
    { file: { drop: '30%' }, delay: 5 },
    { file: { drop: '20%' }, delay: 8, pages: [1003] },
  ];
  const seen = rows(made, [real]);
  expect(seen.map(({ falsePages, realFound, realOf }) => ({ falsePages, realFound, realOf }))).toEqual([
    { falsePages: 0, realFound: 1, realOf: 1 },
    { falsePages: 0, realFound: 0, realOf: 1 },
    { falsePages: 0, realFound: 1, realOf: 1 },
  ]);
  expect(recommend(seen, seen, 0, 1).index).toBe(2);
});

test('where none keeps within the budget the one in force stays, for want of a better one', () => {
  const made = [
    { ...inForce, pages: [1000] },
    { file: { drop: '30%' }, delay: 5, pages: [1000, 9000] },
  ];
  expect(recommend(rows(made), rows(made), 0, 1)).toMatchObject({ index: 0, among: 0, isForWant: true });
});

test('a held-out part that pages in vain, or is slower, does not confirm', () => {
  const first = [inForce, { file: { drop: '30%' }, delay: 8 }];
  const noisy = [inForce, { file: { drop: '30%' }, delay: 8, pages: [1000] }];
  const slow = [inForce, { file: { drop: '30%' }, delay: 13 }];
  expect(recommend(rows(first), rows(noisy), 0, 1).heldOut).toMatchObject({ isConfirmed: false, doubts: ['false pages'] });
  expect(recommend(rows(first), rows(slow), 0, 1).heldOut).toMatchObject({ isConfirmed: false, doubts: ['slower'] });
});

test('no false page in a week says fewer than three a week, and the frontier is what no other beats', () => {
  const made = [inForce, { file: { false_pages: '1/month' }, delay: 7 }, { file: { false_pages: '2/month' }, delay: 7.5 }];
  const seen = rows(made);
  expect(seen[0]?.perYear).toMatchObject({ value: 0, low: 0, high: expect.closeTo((3 * 365.25) / 7, 6) });
  expect(frontierOf(seen)).toEqual([0, 1]);
});
