/** A metric's quietest hour and its rate by day, as its quarter hours tell. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dayShape } from '../../../detectors/steep-drop/day-shape.ts';
import { Normals } from '../../../detectors/steep-drop/normal.ts';
import { daily, type Shape, steady, Traffic } from '../../support/traffic.ts';
import { DAY, HOUR, MONDAY } from './world.ts';

const QUARTER = 900;
const NOW = MONDAY / QUARTER + 14 * 96;

/** What the quarter hours of these days before NOW would hold. */
function shapeOf(rate: (quarter: number) => number | null, days: number, now = NOW): ReturnType<typeof dayShape> {
  return dayShape((quarter) => (quarter < now - days * 96 || quarter >= now ? null : rate(quarter)), now);
}

const hourOf = (quarter: number): number => Math.floor((quarter % 96) / 4);
const timeOf = (second: number): number => (second % DAY) / HOUR;

test('nothing is said before a whole day is known', () => {
  expect(shapeOf(() => 100, 0.9)).toBeNull();
  expect(shapeOf(() => 100, 1)).not.toBeNull();
});

test('a restart or two leave the day known, and are no quiet hour', () => {
  const shape = shapeOf((quarter) => (quarter % 96 === 30 || quarter % 96 === 60 ? null : 100), 1);
  expect(shape?.quietest.rate).toBeGreaterThan(99);
  expect(shapeOf((quarter) => (hourOf(quarter) < 2 ? null : 100), 5)).toBeNull();
});

describe('the quietest hour', () => {
  test('is where the four quarter hours together are lowest, when it was last', () => {
    const shape = shapeOf((quarter) => (quarter % 96 >= 14 && quarter % 96 < 18 ? 10 : 100), 3);
    expect(timeOf(shape?.quietest.at ?? 0)).toBe(3.5);
    expect(NOW * QUARTER - (shape?.quietest.at ?? 0)).toBeLessThanOrEqual(DAY);
    expect(shape?.quietest.at).toBeLessThan(NOW * QUARTER);
  });

  test('may lie across midnight, and across the moment of asking', () => {
    const shape = shapeOf((quarter) => (quarter % 96 >= 94 || quarter % 96 < 2 ? 10 : 100), 3);
    expect(timeOf(shape?.quietest.at ?? 0)).toBe(23.5);
  });

  test('is not the outage of one day, but that of a weekend', () => {
    const outage = shapeOf((quarter) => (Math.floor(quarter / 96) === NOW / 96 - 2 && hourOf(quarter) === 12 ? 0 : 100), 7);
    expect(outage?.quietest.rate).toBeGreaterThan(90);
    const isWeekend = (quarter: number): boolean => (Math.floor(quarter / 96) - MONDAY / DAY) % 7 >= 5;
    const weekend = shapeOf((quarter) => (isWeekend(quarter) ? 30 : 100), 7);
    expect(weekend?.quietest.rate).toBeLessThan(33);
    expect(weekend?.day).toBeGreaterThan(95);
  });

  test('is 0 where next to nothing is counted', () => {
    expect(shapeOf((quarter) => (hourOf(quarter) < 6 ? 0 : 5), 7)?.quietest.rate).toBe(0);
  });
});

test('by day is above three quarters of the day', () => {
  const shape = shapeOf((quarter) => hourOf(quarter), 7);
  expect(shape?.day).toBeGreaterThan(17);
  expect(shape?.day).toBeLessThan(19.5);
});

/** Chance makes the lower quartile of minutes lower than their mean: by 9 % at 1/s. */
test.each<[string, Shape, number, number]>([
  ['steady 1/s', steady(1), 1, 1],
  ['steady 0.2/s', steady(0.2), 0.2, 0.2],
  ['a day of 40 to 160/s', daily(100), 40.2, 142],
])('of Poisson counts the rates are told as they are: %s', (_, shape, quietest, day) => {
  const traffic = new Traffic(7);
  const normals = new Normals();
  for (let second = 0; second < 3 * DAY; second++) normals.add(MONDAY + second, traffic.count(shape(second)), 1, false);
  const found = dayShape((quarter) => normals.quarterHour(quarter), MONDAY / QUARTER + 3 * 96);
  expect((found?.quietest.rate ?? 0) / quietest).toBeGreaterThan(0.85);
  expect((found?.quietest.rate ?? 0) / quietest).toBeLessThan(1.03);
  expect((found?.day ?? 0) / day).toBeGreaterThan(0.95);
  expect((found?.day ?? 0) / day).toBeLessThan(1.1);
});

test('the quietest hour is never busier than the rate by day, whatever is known', () => {
  const rates = fc.array(fc.option(fc.double({ min: 0, max: 1e6, noNaN: true }), { freq: 300 }), { minLength: 192, maxLength: 192 });
  fc.assert(
    fc.property(rates, (known) => {
      const shape = shapeOf((quarter) => known[quarter - NOW + 192] ?? null, 2);
      if (!shape) return;
      expect(shape.quietest.rate).toBeLessThanOrEqual(shape.day * 1.001);
      expect(Number.isFinite(shape.day)).toBe(true);
    }),
  );
});
