/** Every real outage is found, soon, and told once. */
import { describe, expect, test } from 'vitest';
import type { Fall } from '../../../detectors/steep-drop/steep-drop.ts';
import { daily, falls, type Shape, sale, steady, Traffic } from '../../support/traffic.ts';
import { again, DAY, HOUR, live, MONDAY, warm } from './world.ts';

/** The second Tuesday, 14:00: a week is known. */
const NOON = 8 * DAY + 14 * HOUR;

interface Told {
  readonly seed: number;
  /** The days before. */
  readonly usual: Shape;
  /** What happens from `at` on. */
  readonly happens: Shape;
  readonly at?: number;
  readonly lasts: number;
  readonly missing?: (second: number) => boolean;
}

function pagesOf({ seed, usual, happens, at = NOON, lasts, missing }: Told): Fall[] {
  const traffic = new Traffic(seed);
  const detector = warm({ traffic, shape: usual, at });
  return live(detector, { traffic, shape: happens, from: at, to: at + lasts, ...(missing && { missing }) });
}

/** Seconds from the fall to each page of some trials of it; a trial that pages not once, or twice, counts as infinitely late. */
function delays(usual: Shape, fall: { left: number; over?: number }, { trials = 20, seconds = 2 * HOUR } = {}): number[] {
  const traffic = new Traffic(trials);
  const healthy = warm({ traffic, shape: usual, at: NOON, seconds });
  return Array.from({ length: trials }, (_, i) => {
    const at = NOON + 5 + (i % 4);
    const pages = live(again(healthy), { traffic, shape: falls(usual, { at, ...fall }), from: NOON, to: at + 600 });
    return pages.length === 1 ? (pages[0] as Fall).at + 1 - at : Number.POSITIVE_INFINITY;
  });
}

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

describe('half of all orders lost at once', () => {
  test.each([
    [10, 45],
    [20, 22],
    [100, 6],
    [1000, 5],
  ])('at %d/s: found every time, within %d s in the mean', (rate, seconds) => {
    expect(mean(delays(steady(rate), { left: 0.5 }))).toBeLessThan(seconds);
  });
});

describe('a fall to zero', () => {
  test.each([
    [1, 30],
    [5, 7],
    [20, 4.5],
    [100, 4.5],
    [1000, 4.5],
  ])('at %d/s: found every time, within %d s in the mean', (rate, seconds) => {
    expect(mean(delays(steady(rate), { left: 0 }, { seconds: DAY }))).toBeLessThan(seconds);
  });
});

test('80 % lost', () => {
  for (const rate of [20, 100, 1000]) expect(mean(delays(steady(rate), { left: 0.2 }))).toBeLessThan(rate === 20 ? 7 : 4.5);
});

test('a slide to 30 % in 10 s at 100/s and 1,000/s', () => {
  for (const rate of [100, 1000]) expect(Math.max(...delays(steady(rate), { left: 0.3, over: 10 }))).toBeLessThan(20);
});

test('a fall inside a declining evening', () => {
  for (const rate of [20, 100, 1000]) {
    const usual = daily(rate, 0.9);
    const evening = 8 * DAY + 19 * HOUR;
    for (const left of [0, 0.4]) {
      const happens = falls(usual, { at: evening + 60, left });
      const pages = pagesOf({ seed: rate, usual, happens, at: evening, lasts: 600 });
      expect(pages).toHaveLength(1);
      expect((pages[0] as Fall).at - evening - 60).toBeLessThan(rate === 20 && left > 0 ? 60 : 12);
    }
  }
});

test('a fall inside a sale', () => {
  for (const rate of [20, 100, 1000]) {
    const usual = daily(rate);
    const sold = sale(usual, { at: NOON, times: 3, lasts: HOUR });
    const pages = pagesOf({ seed: rate, usual, happens: falls(sold, { at: NOON + 1200, left: 0 }), lasts: 1800 });
    expect(pages).toHaveLength(1);
    expect((pages[0] as Fall).at - NOON - 1200).toBeLessThan(6);
  }
});

test('a fall just after a spike', () => {
  for (const seed of [1, 2, 3]) {
    const usual = daily(100);
    const spike = sale(usual, { at: NOON, times: 4, lasts: 50 });
    const pages = pagesOf({ seed, usual, happens: falls(spike, { at: NOON + 60, left: 0 }), lasts: 600 });
    expect(pages).toHaveLength(1);
    expect((pages[0] as Fall).at - NOON - 60).toBeLessThan(30);
  }
});

