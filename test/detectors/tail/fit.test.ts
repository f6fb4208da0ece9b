import { describe, expect, test } from 'vitest';
import { exponentialOf } from '../../../detectors/tail/exponential.ts';
import { type Fitted, fitTail, HISTORY_DAYS_MIN, PEAKS_MIN, type Peak } from '../../../detectors/tail/fit.ts';
import { NEAR_SIGMAS } from '../../../detectors/tail/near.ts';
import { prng } from '../../support/prng.ts';

const DAY = 86_400;
const ASKED = { formula: 5.99, falsePagesPerYear: 1 };
const LEVEL = NEAR_SIGMAS ** 2;

type Tail = Extract<Fitted, { is: 'fitted' }>;

/** Excursions of a history whose squares are exponential above the level, as often a day; those beyond the formula are pages, too. */
function made(mean: number, aDay: number, days: number, seed: number): Peak[] {
  const random = prng(seed);
  return Array.from({ length: Math.round(aDay * days) }, (_, i) => ({ at: i, sigmas: Math.sqrt(LEVEL - mean * Math.log(1 - random())) }));
}

const fitted = (peaks: readonly Peak[], days: number, asked = ASKED): Tail => {
  const fit = fitTail(peaks, days * DAY, asked);
  if (fit.is !== 'fitted') throw new Error(`it is ${fit.is}`);
  return fit;
};

/** The threshold that is passed once a year. */
const truth = (mean: number, aDay: number): number => Math.sqrt(LEVEL + mean * Math.log(aDay * 365.25));

describe('the threshold that keeps the budget', () => {
  test.each([
    [2, 5],
    [4, 5],
    [6, 3],
    [9, 2],
  ])('of excursions with mean %d, %d a day, is found to a tenth of it where there are many', (mean, aDay) => {
    const found = fitted(made(mean, aDay, 700, mean), 700);
    expect(found.sigmas / truth(mean, aDay)).toBeGreaterThan(0.9);
    expect(found.sigmas / truth(mean, aDay)).toBeLessThan(1.1);
  });

  test('lies within its 90 % interval in about nine of ten histories of three weeks', () => {
    const histories = Array.from({ length: 400 }, (_, seed) => fitted(made(4, 3, 21, seed + 1), 21));
    const covered = histories.filter(({ low, high }) => low <= truth(4, 3) && truth(4, 3) <= high).length;
    expect(covered / 400).toBeGreaterThan(0.84);
    expect(covered / 400).toBeLessThan(0.97);
  });

  test('is higher for a smaller budget, and the false pages that the formula costs are told', () => {
    const peaks = made(6, 3, 400, 4);
    expect(fitted(peaks, 400, { ...ASKED, falsePagesPerYear: 0.1 }).sigmas).toBeGreaterThan(fitted(peaks, 400).sigmas + 0.5);
    const expected = 3 * 365.25 * Math.exp(-(ASKED.formula ** 2 - LEVEL) / 6);
    expect(fitted(peaks, 400).falsePagesByFormula / expected).toBeGreaterThan(0.6);
    expect(fitted(peaks, 400).falsePagesByFormula / expected).toBeLessThan(1.6);
  });

  test('is the same however far a page reached: only that it did is known', () => {
    const peaks = made(3, 4, 21, 5).filter(({ sigmas }) => sigmas < ASKED.formula);
    const pages = (sigmas: number): Peak[] => Array.from({ length: 3 }, (_, i) => ({ at: 1e6 + i, sigmas }));
    expect(fitTail([...peaks, ...pages(6)], 21 * DAY, ASKED)).toEqual(fitTail([...peaks, ...pages(9)], 21 * DAY, ASKED));
    expect(fitted([...peaks, ...pages(6)], 21).sigmas).toBeGreaterThan(fitted(peaks, 21).sigmas);
  });

  test('of excursions that all reached the formula is as far as any, and no end of it is known', () => {
    const all = Array.from({ length: 12 }, (_, i) => ({ at: i, sigmas: 6.5 }));
    const falsePagesByFormula = expect.closeTo((12 / 21) * 365.25, 6);
    expect(fitted(all, 21)).toMatchObject({ mean: Number.POSITIVE_INFINITY, sigmas: 99, high: 99, falsePagesByFormula });
  });
});

describe('what cannot be fitted', () => {
  test('is told: a history that is too short, one second before it is long enough', () => {
    const seconds = HISTORY_DAYS_MIN * DAY;
    const peaks = made(6, 3, 7, 1);
    expect(fitTail(peaks, seconds - 1, ASKED)).toMatchObject({ is: 'too short', ofDays: 7 });
    expect(fitTail(peaks, seconds, ASKED).is).toBe('fitted');
  });

  test('is told: fewer excursions than it takes', () => {
    const near = (n: number): Peak[] => Array.from({ length: n }, (_, i) => ({ at: i, sigmas: 4.8 + i / 20 }));
    expect(fitTail(near(PEAKS_MIN - 1), 21 * DAY, ASKED)).toEqual({ is: 'quiet', days: 21, peaks: PEAKS_MIN - 1 });
    expect(fitTail(near(PEAKS_MIN), 21 * DAY, ASKED).is).toBe('fitted');
  });
});

describe('excesses below a limit', () => {
  test('of an exponential are called heavier in hardly one of twenty cases, of a heavier tail in most', () => {
    const random = prng(3);
    const draw = (mean: number, limit: number): number => {
      for (;;) {
        const one = -mean * Math.log(1 - random());
        if (one < limit) return one;
      }
    };
    const share = (of: () => number): number => {
      const trials = Array.from({ length: 200 }, () => exponentialOf(Array.from({ length: 100 }, of), 0, 13));
      return trials.filter(({ isHeavier }) => isHeavier).length / 200;
    };
    expect(share(() => draw(2, 13))).toBeLessThan(0.08);
    expect(share(() => (random() < 0.8 ? draw(0.7, 13) : draw(8, 13)))).toBeGreaterThan(0.8);
  });
});
