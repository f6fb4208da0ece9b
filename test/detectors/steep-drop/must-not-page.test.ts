/** What falls and is no outage wakes nobody. */
import { describe, expect, test } from 'vitest';
import type { Fall } from '../../../detectors/steep-drop/steep-drop.ts';
import { daily, falls, type Noise, type Shape, sale, steady, Traffic } from '../../support/traffic.ts';
import { again, DAY, HOUR, live, MONDAY, PAGE_WHEN, warm } from './world.ts';

/** The second Tuesday, 14:00: a week is known. */
const NOON = 8 * DAY + 14 * HOUR;
/** A Saturday and Sunday at half the rate. */
const quietWeekends =
  (shape: Shape): Shape =>
  (second) =>
    shape(second) * (Math.floor(second / DAY) % 7 >= 5 ? 0.5 : 1);

interface Told {
  readonly seed: number;
  /** The days before. */
  readonly usual: Shape;
  /** What happens from `at` on. */
  readonly happens: Shape;
  readonly at?: number;
  readonly lasts: number;
  readonly days?: number;
  readonly noise?: Noise;
  readonly closed?: (second: number) => boolean;
}

function pagesOf({ seed, usual, happens, at = NOON, lasts, days = 7, noise, closed }: Told): Fall[] {
  const traffic = new Traffic(seed, noise);
  const detector = warm({ traffic, shape: usual, at, days });
  return live(detector, { traffic, shape: happens, from: at, to: at + lasts, ...(closed && { closed }) });
}

describe.each([20, 100, 1000])('at %d/s', (rate) => {
  const usual = daily(rate);

  test.each([
    ['x3 for 10 minutes, ending in 1 s', { times: 3, lasts: 600, ends: 1 }],
    ['x5 for 10 minutes, ending in 60 s', { times: 5, lasts: 600, ends: 60 }],
    ['x5 for 45 minutes, ending in 1 s', { times: 5, lasts: 2700, ends: 1 }],
    ['x3 for 3 hours, ending in 1 s', { times: 3, lasts: 3 * HOUR, ends: 1 }],
    ['x5 for 3 hours, ending in 10 minutes', { times: 5, lasts: 3 * HOUR, ends: 600 }],
  ])('the end of a spike or flash sale: %s', (_, sold) => {
    const happens = sale(usual, { at: NOON + 60, ...sold });
    expect(pagesOf({ seed: rate, usual, happens, lasts: sold.lasts + sold.ends + 1200 })).toEqual([]);
  });

  test("a sale's end on a quiet weekend", () => {
    const weekly = quietWeekends(usual);
    for (const times of [3, 5]) {
      const at = 12 * DAY + 14 * HOUR;
      const happens = sale(weekly, { at: at + 60, times, lasts: 2700, ends: 1 });
      expect(pagesOf({ seed: rate + times, usual: weekly, happens, at, lasts: HOUR, days: 12 })).toEqual([]);
    }
  });

  test('falls shorter than `for` minus 1.5 s', () => {
    const traffic = new Traffic(rate);
    const healthy = warm({ traffic, shape: usual, at: NOON });
    let paged = 0;
    for (let dip = 0; dip < 200; dip++) {
      const phase = traffic.random();
      const shape: Shape = (second) => usual(second) * left(second - NOON - 3, phase, 2);
      if (live(again(healthy), { traffic, shape, from: NOON, to: NOON + 20 }).length > 0) paged++;
    }
    // As detection is judged: at most 3 % of dips of 2 s, at a random phase.
    expect(paged / 200).toBeLessThanOrEqual(0.03);
  });
});

/** Share of the second `second` that lies outside a dip of `lasts` seconds which begins at `phase`. */
function left(second: number, phase: number, lasts: number): number {
  const within = Math.min(second + 1, phase + lasts) - Math.max(second, phase);
  return 1 - Math.max(0, Math.min(1, within));
}

test('the daily slide into the night', () => {
  for (const rate of [5, 100, 1000]) {
    const usual = daily(rate, 0.9);
    expect(pagesOf({ seed: rate, usual, happens: usual, at: 8 * DAY + 17 * HOUR, lasts: 8 * HOUR })).toEqual([]);
  }
});

test('the first day of a new metric, with its slide into the night', () => {
  for (const rate of [5, 100]) {
    const usual = daily(rate, 0.9);
    expect(pagesOf({ seed: rate, usual, happens: usual, at: 8 * DAY + 17 * HOUR, lasts: 8 * HOUR, days: 0 })).toEqual([]);
  }
});

test('producers that flush every 10 s', () => {
  const traffic = new Traffic(10);
  const detector = warm({ traffic, shape: steady(50), at: HOUR, days: 7 });
  const flushing = (second: number): number => (second % 10 === 0 ? 500 : 0);
  // The change of habit itself is a fall to nothing for ten seconds; it is learned, and then it is how things are.
  live(detector, { traffic, shape: flushing, from: HOUR, to: 7 * HOUR });
  expect(live(detector, { traffic, shape: flushing, from: 7 * HOUR, to: 12 * HOUR })).toEqual([]);
});

test('a new metric whose producers flush every 10 s from the first day', () => {
  const traffic = new Traffic(11);
  const flushing = (second: number): number => (second % 10 === 0 ? 500 : 0);
  const detector = warm({ traffic, shape: flushing, at: 3 * HOUR, days: 0 });
  expect(live(detector, { traffic, shape: flushing, from: 3 * HOUR, to: 12 * HOUR })).toEqual([]);
});

