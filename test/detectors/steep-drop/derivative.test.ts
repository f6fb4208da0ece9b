/** The derivative people see and set: % of the usual rate per second; and the length of a fall. */
import { expect, test } from 'vitest';
import { slope, stretchFor } from '../../../detectors/steep-drop/derivative.ts';
import { fitRamp } from '../../../detectors/steep-drop/ramp.ts';
import { Seconds } from '../../../detectors/steep-drop/rate.ts';
import { falls, steady, Traffic } from '../../support/traffic.ts';

function taken(counts: readonly number[]): Seconds {
  const seconds = new Seconds();
  for (const n of counts) seconds.add(n, 1);
  return seconds;
}

test('a rate that loses 2 events/s each second of a usual 100/s falls by 2 %/s', () => {
  const falling = taken(Array.from({ length: 20 }, (_, i) => 100 - 2 * i));
  expect(slope(falling, 100, 5, 0)).toBeCloseTo(-2, 9);
});

test('a steady rate has none, nor has a metric without a usual rate or with too few seconds', () => {
  expect(slope(taken(Array(20).fill(50)), 50, 5, 0)).toBe(0);
  expect(slope(taken(Array(20).fill(50)), 0, 5, 0)).toBe(0);
  expect(slope(taken([1, 2, 3]), 50, 3, 0)).toBe(0);
  expect(slope(taken(Array.from({ length: 20 }, (_, i) => 100 - i)), 100, 5, 15)).toBe(0);
});

test('slow and noisy metrics are compared over longer stretches, 3 to 60 s', () => {
  expect(stretchFor(1e6, 1)).toBe(3);
  expect(stretchFor(0, 1)).toBe(60);
  expect(stretchFor(0.01, 1)).toBe(60);
  expect(stretchFor(100, 5)).toBeGreaterThan(stretchFor(100, 1));
  expect(stretchFor(1000, 1)).toBeLessThan(stretchFor(100, 1));
});

test('healthy Poisson traffic stays within 1.4 %/s in 19 of 20 seconds', () => {
  for (const rate of [20, 200, 2000]) {
    const traffic = new Traffic(5);
    const seconds = new Seconds();
    let calm = 0;
    for (let second = 0; second < 3000; second++) {
      seconds.add(traffic.poisson(rate), 1);
      if (Math.abs(slope(seconds, rate, stretchFor(rate, 1), 0)) <= 1.4) calm++;
    }
    expect(calm / 3000).toBeGreaterThan(0.95);
  }
});

test.each([
  [1, 0, 1, 1],
  [1, 0.5, 1, 2],
  [6, 0, 5, 8],
  [24, 0.2, 16, 32],
])('a fall that took %d s to %d of the rate is found to have taken %d to %d s', (over, left, least, most) => {
  const traffic = new Traffic(11);
  const shape = falls(steady(400), { at: 300, left, over: over === 1 ? 0 : over });
  const end = 300 + over + 6;
  const seconds = taken(Array.from({ length: end }, (_, second) => traffic.count(shape(second))));
  const ramp = fitRamp(seconds, end - over - 6, 400, 0);
  expect(ramp.length).toBeGreaterThanOrEqual(least);
  expect(ramp.length).toBeLessThanOrEqual(most);
  expect(Math.abs(ramp.from - 300)).toBeLessThanOrEqual(Math.max(1, over / 3));
  expect(ramp.after / 400).toBeCloseTo(left, 0);
});

test('nothing before comparable positions is part of a fall', () => {
  const seconds = taken([...Array(50).fill(0), ...Array(50).fill(100), ...Array(4).fill(0)]);
  expect(fitRamp(seconds, 100, 100, 50)).toMatchObject({ from: 100, length: 1, after: 0 });
});
