/** What a detector says of how fast it can be sure, as it comes to know its metric. */
import { describe, expect, test } from 'vitest';
import { steepDrop } from '../../../detectors/steep-drop/steep-drop.ts';
import { daily, steady, Traffic } from '../../support/traffic.ts';
import { again, DAY, HOUR, live, MONDAY, PAGE_WHEN, warm } from './world.ts';

const timeOf = (second: number): number => (second % DAY) / HOUR;

describe('of a new metric', () => {
  test('before the first second nothing is said', () => {
    expect(steepDrop(PAGE_WHEN).outlook()).toEqual({ now: null, quietest: null, day: null, isNoiseKnown: false, pageWhen: PAGE_WHEN });
  });

  test('the noise is not known, and believed to be threefold', () => {
    const detector = steepDrop(PAGE_WHEN);
    live(detector, { traffic: new Traffic(1), shape: steady(20), from: 0, to: 1200 });
    const { now, quietest, day, isNoiseKnown } = detector.outlook();
    expect([quietest, day, isNoiseKnown]).toEqual([null, null, false]);
    expect(now?.rate).toBeCloseTo(20, 0);
    expect(now?.noise).toBeGreaterThan(2);
    expect(now?.seconds[2]).toBeGreaterThan(12);
  });
});

describe('of a metric that has lived', () => {
  const shape = daily(20);
  const traffic = new Traffic(2);
  const detector = warm({ traffic, shape, at: 7 * DAY + 12 * HOUR, days: 6, seconds: DAY });

  test('it is slowest at its quietest hour, and knows its noise', () => {
    const { now, quietest, day, isNoiseKnown } = detector.outlook();
    expect(now?.rate).toBeGreaterThan(30);
    expect(day?.rate).toBeGreaterThan(26);
    expect(quietest?.rate).toBeGreaterThan(7.5);
    expect(quietest?.rate).toBeLessThan(8.5);
    expect(timeOf((quietest?.at ?? 0) + HOUR / 2 + 2 * HOUR) % 24).toBeLessThan(4);
    expect(quietest?.seconds[2]).toBeGreaterThan(15);
    expect(quietest?.seconds[2]).toBeLessThan(26);
    expect(quietest?.noise).toBeLessThan(1.3);
    expect(day?.seconds[2]).toBeLessThan(8);
    expect(now?.seconds).toEqual([4, 4, 4]);
    expect(isNoiseKnown).toBe(true);
  });

  test('what was saved says the same once it counts again', () => {
    const restored = again(detector);
    const next = { traffic: new Traffic(3), shape, from: 7 * DAY + 12 * HOUR, to: 7 * DAY + 12 * HOUR + 1 };
    live(restored, next);
    live(detector, { ...next, traffic: new Traffic(3) });
    expect(restored.outlook()).toEqual(detector.outlook());
  });

  test('another threshold holds at once', () => {
    const before = detector.outlook().quietest?.seconds[2] ?? 0;
    detector.tune({ ...PAGE_WHEN, forSeconds: 60 });
    expect(detector.outlook().quietest?.seconds).toEqual([60, 60, 60]);
    detector.tune(PAGE_WHEN);
    expect(detector.outlook().quietest?.seconds[2]).toBe(before);
  });

  test('asking changes nothing', () => {
    const before = JSON.stringify(detector.save());
    detector.outlook();
    expect(JSON.stringify(detector.save())).toBe(before);
  });
});

test('while it is down what was usual before is told', () => {
  const traffic = new Traffic(4);
  const detector = warm({ traffic, shape: steady(50), at: DAY, days: 1 });
  live(detector, { traffic, shape: steady(0), from: DAY, to: DAY + 30 });
  expect(detector.next({ second: MONDAY + DAY + 30, n: 0, share: 1 }).isDown).toBe(true);
  expect(detector.outlook().now?.rate).toBeCloseTo(50, -1);
});

test('a bursty metric says so', () => {
  const traffic = new Traffic(5, { dispersion: 8 });
  const detector = warm({ traffic, shape: steady(50), at: DAY, days: 1, seconds: DAY / 2 });
  const { now } = detector.outlook();
  expect(now?.noise).toBeGreaterThan(5);
  expect(now?.seconds[2]).toBeGreaterThan(15);
});
