/** Counts on which every figure of the detector rests: mean, spread and tail are those of Poisson. */
import { expect, test } from 'vitest';
import { poisson } from '../../../detectors/backtest/poisson.ts';
import { prng } from '../../../detectors/backtest/prng.ts';

const DRAWS = 200_000;

test.each([0.3, 5, 9.9, 10, 20, 100, 1000, 1e6])('counts of mean %d have the mean and the variance of Poisson', (mean) => {
  const random = prng(41);
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < DRAWS; i++) {
    const away = poisson(mean, random) - mean;
    sum += away;
    squares += away * away;
  }
  // Five standard errors.
  expect(Math.abs(sum / DRAWS)).toBeLessThan(5 * Math.sqrt(mean / DRAWS));
  expect(Math.abs(squares / DRAWS / mean - 1)).toBeLessThan(5 * Math.sqrt((2 + 1 / mean) / DRAWS));
});

test.each([9.99, 10.01, 35])('each count of mean %d is as frequent as Poisson says', (mean) => {
  const random = prng(42);
  const seen = new Map<number, number>();
  for (let i = 0; i < DRAWS; i++) {
    const n = poisson(mean, random);
    seen.set(n, (seen.get(n) ?? 0) + 1);
  }
  let share = Math.exp(-mean);
  for (let n = 0; n < 3 * mean; n++) {
    const expected = DRAWS * share;
    if (expected >= 20) expect(Math.abs((seen.get(n) ?? 0) - expected)).toBeLessThan(5 * Math.sqrt(expected));
    share *= mean / (n + 1);
  }
});
