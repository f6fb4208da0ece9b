/** The steepest pair of which every question is answered yes is the one that pages. */
import { expect, test } from 'vitest';
import { Dispersion } from '../../../detectors/steep-drop/dispersion.ts';
import { pagingPair, withinAt } from '../../../detectors/steep-drop/judge.ts';
import { type PageWhen, pageWhenOf } from '../../../detectors/steep-drop/page-when.ts';
import { Seconds } from '../../../detectors/steep-drop/rate.ts';
import { type Pair, Scan } from '../../../detectors/steep-drop/scan.ts';
import { PAGE_WHEN } from './world.ts';

const USUAL = 1000;
const known = Dispersion.restore({
  quantiles: Array(45).fill(2.7),
  means: Array(45).fill(1),
  rates: Array(45).fill(USUAL),
  learned: Array(45).fill(1e5),
});

/** 600 s of 1,000/s, a straight slide to what is left of it over so many seconds, and 4 s of that. */
function slid(over: number, left: number): Seconds {
  const seconds = new Seconds();
  for (let i = 0; i < 600; i++) seconds.add(USUAL, 1);
  for (let i = 0; i < over; i++) seconds.add(Math.round(USUAL * (1 - ((1 - left) * (i + 1)) / over)), 1);
  for (let i = 0; i < 4; i++) seconds.add(USUAL * left, 1);
  return seconds;
}

function paging(
  seconds: Seconds,
  pageWhen: PageWhen = PAGE_WHEN,
  normals: { hour: number | null; day: number | null } = { hour: null, day: null },
) {
  const scan = new Scan();
  scan.look(seconds, known, 0, 6);
  const limits = { drop: pageWhen.drop, sigmas: 6, backAt: null, hidden: 0, first: 0 };
  return { sure: scan.sure, pair: pagingPair(scan.sure, { seconds, dispersion: known, pageWhen, limits, alone: null, ...normals }) };
}

test('of the pairs that page the steepest is told', () => {
  const { sure, pair } = paging(slid(1, 0));
  expect(sure.length).toBeGreaterThan(5);
  expect(pair).toMatchObject({ window: expect.any(Number), recent: 0 });
  expect((pair as Pair).window).toBeLessThanOrEqual(PAGE_WHEN.withinSeconds);
});

test('nothing pages where the time of day is as low', () => {
  expect(paging(slid(1, 0), PAGE_WHEN, { hour: USUAL, day: 0 }).pair).toBeNull();
  expect(paging(slid(1, 0), PAGE_WHEN, { hour: USUAL, day: USUAL }).pair).not.toBeNull();
});

test('a derivative in events/s² is read literally: of 1,000/s 40 % may take 133 s at -3, and 4 s at -100', () => {
  const slide = slid(100, 0.3);
  const literal = (eventsPerSecond2: number) => paging(slide, { ...PAGE_WHEN, withinSeconds: 512, eventsPerSecond2 }).pair;
  expect(literal(-3)).not.toBeNull();
  expect(literal(-100)).toBeNull();
});

test('a derivative is met by what was lost: a smaller `drop` leaves a deep fall no less time', () => {
  const limits = (drop: number): PageWhen => pageWhenOf({ drop: `${100 * drop}%` }) as PageWhen;
  for (const drop of [0.1, 0.4, 0.6]) expect(withinAt(USUAL, 0.6, limits(drop))).toBeCloseTo(20, 9);
  expect(withinAt(USUAL, 0.6, limits(0.9))).toBeCloseTo(30, 9);
  expect(withinAt(USUAL, 0.6, pageWhenOf({ within: '13s' }) as PageWhen)).toBe(13);
  expect(withinAt(1000, 0.6, pageWhenOf({ derivative: '-3 events/s2' }) as PageWhen)).toBeCloseTo(200, 9);
});
