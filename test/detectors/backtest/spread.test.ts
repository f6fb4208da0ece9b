import fc from 'fast-check';
import { expect, test } from 'vitest';
import { spread } from '../../../detectors/backtest/spread.ts';

const counts = fc.oneof(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 0, max: 1e9 }));
const lengths = fc.integer({ min: 1, max: 300 });

test('no event is lost and none is added, and the same seed gives the same counts', () => {
  fc.assert(
    fc.property(counts, lengths, fc.integer({ min: 0, max: 2 ** 52 }), (count, seconds, seed) => {
      const parts = spread(count, seconds, seed);
      expect(parts).toHaveLength(seconds);
      expect(parts.every((n) => Number.isInteger(n) && n >= 0)).toBe(true);
      expect(parts.reduce((sum, n) => sum + n, 0)).toBe(count);
      expect(spread(count, seconds, seed)).toEqual(parts);
    }),
  );
});

test.each([
  [3, 60],
  [600, 60],
  [6000, 60],
  [600_000, 60],
])('%d events in %d seconds are as noisy as chance makes them, wherever in the step', (count, seconds) => {
  const runs = Array.from({ length: 2000 }, (_, i) => spread(count, seconds, 1_767_225_600 + i * seconds));
  const mean = count / seconds;
  for (const at of [0, seconds / 2, seconds - 1]) {
    const here = runs.map((parts) => parts[at] as number);
    const average = here.reduce((sum, n) => sum + n, 0) / here.length;
    const variance = here.reduce((sum, n) => sum + (n - average) ** 2, 0) / here.length;
    // Five sigmas of what 2,000 draws may differ by.
    expect(Math.abs(average - mean)).toBeLessThan(5 * Math.sqrt(mean / runs.length));
    expect(Math.abs(variance / (mean * (1 - 1 / seconds)) - 1)).toBeLessThan(5 * Math.sqrt((2 + 1 / mean) / runs.length));
  }
});
