/** What is told for the morning, and what is not: made weeks of 20/s with two humps a day and quiet weekends. */
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from 'vitest';
import { type Factor, MONDAY, twoHumped } from '../../../bench/detection/scenes.ts';
import { BUSINESS, CALM, Shop, toldBetween } from '../../../bench/detection/weeks.ts';
import { type SavedSlowSlide, slowSlide } from '../../../detectors/slow-slide/slow-slide.ts';
import type { SlideFacts } from '../../../platform/topics/signals.ts';
import { prng } from '../../support/prng.ts';

const DAY_MINUTES = 1440;
const RATE = 20;
/** The third Tuesday. */
const TUESDAY = 15;

/** @param what  times the usual, by days since the second `at` (days since MONDAY) */
function told(what: (days: number) => number, { at = TUESDAY, days = 36, rate = RATE, stray = BUSINESS } = {}): SlideFacts[] {
  const scene: Factor = (time) => rate * twoHumped(time) * what(time / 86_400 - at);
  return toldBetween(new Shop(9, stray), scene, 0, days * DAY_MINUTES);
}

/** In hours from the second `at`. */
const hours = (second: number, at = TUESDAY): number => (second - MONDAY) / 3600 - 24 * at;

describe('a level that shifts and stays', () => {
  test('as a slide to 70 % over two hours, is told within hours, with since when and from what to what', () => {
    const slide = (days: number): number => 1 - 0.3 * Math.min(1, Math.max(0, (days - 0.4) * 12));
    const [first, ...others] = told((days) => (days > 3 ? 1 : slide(days)));
    expect(others).toEqual([]);
    expect(first).toMatchObject({ is: 'slide', beside: 'weeks', over: 'back' });
    const { from, at, until, rate, expected, sigmas } = first as SlideFacts;
    expect(Math.abs(hours(from) - 10.5)).toBeLessThanOrEqual(1.25);
    expect(hours(at)).toBeLessThan(24);
    expect(Math.abs(hours(until) - 72)).toBeLessThan(20);
    // Of the last day of it, in which it had come back by and by.
    expect(rate / expected).toBeGreaterThan(0.6);
    expect(rate / expected).toBeLessThan(0.9);
    expect(sigmas).toBeGreaterThan(4);
  });

  test('as a step up by half, is a surprise that is told once and is the usual a week later', () => {
    const all = told((days) => (days >= 0.5 ? 1.5 : 1));
    expect(all).toMatchObject([{ is: 'surprise', over: 'usual now' }]);
    expect(hours((all[0] as SlideFacts).at)).toBeLessThan(16);
    expect(hours((all[0] as SlideFacts).until) / 24).toBeLessThan(8.5);
  });

  test('at one event a minute is told, too, after as many hours as that takes', () => {
    const all = told((days) => (days >= 0.5 ? 0.3 : 1), { rate: 1 / 60, days: 20 });
    expect(all[0]).toMatchObject({ is: 'slide' });
    expect(hours((all[0] as SlideFacts).at)).toBeLessThan(36);
  });
});

describe('what passes', () => {
  test('a holiday is told once, and neither the week after nor the one after that', () => {
    const all = told((days) => (days >= 0 && days < 1 ? 0.4 : 1));
    expect(all).toMatchObject([{ is: 'slide', over: 'back' }]);
  });

  test('a sale of six hours is told once', () => {
    expect(told((days) => (days >= 0.5 && days < 0.75 ? 3 : 1))).toMatchObject([{ is: 'surprise', over: 'back' }]);
  });

  test('a sale or an outage of minutes is no level and is not told', () => {
    expect(told((days) => (days >= 0.5 && days < 0.513 ? 4 : 1))).toEqual([]);
    expect(told((days) => (days >= 0.5 && days < 0.51 ? 0 : 1))).toEqual([]);
  });
});

test.each([0.02, 0.05, 0.08])('growth of %d a week is no surprise, for as long as it goes on', (growth) => {
  expect(told((days) => (1 + growth) ** ((days + TUESDAY) / 7), { days: 70, stray: CALM })).toEqual([]);
});

test('growth of a third a week is told, and not for ever', () => {
  const all = told((days) => 1.35 ** Math.max(0, days / 7), { days: 70 });
  expect(all.length).toBeGreaterThan(0);
  expect(all.length).toBeLessThanOrEqual(3);
});

