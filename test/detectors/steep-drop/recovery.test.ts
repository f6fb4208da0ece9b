/** Is it over: a whole minute above the line. */
import { expect, test } from 'vitest';
import { Seconds } from '../../../detectors/steep-drop/rate.ts';
import { isUp, looksUp, RECOVERY_SECONDS, recoveryLine, telling } from '../../../detectors/steep-drop/recovery.ts';
import { Traffic } from '../../support/traffic.ts';

function taken(counts: readonly number[]): Seconds {
  const seconds = new Seconds();
  for (const n of counts) seconds.add(n, 1);
  return seconds;
}

test('the line is half the drop below the lower of the rate before and the day now', () => {
  expect(recoveryLine(100, null, 0.4)).toBe(80);
  expect(recoveryLine(100, 200, 0.4)).toBe(80);
  expect(recoveryLine(100, 30, 0.4)).toBeCloseTo(24, 9);
});

test('what lies clearly below does not look up, what lies at it does', () => {
  expect(looksUp(taken([100, 100, 100, 60, 60, 60]), 80, 60)).toBe(false);
  expect(looksUp(taken([0, 0, 0, 80, 80, 80]), 80, 0)).toBe(true);
});

test('a rate mended for good looks up in every second, whatever its level', () => {
  for (const rate of [0.5, 5, 50, 5000]) {
    const traffic = new Traffic(3);
    const seconds = taken(Array.from({ length: 512 }, () => traffic.poisson(rate)));
    let up = 0;
    for (let i = 0; i < 500; i++) {
      seconds.add(traffic.poisson(rate), 1);
      if (looksUp(seconds, 0.8 * rate, 0.2 * rate)) up++;
    }
    expect(up).toBeGreaterThan(490);
  }
});

test('a minute that only looks up second by second is not over', () => {
  const below = taken(Array(RECOVERY_SECONDS).fill(78));
  expect(looksUp(below, 80, 50)).toBe(true);
  expect(isUp(below, 80, 50)).toBe(false);
  expect(isUp(taken(Array(RECOVERY_SECONDS).fill(80)), 80, 50)).toBe(true);
});

test('at a line of nothing anything is up', () => {
  expect(looksUp(taken(Array(60).fill(0)), 0, 0)).toBe(true);
  expect(isUp(taken(Array(60).fill(0)), 0, 0)).toBe(true);
});

test('a minute tells up from still fallen, but of slow metrics longer, and of hardly a fall', () => {
  expect([telling(80, 0), telling(80, 50), telling(4, 0), telling(4, 2.5), telling(1, 0)]).toEqual(Array(5).fill(RECOVERY_SECONDS));
  // Half of 1/s, at a line of 0.8/s: 9 (0.894 + 0.707)² / 0.3².
  expect(telling(0.8, 0.5)).toBe(257);
  expect([telling(0.08, 0.05), telling(0.8, 0.9)]).toEqual([512, 512]);
});

test('half of 1/s that stays lost is never up, nor is nothing at all of 0.05/s', () => {
  for (const seed of [1, 2, 3]) {
    const traffic = new Traffic(seed);
    const half = taken(Array.from({ length: 512 }, () => traffic.poisson(0.5)));
    for (let i = 0; i < 10_800; i++) {
      half.add(traffic.poisson(0.5), 1);
      expect(isUp(half, 0.8, 0.5)).toBe(false);
    }
  }
  expect(looksUp(taken(Array(600).fill(0)), 0.04, 0)).toBe(false);
});
