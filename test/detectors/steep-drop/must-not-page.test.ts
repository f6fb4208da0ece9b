/** What falls and is no outage wakes nobody: test/detectors/rules/must-not-page.yaml, and here what no rule test can say. */
import { expect, test } from 'vitest';
import { daily, type Shape, steady, Traffic } from '../../support/traffic.ts';
import { again, DAY, HOUR, live, MONDAY, warm } from './world.ts';

/** The second Tuesday, 14:00: a week is known. */
const NOON = 8 * DAY + 14 * HOUR;

test('producers that flush every 10 s', () => {
  const traffic = new Traffic(10);
  const detector = warm({ traffic, shape: steady(50), at: HOUR, days: 7 });
  const flushing = (second: number): number => (second % 10 === 0 ? 500 : 0);
  // The change of habit itself is a fall to nothing for ten seconds; it is learned, and then it is how things are.
  live(detector, { traffic, shape: flushing, from: HOUR, to: 7 * HOUR });
  expect(live(detector, { traffic, shape: flushing, from: 7 * HOUR, to: 12 * HOUR })).toEqual([]);
});

test('a clock change: the daily pattern an hour earlier', () => {
  for (const rate of [20, 100, 1000]) {
    const usual = daily(rate);
    const happens: Shape = (second) => usual(second + HOUR);
    const at = 8 * DAY + 2 * HOUR;
    const traffic = new Traffic(rate);
    const detector = warm({ traffic, shape: usual, at });
    expect(live(detector, { traffic, shape: happens, from: at, to: at + DAY })).toEqual([]);
  }
});

test('a restart', () => {
  const traffic = new Traffic(4);
  const usual = daily(200);
  let detector = warm({ traffic, shape: usual, at: NOON });
  for (let hour = 0; hour < 20; hour++) {
    const from = NOON + hour * 600;
    expect(live(detector, { traffic, shape: usual, from, to: from + 600 })).toEqual([]);
    detector = again(detector);
  }
});

test('a second that is only partly readable', () => {
  const traffic = new Traffic(7);
  const detector = warm({ traffic, shape: steady(100), at: NOON });
  for (let second = NOON; second < NOON + 2000; second++) {
    const share = second % 600 < 300 ? 0.6 : 1;
    expect(detector.next({ second: MONDAY + second, n: traffic.count(100 * share), share }).isDown).toBe(false);
  }
});

test('what is too slow for any window', () => {
  const traffic = new Traffic(8);
  const detector = warm({ traffic, shape: steady(0.02), at: NOON });
  const finding = detector.next({ second: MONDAY + NOON, n: 0, share: 1 });
  expect(finding.state).toBe('too slow');
  expect(live(detector, { traffic, shape: steady(0), from: NOON + 1, to: NOON + 1800 })).toEqual([]);
});
