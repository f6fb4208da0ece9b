/** How long the rule needs, worked out beforehand: held to what it measures, and to what must follow from what. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { POISSON, secondsToPage } from '../../../detectors/steep-drop/delay.ts';
import { REFERENCES, WINDOWS } from '../../../detectors/steep-drop/rate.ts';
import { leastSeconds } from '../../../detectors/steep-drop/time-to-sure.ts';
import { falls, steady, Traffic } from '../../support/traffic.ts';
import { again, DAY, live, PAGE_WHEN, warm } from './world.ts';

const noisy = (noise: number): number[] => Array(POISSON.length).fill(noise);
const seconds = (rate: number, lost: number): number | null => secondsToPage(rate, lost, PAGE_WHEN, POISSON);

/** Mean delay over falls of a real detector that has learned its noise in a day. */
function measured(rate: number, left: number, times: number): number {
  const at = 3 * DAY;
  const traffic = new Traffic(rate);
  const before = warm({ traffic, shape: steady(rate), at, days: 2, seconds: DAY });
  let sum = 0;
  for (let i = 0; i < times; i++) {
    const [page] = live(again(before), { traffic, shape: falls(steady(rate), { at, left }), from: at, to: at + 300 });
    expect(page).toBeDefined();
    sum += page!.at + 1 - at;
  }
  return sum / times;
}

test.each([
  [20, 0.5],
  [5, 0.2],
  [5, 0.5],
])('what is worked out is near what the detector measures, at %d/s with %d left', (rate, left) => {
  const mean = measured(rate, left, 60);
  const worked = seconds(rate, 1 - left) ?? 0;
  expect(mean / worked).toBeGreaterThan(0.8);
  expect(mean / worked).toBeLessThan(1.3);
});

// The means of 400 falls of each that docs/detection.md tells of.
test.each([
  [1, 1, 18],
  [1, 0.8, 44],
  [1, 0.5, 233],
  [5, 0.8, 8.9],
  [5, 0.5, 33],
  [20, 0.5, 8],
  [100, 0.5, 4],
])('at %d/s with %d lost it is what was measured: %d s', (rate, lost, mean) => {
  expect((seconds(rate, lost) ?? 0) / mean).toBeGreaterThan(0.85);
  expect((seconds(rate, lost) ?? 0) / mean).toBeLessThan(1.15);
});

describe('never', () => {
  test('where the rate is too low for any window', () => {
    expect(seconds(0.02, 1)).toBeNull();
    expect(seconds(0.1, 1)).toBeGreaterThan(150);
    expect(seconds(0.1, 0.5)).toBeNull();
    expect(seconds(0, 1)).toBeNull();
  });

  test('where less is lost than `drop` asks for', () => {
    expect(secondsToPage(1000, 0.5, { ...PAGE_WHEN, drop: 0.5 }, POISSON)).toBe(4);
    expect(secondsToPage(1000, 0.5, { ...PAGE_WHEN, drop: 0.51 }, POISSON)).toBeNull();
  });
});

test('never sooner than `for`, nor than a second', () => {
  expect(secondsToPage(1e6, 1, { ...PAGE_WHEN, forSeconds: 30 }, POISSON)).toBe(30);
  expect(secondsToPage(1e6, 1, { ...PAGE_WHEN, forSeconds: 0 }, POISSON)).toBe(1);
});

test('noise that grows with the window makes the shorter ones decide', () => {
  const growing = WINDOWS.flatMap((window) => REFERENCES.map(() => Math.max(1, window / 2)));
  expect(secondsToPage(10, 1, PAGE_WHEN, growing)).toBeLessThan(10);
  expect(secondsToPage(10, 0.5, PAGE_WHEN, growing)).toBeNull();
});

const rates = fc.double({ min: 0.01, max: 2000, noNaN: true });
const noises = fc.double({ min: 1, max: 50, noNaN: true });
const orNever = (found: number | null): number => found ?? Number.POSITIVE_INFINITY;

test('more lost, more often counted or less noise never takes longer, and nothing beats what no rule can', () => {
  fc.assert(
    fc.property(rates, noises, fc.double({ min: 1, max: 3, noNaN: true }), (rate, noise, more) => {
      const of = (lost: number, at = rate, phi = noise): number =>
        orNever(secondsToPage(at, lost, { ...PAGE_WHEN, forSeconds: 0 }, noisy(phi)));
      expect(of(1)).toBeLessThanOrEqual(of(0.8) * 1.01);
      expect(of(0.8)).toBeLessThanOrEqual(of(0.5) * 1.01);
      for (const lost of [1, 0.8, 0.5]) {
        expect(of(lost, rate * more)).toBeLessThanOrEqual(of(lost) * 1.01);
        expect(of(lost, rate, noise * more)).toBeGreaterThanOrEqual(of(lost) * 0.99);
        expect(of(lost)).toBeGreaterThanOrEqual(Math.max(1, leastSeconds(rate, lost, 1)) * 0.99);
      }
    }),
  );
});
