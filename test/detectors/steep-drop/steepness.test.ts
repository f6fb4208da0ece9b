/** Sigmas of one window against one reference. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { deviance, pearson, poissonDeviance, sigmasBelow } from '../../../detectors/steep-drop/steepness.ts';

const counts = fc.nat({ max: 100_000 });
const shares = fc.double({ min: 0.001, max: 0.999, noNaN: true });

test('nothing where a tenth of 100 should be deviates by -2 * 100 ln 0.9', () => {
  expect(deviance(0, 100, 0.1)).toBeCloseTo(-2 * 100 * Math.log(1 - 0.1), 9);
});

test('half of 100 expected, known exactly, deviates by 2 (50 ln 0.5 + 50)', () => {
  expect(poissonDeviance(50, 100)).toBeCloseTo(2 * (50 * Math.log(0.5) + 50), 9);
  expect(poissonDeviance(0, 100)).toBe(200);
  expect(poissonDeviance(100, 100)).toBe(0);
  expect(poissonDeviance(120, 100)).toBe(0);
});

test('a reference much longer than its window is as good as a known rate', () => {
  expect(deviance(50, 1e8, 100 / (1e8 + 50))).toBeCloseTo(poissonDeviance(50, 100), 3);
});

test('near the expectation the squared distance without logarithms is the deviance', () => {
  for (const recent of [9_900, 9_950, 9_990]) {
    const total = 100_000;
    const distance = pearson(recent, total * 0.1, 0.1);
    expect(deviance(recent, total - recent, 0.1) / distance).toBeCloseTo(1, 1);
  }
});

test('what the reference promised exactly deviates by nothing', () => {
  expect(deviance(10, 90, 0.1)).toBeCloseTo(0, 9);
  expect(pearson(10, 10, 0.1)).toBe(0);
});

test('no count makes it infinite, negative or not a number', () => {
  fc.assert(
    fc.property(counts, counts, shares, (recent, reference, share) => {
      const d = deviance(recent, reference, share);
      expect(Number.isFinite(d) && d >= 0).toBe(true);
    }),
  );
});

test('fewer events are never less steep', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5000 }), counts, shares, (recent, reference, share) => {
      fc.pre(recent < (recent + reference) * share);
      expect(deviance(recent - 1, reference, share)).toBeGreaterThanOrEqual(deviance(recent, reference, share));
    }),
  );
});

test('sigmas are below 0, and noise four times as wide halves them', () => {
  expect(sigmasBelow(36, 1)).toBe(-6);
  expect(sigmasBelow(36, 4)).toBe(-3);
});
