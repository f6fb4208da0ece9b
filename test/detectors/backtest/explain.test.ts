/** An explanation decides as the detector does, in every second, and leaves no trace in it. */
import { expect, test } from 'vitest';
import { type Explained, explain } from '../../../detectors/backtest/explain.ts';
import type { PageWhen } from '../../../detectors/steep-drop/page-when.ts';
import { steepDrop } from '../../../detectors/steep-drop/steep-drop.ts';
import { prng } from '../../support/prng.ts';
import { daily, falls, type Shape, sale, steady, Traffic } from '../../support/traffic.ts';
import { DAY, HOUR, MONDAY, PAGE_WHEN, warm } from '../steep-drop/world.ts';

const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
const NOON = 8 * DAY + 14 * HOUR;
const LASTS = 1500;

/** Falls, dips, sales, slides and gaps at any rate, one after another. */
function someTraffic(seed: number): { usual: Shape; happens: Shape; missing: (second: number) => boolean } {
  const random = prng(seed * 104_729);
  const usual = daily(10 ** (0.3 + 2.7 * random()));
  let happens = usual;
  for (let at = NOON + 30; at < NOON + LASTS; at += 100 + 400 * random()) {
    const lasts = random() < 0.4 ? 1 + 4 * random() : 20 + 300 * random();
    if (random() < 0.3) happens = sale(happens, { at, times: 1 + 4 * random(), lasts, ends: 1 + 20 * random() });
    else happens = falls(happens, { at, left: 0.8 * random(), over: random() < 0.5 ? 0 : 60 * random(), lasts });
  }
  const gaps = [1, 2].map(() => ({ at: NOON + LASTS * random(), lasts: random() < 0.3 ? 301 + 100 * random() : 30 * random() }));
  return { usual, happens, missing: (second) => gaps.some(({ at, lasts }) => second >= at && second < at + lasts) };
}

const SOME_LIMITS: readonly Partial<PageWhen>[] = [
  {},
  { drop: 0.2, forSeconds: 1 },
  { sigmas: 4, percentPerSecond: -0.7 },
  { forSeconds: 0 },
];

test.each(SEEDS)('it says of every second whether it pages, and changes nothing: seed %d', (seed) => {
  const { usual, happens, missing } = someTraffic(seed);
  const pageWhen = { ...PAGE_WHEN, ...SOME_LIMITS[seed % SOME_LIMITS.length] };
  const traffic = new Traffic(seed, seed % 3 === 0 ? { dispersion: 3 } : {});
  const saved = warm({ traffic, shape: usual, at: NOON, seconds: seed % 5 === 0 ? 1800 : 2 * HOUR, pageWhen }).save();
  const [asked, live] = [steepDrop(pageWhen, saved), steepDrop(pageWhen, saved)];
  for (let at = NOON; at < NOON + LASTS; at++) {
    const count = { second: MONDAY + at, n: traffic.count(happens(at)), share: at % 97 === 0 && seed % 4 === 0 ? 0.75 : 1 };
    if (missing(at)) continue;
    const closed = seed % 6 === 0 && at > NOON + 600 && at < NOON + 900;
    const told = explain(asked, count, closed);
    const finding = live.next(count, closed);
    // While down a second shows the steepness of its fall.
    const isDown = told.outSince !== null || finding.isDown;
    const says = { at, pages: told.pages, state: told.state, steepest: isDown ? null : (told.questions[0]?.sure.steepness ?? 0) };
    const was = { at, pages: finding.fall?.at === count.second, state: finding.state, steepest: isDown ? null : finding.steepness };
    expect(says).toEqual(was);
  }
  expect(asked.save()).toEqual(live.save());
});

test('among these seconds are all kinds of answers', () => {
  const seen: Explained[] = [];
  for (const seed of SEEDS) {
    const { usual, happens, missing } = someTraffic(seed);
    const traffic = new Traffic(seed);
    const detector = warm({ traffic, shape: usual, at: NOON, seconds: seed % 5 === 0 ? 1800 : 2 * HOUR });
    for (let at = NOON; at < NOON + LASTS; at++) {
      const n = traffic.count(happens(at));
      if (!missing(at)) seen.push(explain(detector, { second: MONDAY + at, n, share: 1 }));
    }
  }
  const some = (is: (told: Explained) => boolean): boolean => seen.some(is);
  expect(some(({ pages, outSince }) => pages && outSince === null)).toBe(true);
  expect(some(({ held }) => held === 'warming')).toBe(true);
  expect(some(({ held }) => held === 'soon')).toBe(true);
  expect(some(({ alone }) => alone !== null)).toBe(true);
  const asked = seen.flatMap(({ questions }) => questions).filter(({ sure }) => sure.holds);
  for (const question of ['deep', 'fast', 'stillDown'] as const) expect(asked.some((each) => !each[question].holds)).toBe(true);
});

test('so it is while the minutes of a bursty metric are back up and its seconds never are', () => {
  const traffic = new Traffic(10);
  const asked = warm({ traffic, shape: steady(50), at: HOUR });
  const flushing: Shape = (second) => (second % 10 === 0 ? 500 : 0);
  const other = steepDrop(PAGE_WHEN, asked.save());
  const held = new Set<Explained['held']>();
  for (let at = HOUR; at < HOUR + 1000; at++) {
    const count = { second: MONDAY + at, n: traffic.count(flushing(at)), share: 1 };
    const told = explain(asked, count);
    expect({ at, pages: told.pages }).toEqual({ at, pages: other.next(count).fall?.at === count.second });
    held.add(told.held);
  }
  expect(asked.save()).toEqual(other.save());
  expect(held).toEqual(new Set([null, 'soon', 'back']));
});
