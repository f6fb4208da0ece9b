import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { SecondTuple } from '../../../dashboards/live-frames.ts';
import { againAfterMs } from '../../../dashboards/web/src/board/again.ts';
import { ServerTime } from '../../../dashboards/web/src/board/server-time.ts';
import { Sleep } from '../../../dashboards/web/src/board/sleep.ts';
import { SECONDS_KEPT, Track } from '../../../dashboards/web/src/board/track.ts';
import type { Span } from '../../../dashboards/web/src/picture/span.ts';
import { metric } from '../made-up.ts';

const T = 1_795_000_000;

function told(...seconds: [second: number, n: number | null][]): Track {
  const track = new Track(metric('orders'));
  for (const [second, n] of seconds) {
    const tuple: SecondTuple = ['orders', n, n, 100, 0, -0.5, 0, n === null ? 'blind' : 'normal', null];
    track.decided(second, tuple);
  }
  return track;
}

const history = (from: number, n: (number | null)[]): Span => ({
  from,
  n,
  usual: n.map(() => 90),
  derivative: n.map(() => 1),
  state: n.map((count) => (count === null ? null : 'normal')),
});

function fill(track: Track, span: Span): void {
  span.n.forEach((_, i) => {
    track.fill(span.from + i, span, i);
  });
}

test('a hole is what nobody told, and what lies before the first that was told; a blind second was told', () => {
  const track = told([T, 1], [T + 1, null], [T + 4, 5]);
  const holes = track.holes(T + 4);
  expect(holes.slice(-2)).toEqual([T + 2, T + 3]);
  expect(holes.slice(0, -2)).toEqual(Array.from({ length: SECONDS_KEPT - 5 }, (_, i) => T + 4 - SECONDS_KEPT + 1 + i));
  expect(track.holes(T + 3).at(-1)).toBe(T + 2);
  expect(new Track(metric('orders')).holes(T)).toEqual([]);
});

test('the history fills holes and what lies before, and never takes the place of what was told', () => {
  const track = told([T, 1], [T + 1, null], [T + 4, 5]);
  fill(track, history(T - 3, [7, null, 8, 99, 99, 3, null, 99]));
  expect([track.from, track.n]).toEqual([T - 3, [7, null, 8, 1, null, 3, null, 5]]);
  expect([track.state[4], track.state[5], track.usual[5]]).toEqual(['blind', 'normal', 90]);
  expect(track.latest?.second).toBe(T + 4);
  expect(track.holes(T + 4).slice(-2)).toEqual([T - 2, T + 3]);
});

test('what the history fills never reaches beyond what is kept', () => {
  const track = told([T, 1]);
  fill(track, history(T - 1000, Array(1200).fill(5)));
  expect([track.n.length, track.from, track.newest]).toEqual([SECONDS_KEPT, T - SECONDS_KEPT + 1, T]);
  expect(track.holes(T)).toEqual([]);
});

test('what comes late for a second is its count, and for one that is not kept it is nothing', () => {
  const track = told([T, 1], [T + 1, 2]);
  track.late(T, 9);
  track.late(T - 1, 9);
  track.late(T + 2, 9);
  expect([track.from, track.n]).toEqual([T, [9, 2]]);
});

test('tries come soon, then at most a second and a half apart, and those of many viewers never together', () => {
  fc.assert(
    fc.property(fc.nat(100), fc.double({ min: 0, max: 1, noNaN: true }), (failures, chance) => {
      const ms = againAfterMs(failures, chance);
      expect(ms).toBeGreaterThanOrEqual(100);
      expect(ms).toBeLessThanOrEqual(1500);
      expect(againAfterMs(failures + 1, chance)).toBeGreaterThanOrEqual(ms);
    }),
  );
  expect(againAfterMs(20, 1) - againAfterMs(20, 0)).toBeCloseTo(1000);
});

test('a sleep is seen whether the steady clock went on during it or not', () => {
  let steady = 0;
  let wall = 5_000_000;
  const sleep = new Sleep(
    () => steady,
    () => wall,
  );
  const pass = (counted: number, uncounted: number): void => {
    steady += counted;
    wall += counted + uncounted;
  };
  pass(100, 0);
  expect(sleep.awake()).toEqual({ wasAsleep: false, uncountedMs: 0 });
  pass(100, 60_000);
  expect(sleep.awake()).toEqual({ wasAsleep: true, uncountedMs: 60_000 });
  pass(60_000, 0);
  expect(sleep.awake()).toEqual({ wasAsleep: true, uncountedMs: 0 });
  pass(100, -3_600_000);
  expect(sleep.awake()).toEqual({ wasAsleep: false, uncountedMs: 0 });
});

test('after a sleep the time is not that from before it', () => {
  let now = 0;
  const time = new ServerTime(() => now);
  time.heard(1_000_000);
  now = 100;
  time.slept(60_000);
  expect(Math.round(time.now())).toBe(1_060_100);
});

test('a server whose clock is behind the one before it is believed when a connection to it begins', () => {
  let now = 0;
  const time = new ServerTime(() => now);
  time.heard(10_000_000);
  now = 1000;
  time.heard(9_000_900);
  expect(Math.round(time.now())).toBe(10_001_000);
  now = 2000;
  time.met(9_001_990, 1950);
  expect(time.now()).toBe(9_001_990);
});

test('the first word of a connection changes nothing where it only took its time', () => {
  let now = 0;
  const time = new ServerTime(() => now);
  time.heard(10_000_000);
  now = 5000;
  time.met(10_003_200, 3000);
  expect(Math.round(time.now())).toBe(10_004_998);
});