test.each([5, 30, 240])('a fall inside a gap of data of %d s is found within 10 s of its end', (gap) => {
  for (const left of [0, 0.2]) {
    for (const seed of [1, 2, 3]) {
      const usual = daily(100);
      const happens = falls(usual, { at: NOON + 600 + gap / 2, left });
      const missing = (second: number): boolean => second >= NOON + 600 && second < NOON + 600 + gap;
      const pages = pagesOf({ seed, usual, happens, lasts: 1800, missing });
      expect(pages).toHaveLength(1);
      expect((pages[0] as Fall).at - NOON - 600 - gap).toBeLessThan(10);
    }
  }
});

test('a fall inside a gap of an hour, below 80 % of what this time of day knows', () => {
  const usual = daily(100);
  const missing = (second: number): boolean => second >= NOON && second < NOON + HOUR;
  const pages = pagesOf({ seed: 1, usual, happens: falls(usual, { at: NOON + 1800, left: 0.05 }), lasts: 2 * HOUR, missing });
  expect(pages).toHaveLength(1);
  expect((pages[0] as Fall).at - NOON - HOUR).toBeLessThan(10);
});

test.each([
  ['a second', 2, 1],
  ['nearly all of what came since', 2, 299],
])('a fall inside a long gap, where soon after it %s is missing, too', (_, since, again) => {
  const usual = daily(100);
  const back = NOON + 1000;
  const missing = (second: number): boolean =>
    (second >= NOON + 600 && second < back) || (second >= back + since && second < back + since + again);
  const pages = pagesOf({ seed: 2, usual, happens: falls(usual, { at: NOON + 800, left: 0 }), lasts: 3000, missing });
  expect(pages).toHaveLength(1);
  expect((pages[0] as Fall).at - back - since - again).toBeLessThan(10);
});

test('a total loss 20 minutes after opening from a night of nothing', () => {
  for (const night of [0, 0.02]) {
    const usual: Shape = (second) => (second % DAY >= 9 * HOUR && second % DAY < 21 * HOUR ? 40 : night);
    const opening = 8 * DAY + 9 * HOUR;
    const happens = falls(usual, { at: opening + 1200, left: 0 });
    const pages = pagesOf({ seed: 3, usual, happens, at: opening - HOUR, lasts: 2 * HOUR });
    expect(pages).toHaveLength(1);
    expect((pages[0] as Fall).at - opening - 1200).toBeLessThan(8);
  }
});

test('what fell inside a closing and does not come back: a minute after the closing is over', () => {
  const usual = steady(60);
  const traffic = new Traffic(12);
  const over = NOON + 2 * HOUR;
  const closed = (second: number): boolean => second >= NOON && second < over;
  for (const at of [NOON, over - 600]) {
    const detector = warm({ traffic, shape: usual, at: NOON - 60 });
    const pages = live(detector, { traffic, shape: falls(usual, { at, left: 0 }), from: NOON - 60, to: over + HOUR, closed });
    expect(pages).toHaveLength(1);
    expect((pages[0] as Fall).at - over).toBeGreaterThan(55);
    expect((pages[0] as Fall).at - over).toBeLessThan(75);
  }
});

test('a second fall 12 minutes after a long outage: each told once, both over', () => {
  for (const rate of [20, 100, 1000]) {
    const usual = daily(rate);
    const start = 8 * DAY + 18 * HOUR;
    const mended = start + 6 * HOUR;
    const happens = falls(falls(usual, { at: start, left: 0, lasts: 6 * HOUR }), { at: mended + 720, left: 0, lasts: 900 });
    const traffic = new Traffic(rate);
    const detector = warm({ traffic, shape: usual, at: start - 60 });
    const pages = live(detector, { traffic, shape: happens, from: start - 60, to: mended + 720 });
    expect(pages).toHaveLength(1);
    expect(detector.next({ second: MONDAY + mended + 720, n: 0, share: 1 }).isDown).toBe(false);
    const second = live(detector, { traffic, shape: happens, from: mended + 721, to: mended + 1620 });
    expect(second).toHaveLength(1);
    expect((second[0] as Fall).at - mended - 720).toBeLessThan(30);
    live(detector, { traffic, shape: happens, from: mended + 1620, to: mended + 2400 });
    expect(detector.next({ second: MONDAY + mended + 2400, n: rate, share: 1 }).isDown).toBe(false);
  }
});

test('all lost a minute after 30 % was, and three minutes after 15 % was', () => {
  for (const rate of [20, 100, 1000]) {
    for (const [left, wait] of [
      [0.7, 60],
      [0.85, 180],
    ] as const) {
      const usual = daily(rate);
      const staged = falls(falls(usual, { at: NOON + 60, left }), { at: NOON + 60 + wait, left: 0 });
      const pages = pagesOf({ seed: rate, usual, happens: staged, lasts: 900 });
      expect(pages).toHaveLength(1);
      expect((pages[0] as Fall).at - NOON - 60 - wait).toBeLessThan(12);
    }
  }
});