describe('while it knows little', () => {
  const step = (day: number) => (days: number) => (days >= day - TUESDAY ? 0.3 : 1);

  test('before three days it says nothing', () => {
    expect(told(step(2.5), { days: 2.9 })).toEqual([]);
  });

  test('in the first week days are compared with days, and only what is far from them is told', () => {
    expect(told(step(4.5), { days: 5 })).toMatchObject([{ is: 'slide', beside: 'days' }]);
    // The first weekend is at 60 %.
    expect(told(() => 1, { days: 9 })).toEqual([]);
  });

  test('from the second week on weeks are compared', () => {
    expect(told(step(9.5), { days: 10.5 })).toMatchObject([{ is: 'slide', beside: 'weeks' }]);
  });
});

describe('what is told otherwise', () => {
  /** Two weeks, then a day and a half of which a stretch is at a tenth. */
  function withAside(isAside: boolean): SlideFacts[] {
    const shop = new Shop(5, BUSINESS);
    const all = new Map<number, SlideFacts>();
    for (let minute = 0; minute < 16.5 * DAY_MINUTES; minute++) {
      const isLow = minute >= 15.4 * DAY_MINUTES && minute < 15.8 * DAY_MINUTES;
      const facts = shop.minute(minute, RATE * twoHumped(minute * 60) * (isLow ? 0.1 : 1), isAside && isLow);
      if (facts) all.set(facts.at, facts);
    }
    return [...all.values()];
  }

  test('a planned closing and a steep drop are no slide', () => {
    expect(withAside(false)).toMatchObject([{ is: 'slide' }]);
    expect(withAside(true)).toEqual([]);
  });

  test('hours without data are none either, and after a day without nobody knows what became of a slide', () => {
    const shop = new Shop(6, BUSINESS);
    const at =
      (times: number): Factor =>
      (time) =>
        RATE * twoHumped(time) * times;
    const between = (from: number, to: number, times: number): SlideFacts[] =>
      toldBetween(shop, at(times), from * DAY_MINUTES, to * DAY_MINUTES);
    expect([...between(0, 15.5, 1), ...between(15.7, 16, 1)]).toEqual([]);
    const [lasts] = between(16, 16.8, 0.4);
    expect(lasts).toMatchObject({ is: 'slide' });
    expect(lasts).not.toHaveProperty('over');
    // Whatever is found then is another.
    expect(between(18, 18.5, 0.4)).toMatchObject([{ at: lasts?.at, over: 'no data' }, { is: 'slide' }]);
  });
});

test('a clock that changes by an hour moves the weeks with it', () => {
  const changes = 16 * 86_400;
  const daysOf = (aheadOfUtc?: (second: number) => number): SlideFacts[] => {
    const shop = new Shop(3, BUSINESS, aheadOfUtc ? { aheadOfUtc } : {});
    const steep: Factor = (time) => 100 * ((time / 3600) % 24 > 8 && (time / 3600) % 24 < 18 ? 1 : 0.1);
    return toldBetween(shop, (time) => steep(time < changes ? time : time + 3600), 0, 22 * DAY_MINUTES);
  };
  expect(daysOf().length).toBeGreaterThan(0);
  expect(daysOf((second) => (second - MONDAY < changes ? 0 : 3600))).toEqual([]);
});

test('saved and restored at any moment it tells the same, in less than 20 kB', () => {
  const chance = prng(1);
  const shop = new Shop(9, BUSINESS);
  let moves = slowSlide();
  let longest = 0;
  const differ: number[] = [];
  for (let minute = 0; minute < 20 * DAY_MINUTES; minute++) {
    const low = minute > 17.4 * DAY_MINUTES && minute < 19 * DAY_MINUTES;
    const rate = shop.rate(RATE * twoHumped(minute * 60) * (low ? 0.5 : 1));
    const lives = shop.detector.remember({ minute: MONDAY / 60 + minute, rate });
    if (!isDeepStrictEqual(moves.remember({ minute: MONDAY / 60 + minute, rate }), lives)) differ.push(minute);
    if (chance() > 0.005) continue;
    const text = JSON.stringify(moves.save());
    longest = Math.max(longest, text.length);
    moves = slowSlide({}, JSON.parse(text) as SavedSlowSlide);
  }
  expect(JSON.stringify(moves.save())).toBe(JSON.stringify(shop.detector.save()));
  expect(differ).toEqual([]);
  expect(longest).toBeLessThan(20_000);
});

test('what cannot be read of a saved state is an error, so that it is learned anew', () => {
  const saved = slowSlide().save();
  expect(() => slowSlide({}, { ...saved, version: 2 } as unknown as SavedSlowSlide)).toThrow(/version 2/);
  expect(() => slowSlide({}, { ...saved, weeks: 'AAAA' })).toThrow(/weeks/);
  expect(() => slowSlide({}, { ...saved, noise: { variances: [1], learned: [1] } })).toThrow(/noise/);
});
