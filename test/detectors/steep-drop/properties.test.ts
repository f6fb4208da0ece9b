/** What holds of any traffic: tighter limits page less, and weeks are alike. */
import { expect, test } from 'vitest';
import { type PageWhen, type PageWhenFile, pageWhenOf } from '../../../detectors/steep-drop/page-when.ts';
import { steepDrop } from '../../../detectors/steep-drop/steep-drop.ts';
import { prng } from '../../support/prng.ts';
import { falls, type Shape, steady, Traffic } from '../../support/traffic.ts';
import { DAY, HOUR, MONDAY, PAGE_WHEN, warm } from './world.ts';

const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
const NOON = 8 * DAY + 14 * HOUR;
const LASTS = 400;

/** A fall of any depth, length and steepness at any rate, or a rhythm of them, of which some page and some do not. */
function someFall(seed: number): { usual: Shape; happens: Shape } {
  const random = prng(seed * 7919);
  const usual = steady(10 ** (0.7 + 2.3 * random()));
  if (seed % 4 === 0) {
    const [down, every, left] = [1 + Math.floor(5 * random()), 3 + Math.floor(7 * random()), 0.5 * random()];
    return { usual, happens: (second) => usual(second) * (second >= NOON + 40 && second % every < down ? left : 1) };
  }
  const fall = { at: NOON + 40, left: 0.9 * random(), over: Math.floor(random() * 60), lasts: Math.ceil(3 + 200 * random()) };
  return { usual, happens: falls(usual, fall) };
}

/** The first second that pages, with each of these limits, of the very same counts. */
function firstPages(seed: number, limits: readonly PageWhen[]): number[] {
  const { usual, happens } = someFall(seed);
  const traffic = new Traffic(seed);
  const saved = warm({ traffic, shape: usual, at: NOON }).save();
  const counts = Array.from({ length: LASTS }, (_, i) => traffic.count(happens(NOON + i)));
  return limits.map((limit) => {
    const detector = steepDrop(limit, saved);
    const at = counts.findIndex((n, i) => detector.next({ second: MONDAY + NOON + i, n, share: 1 }).isDown);
    return at < 0 ? Number.POSITIVE_INFINITY : at;
  });
}

/** As they are written, beside defaults. */
const written = (files: readonly PageWhenFile[]): PageWhen[] => files.map((file) => pageWhenOf(file) as PageWhen);

test.each<[string, readonly PageWhen[]]>([
  ['drop', written([10, 20, 40, 60, 80, 95].map((drop) => ({ drop: `${drop}%` })))],
  ['drop at the same `within`', written([10, 20, 40, 60, 80, 95].map((drop) => ({ drop: `${drop}%`, within: '20s' })))],
  ['derivative', written([-0.5, -1, -3, -4, -10, -40].map((derivative) => ({ derivative })))],
  ['within', written([300, 60, 30, 13, 4, 1].map((within) => ({ within: `${within}s` })))],
  ['for', written([0, 2, 4, 5, 6, 8, 16, 64].map((seconds) => ({ for: `${seconds}s` })))],
])('tightening %s never adds a page', (_, tighter) => {
  const pages = SEEDS.map((seed) => firstPages(seed, tighter));
  for (const [i, first] of pages.entries()) {
    const added = first.filter((at, j) => j > 0 && at < Number.POSITIVE_INFINITY && first[j - 1] === Number.POSITIVE_INFINITY);
    expect({ seed: SEEDS[i], added }).toEqual({ seed: SEEDS[i], added: [] });
  }
  expect(pages.some((first) => first.some((at) => at < Number.POSITIVE_INFINITY))).toBe(true);
  expect(pages.some((first) => first.some((at) => at === Number.POSITIVE_INFINITY))).toBe(true);
});

test('a shift of the epoch or of the time of day, by quarter hours, changes nothing', () => {
  for (const shift of [900, 5 * HOUR, -19 * HOUR - 2700, 3 * DAY, 52 * 7 * DAY, -7000 * DAY]) {
    const { usual, happens } = someFall(2);
    const traffic = new Traffic(2);
    const [here, there] = [steepDrop(PAGE_WHEN), steepDrop(PAGE_WHEN)];
    for (let minute = 0; minute < 9 * 1440; minute++) {
      const rate = usual(minute * 60) * (0.8 + 0.4 * traffic.random());
      here.remember({ minute: MONDAY / 60 + minute, rate });
      there.remember({ minute: (MONDAY + shift) / 60 + minute, rate });
    }
    for (let second = NOON - 2 * HOUR + DAY; second < NOON + DAY + LASTS; second++) {
      const n = traffic.count(happens(second - DAY));
      const said = structuredClone(here.next({ second: MONDAY + second, n, share: 1 }));
      const shifted = structuredClone(there.next({ second: MONDAY + shift + second, n, share: 1 }));
      const back = shifted.fall && { ...shifted.fall, at: shifted.fall.at - shift, from: shifted.fall.from - shift };
      expect({ ...shifted, second: shifted.second - shift, fall: back }).toEqual(said);
    }
  }
});

test('twice the readable share with twice the events says the same rates', () => {
  const [whole, half] = [steepDrop(PAGE_WHEN), steepDrop(PAGE_WHEN)];
  const traffic = new Traffic(3);
  for (let second = 0; second < 1500; second++) {
    const n = traffic.poisson(40);
    const { rate, usual } = structuredClone(whole.next({ second: MONDAY + second, n: 2 * n, share: 1 }));
    const seen = half.next({ second: MONDAY + second, n, share: 0.5 });
    expect(seen.rate).toBeCloseTo(rate, 6);
    if (usual !== null && seen.usual !== null) expect(seen.usual).toBeCloseTo(usual, 6);
  }
});

test('an unrelated metric beside it changes nothing', () => {
  const { usual, happens } = someFall(4);
  const traffic = new Traffic(4);
  const saved = warm({ traffic, shape: usual, at: NOON }).save();
  const [alone, beside, other] = [steepDrop(PAGE_WHEN, saved), steepDrop(PAGE_WHEN, saved), steepDrop(PAGE_WHEN)];
  for (let second = NOON; second < NOON + LASTS; second++) {
    const n = traffic.count(happens(second));
    const said = structuredClone(alone.next({ second: MONDAY + second, n, share: 1 }));
    other.next({ second: MONDAY + second, n: traffic.poisson(second % 90 < 60 ? 3000 : 0), share: 1 });
    expect(beside.next({ second: MONDAY + second, n, share: 1 })).toEqual(said);
  }
  expect(beside.save()).toEqual(alone.save());
});
