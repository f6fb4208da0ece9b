import { expect, test } from 'vitest';
import type { SecondTuple } from '../../../dashboards/live-frames.ts';
import { CountDelay } from '../../../dashboards/web/src/board/count-delay.ts';
import { ServerTime } from '../../../dashboards/web/src/board/server-time.ts';
import { SECONDS_KEPT, Track } from '../../../dashboards/web/src/board/track.ts';
import { metric } from '../made-up.ts';

const T = 1_795_000_000;
const second = (n: number | null, state: SecondTuple[7] = 'normal'): SecondTuple => [
  'orders',
  n,
  n,
  n === null ? null : 100,
  0,
  -0.5,
  0,
  state,
  null,
];

function track(): Track {
  return new Track(metric('orders'));
}

test('seconds stand in their place, however they come; the newest says how it is', () => {
  const orders = track();
  orders.decided(T + 2, second(3));
  orders.decided(T + 4, second(5));
  orders.decided(T + 3, second(4));
  expect([orders.from, orders.n]).toEqual([T + 2, [3, 4, 5]]);
  expect(orders.latest?.second).toBe(T + 4);
});

test('a second that was never told stays a hole', () => {
  const orders = track();
  orders.decided(T, second(1));
  orders.decided(T + 3, second(4));
  expect([orders.n, orders.state]).toEqual([
    [1, null, null, 4],
    ['normal', null, null, 'normal'],
  ]);
});

test('what is kept does not grow, and after a night away it begins anew', () => {
  const orders = track();
  for (let at = T; at < T + SECONDS_KEPT + 50; at++) orders.decided(at, second(1));
  expect([orders.n.length, orders.from]).toEqual([SECONDS_KEPT, T + 50]);
  orders.decided(T + 40_000, second(2));
  expect([orders.n, orders.from]).toEqual([[2], T + 40_000]);
  orders.decided(T, second(9));
  expect(orders.n).toEqual([2]);
});

test('it knows since when it is blind, and what was known last', () => {
  const orders = track();
  orders.decided(T, second(7));
  expect(orders.blindSince).toBeNull();
  orders.decided(T + 1, second(null, 'blind'));
  orders.decided(T + 2, second(null, 'blind'));
  expect([orders.blindSince, orders.lastKnown?.second]).toEqual([T + 1, T]);
});

test('counts of open seconds go when their second is decided', () => {
  const orders = track();
  orders.decided(T, second(7));
  orders.counted(T, 3, T * 1000);
  orders.counted(T + 1, 4, (T + 1) * 1000 + 500);
  expect([...orders.open.keys()]).toEqual([T + 1]);
  orders.decided(T + 1, second(9));
  expect(orders.open.size).toBe(0);
});

test("the server's time is that of its quickest word", () => {
  let now = 0;
  const time = new ServerTime(() => now);
  time.heard(1_000_000);
  now = 1000;
  time.heard(1_000_600);
  expect(Math.round(time.now())).toBe(1_001_000);
  now = 2000;
  time.heard(1_002_100);
  expect(time.now()).toBe(1_002_100);
});

test("a server's clock that runs slower is followed", () => {
  let now = 0;
  const time = new ServerTime(() => now);
  for (; now < 3_600_000; now += 1000) time.heard(1_000_000 + now * 0.9999);
  expect(Math.abs(time.now() - (1_000_000 + now * 0.9999))).toBeLessThan(50);
});

test('the delay of counts is believed at once when it grows, slowly when it shrinks', () => {
  const delay = new CountDelay();
  delay.learn(T, { n: 20, at: T * 1000 + 1100 }, 100);
  expect(delay.ms).toBe(900);
  delay.learn(T + 1, { n: 70, at: (T + 1) * 1000 + 900 }, 100);
  expect(delay.ms).toBeGreaterThan(850);
  for (let i = 2; i < 100; i++) delay.learn(T + i, { n: 70, at: (T + i) * 1000 + 1000 }, 100);
  expect(delay.ms).toBeLessThan(320);
  delay.learn(T, { n: 1, at: T * 1000 + 5000 }, 5);
  expect(delay.ms).toBeLessThan(320);
});
