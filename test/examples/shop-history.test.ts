/** What the shop would have done: the same curve for the live shop and for everything that is made up. */
import { expect, test } from 'vitest';
import { minuteLevels, timesBetween } from '../../examples/shop/history.ts';
import { usualLevel } from '../../examples/shop/traffic.ts';

/** Monday 2026-11-09. */
const MONDAY = 1_794_182_400;
const DAY = 86_400;

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

test('a day is busiest in the afternoon, and a week in its middle', () => {
  const hours = Array.from({ length: 24 }, (_, hour) => usualLevel(MONDAY + hour * 3600));
  expect(hours.indexOf(Math.max(...hours))).toBe(14);
  expect(hours.indexOf(Math.min(...hours))).toBe(2);
  const noons = Array.from({ length: 7 }, (_, day) => usualLevel(MONDAY + day * DAY + DAY / 2));
  expect(noons.indexOf(Math.max(...noons))).toBe(2);
  expect(noons.indexOf(Math.min(...noons))).toBeGreaterThan(4);
});

test('minutes of the past wander about that curve, and are the same whenever they are asked for', () => {
  const levels = minuteLevels(MONDAY / 60, 7 * 1440);
  const ratios = levels.map((level, i) => level / usualLevel(MONDAY + i * 60));
  expect(Math.abs(mean(ratios) - 1)).toBeLessThan(0.005);
  const sigma = Math.sqrt(mean(ratios.map((ratio) => (ratio - 1) ** 2)));
  expect(sigma).toBeGreaterThan(0.025);
  expect(sigma).toBeLessThan(0.035);
  expect(minuteLevels(MONDAY / 60, 100)).toEqual(levels.slice(0, 100));
});

test('an outage takes its share of a minute, and a sale adds its times', () => {
  const outage = { from: 130, to: 200, times: 0 };
  expect([60, 120, 180, 240].map((minute) => timesBetween([outage], minute, minute + 60))).toEqual([
    1,
    expect.closeTo(1 / 6),
    expect.closeTo(2 / 3),
    1,
  ]);
  expect(timesBetween([{ from: 0, to: 60, times: 4 }], 0, 120)).toBe(2.5);
});