test('a closing known from `closed`', () => {
  const usual = steady(100);
  const isClosed = (second: number): boolean => second >= NOON + 600 && second < NOON + 4200;
  const happens = falls(usual, { at: NOON + 600, left: 0, lasts: 3600 });
  expect(pagesOf({ seed: 1, usual, happens, lasts: 2 * HOUR, closed: isClosed })).toEqual([]);
  expect(pagesOf({ seed: 1, usual, happens, lasts: 2 * HOUR })).toHaveLength(1);
});

test('a closing that was learned: every evening at ten, to 5 %', () => {
  const usual: Shape = (second) => (second % DAY >= 22 * HOUR ? 5 : 100);
  expect(pagesOf({ seed: 2, usual, happens: usual, at: 8 * DAY + 21 * HOUR, lasts: 2.5 * HOUR })).toEqual([]);
});

test('a clock change: the daily pattern an hour earlier', () => {
  for (const rate of [20, 100, 1000]) {
    const usual = daily(rate);
    const happens: Shape = (second) => usual(second + HOUR);
    expect(pagesOf({ seed: rate, usual, happens, at: 8 * DAY + 2 * HOUR, lasts: 24 * HOUR })).toEqual([]);
  }
});

test('a restart', () => {
  const traffic = new Traffic(4);
  const usual = daily(200);
  let detector = warm({ traffic, shape: usual, at: NOON });
  for (let hour = 0; hour < 20; hour++) {
    const from = NOON + hour * 600;
    expect(live(detector, { traffic, shape: usual, from, to: from + 600 })).toEqual([]);
    detector = again(detector);
  }
});

test('a gap of 5 s, a minute, five minutes or an hour', () => {
  for (const [i, gap] of [5, 60, 300, 301, HOUR].entries()) {
    const traffic = new Traffic(i);
    const usual = daily(100);
    const detector = warm({ traffic, shape: usual, at: NOON });
    const missing = (second: number): boolean => second >= NOON + 600 && second < NOON + 600 + gap;
    expect(live(detector, { traffic, shape: usual, from: NOON, to: NOON + 2 * HOUR, missing })).toEqual([]);
  }
});

test('a burst of late events, and one of many producers restarting', () => {
  const usual = daily(100);
  const burst: Shape = (second) => usual(second) * (second === NOON + 100 ? 20 : 1);
  expect(pagesOf({ seed: 5, usual, happens: burst, lasts: HOUR })).toEqual([]);
  const one: Shape = (second) => usual(second) * (second >= NOON + 100 && second < NOON + 130 ? 14 / 15 : 1);
  expect(pagesOf({ seed: 6, usual, happens: one, lasts: HOUR })).toEqual([]);
});

test('a second that is only partly readable', () => {
  const traffic = new Traffic(7);
  const detector = warm({ traffic, shape: steady(100), at: NOON });
  for (let second = NOON; second < NOON + 2000; second++) {
    const share = second % 600 < 300 ? 0.6 : 1;
    expect(detector.next({ second: MONDAY + second, n: traffic.count(100 * share), share }).isDown).toBe(false);
  }
});

test('what is too slow for any window', () => {
  const traffic = new Traffic(8);
  const detector = warm({ traffic, shape: steady(0.02), at: NOON });
  const finding = detector.next({ second: MONDAY + NOON, n: 0, share: 1 });
  expect(finding.state).toBe('too slow');
  expect(live(detector, { traffic, shape: steady(0), from: NOON + 1, to: NOON + 1800 })).toEqual([]);
});

test('a slide over ten minutes at 100/s', () => {
  const happens = falls(steady(100), { at: NOON + 60, left: 0.3, over: 600 });
  for (const seed of [1, 2, 3]) expect(pagesOf({ seed, usual: steady(100), happens, lasts: 1800 })).toEqual([]);
});

test.each(['a slide over three minutes', 'a slide over ten minutes'])('%s, of which single seconds are missing', (what) => {
  const over = what.includes('ten') ? 600 : 180;
  for (const rate of [100, 1000]) {
    const happens = falls(steady(rate), { at: NOON + 60, left: 0.3, over });
    for (const gone of [[NOON + 60], [NOON + 60 - 300], [NOON + 100, NOON + 400]]) {
      const traffic = new Traffic(rate);
      const detector = warm({ traffic, shape: steady(rate), at: NOON });
      const missing = (second: number): boolean => gone.includes(second);
      expect(live(detector, { traffic, shape: happens, from: NOON, to: NOON + 1800, missing })).toEqual([]);
    }
  }
});

test('a closing that ends late by half a minute', () => {
  const usual = steady(60);
  const closed = (second: number): boolean => second >= NOON && second < NOON + HOUR;
  const happens = falls(usual, { at: NOON, left: 0, lasts: HOUR + 30 });
  expect(pagesOf({ seed: 13, usual, happens, lasts: 2 * HOUR, closed })).toEqual([]);
});

test('the same fall where `drop` asks for more', () => {
  const usual = steady(100);
  const traffic = new Traffic(9);
  const detector = warm({ traffic, shape: usual, at: NOON, pageWhen: { ...PAGE_WHEN, drop: 0.7 } });
  const happens = falls(usual, { at: NOON + 60, left: 0.5 });
  expect(live(detector, { traffic, shape: happens, from: NOON, to: NOON + 600 })).toEqual([]);
});