test('a crash loop: down for 2.5 s, up for 6 s, seven times, then down', () => {
  for (const rate of [20, 100, 1000]) {
    const usual = daily(rate);
    const loop: Shape = (second) => usual(second) * looping(second - NOON - 60);
    const pages = pagesOf({ seed: rate, usual, happens: loop, lasts: 900 });
    expect(pages).toHaveLength(1);
    expect((pages[0] as Fall).at - NOON - 60).toBeLessThan(90);
  }
});

/** Share of a second that is up, so many seconds after the first crash. */
function looping(since: number): number {
  if (since < 0) return 1;
  if (since >= 60) return 0;
  const tenths = Array.from({ length: 10 }, (_, tenth): number => ((since + tenth / 10) % 8.5 < 2.5 ? 0 : 1));
  return mean(tenths);
}

test('a partial outage in a rhythm: 2 s nothing, 1 s all', () => {
  for (const rate of [20, 100, 1000]) {
    const usual = daily(rate);
    const rhythm: Shape = (second) => usual(second) * (second < NOON + 60 || (second - NOON) % 3 === 2 ? 1 : 0);
    const pages = pagesOf({ seed: rate, usual, happens: rhythm, lasts: 290 });
    expect(pages).toHaveLength(1);
    expect((pages[0] as Fall).at - NOON - 60).toBeLessThan(30);
  }
});

test('a second fall during a partly recovered incident is told with facts of its own, in the same incident', () => {
  for (const rate of [20, 100, 1000]) {
    const usual = steady(rate);
    const traffic = new Traffic(rate);
    const detector = warm({ traffic, shape: usual, at: NOON });
    const first = falls(usual, { at: NOON + 60, left: 0, lasts: 600 });
    const partly = falls(first, { at: NOON + 660, left: 0.6 });
    const gone = NOON + 660 + 1800;
    const happens = falls(partly, { at: gone, left: 0, lasts: 300 });
    const told = live(detector, { traffic, shape: happens, from: NOON, to: gone });
    expect(told).toHaveLength(1);
    const more = live(detector, { traffic, shape: happens, from: gone, to: gone + 300 });
    expect(more).toHaveLength(1);
    const [{ rateBefore, missing }, second] = [told[0] as Fall, more[0] as Fall];
    expect(second.at - gone).toBeLessThan(rate === 20 ? 12 : 6);
    expect(Math.abs(second.from - gone)).toBeLessThanOrEqual(1);
    // What it was before all this stays what is usual, and the losses count on.
    expect(second.rateBefore).toBe(rateBefore);
    expect(second.missing).toBeGreaterThan(missing + 600 * 0.9 * rate);
    expect(second.derivative).toBeLessThan(-25);
    // Back to the part that was there is not over.
    live(detector, { traffic, shape: partly, from: gone + 300, to: gone + 600 });
    expect(detector.next({ second: MONDAY + gone + 600, n: traffic.count(0.6 * rate), share: 1 }).isDown).toBe(true);
    live(detector, { traffic, shape: usual, from: gone + 601, to: gone + 800 });
    expect(detector.next({ second: MONDAY + gone + 800, n: traffic.count(rate), share: 1 }).isDown).toBe(false);
  }
});

test('all lost after a lasting step up of three times', () => {
  const usual = steady(50);
  const stepped: Shape = (second) => (second < NOON + 60 ? 50 : 150);
  const pages = pagesOf({ seed: 3, usual, happens: falls(stepped, { at: NOON + 2 * HOUR, left: 0 }), lasts: 2 * HOUR + 300 });
  expect(pages).toHaveLength(1);
  expect((pages[0] as Fall).at - NOON - 2 * HOUR).toBeLessThan(6);
});

test('producers that flush every 10 s fall silent', () => {
  const flushing: Shape = (second) => (second % 10 === 0 ? 500 : 0);
  const traffic = new Traffic(12);
  const detector = warm({ traffic, shape: flushing, at: NOON });
  live(detector, { traffic, shape: flushing, from: NOON, to: NOON + 8 * HOUR });
  const at = NOON + 8 * HOUR + 3;
  const pages = live(detector, { traffic, shape: falls(flushing, { at, left: 0 }), from: NOON + 8 * HOUR, to: at + 600 });
  expect(pages).toHaveLength(1);
  expect((pages[0] as Fall).at - at).toBeLessThan(60);
});

test('an outage outside a closing that was learned', () => {
  const usual: Shape = (second) => (second % DAY >= 22 * HOUR ? 5 : 100);
  const pages = pagesOf({ seed: 4, usual, happens: falls(usual, { at: NOON + 60, left: 0 }), lasts: 600 });
  expect(pages).toHaveLength(1);
});
