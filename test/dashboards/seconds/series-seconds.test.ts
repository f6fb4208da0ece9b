import { expect, test } from 'vitest';
import { SECONDS_KEPT_MAX, SeriesSeconds, UNKNOWN } from '../../../dashboards/seconds/series-seconds.ts';

const T = 1_795_000_000;
const normal = { state: 'normal', n: 5, usual: 6, derivative: -0.25, steepness: -1.5 } as const;
const blind = { state: 'blind', n: null, usual: null, derivative: null, steepness: null } as const;
const past = (second: number): number => (second + 1) * 1000;

test('a decided second tells what was counted, with what came late', () => {
  const seconds = new SeriesSeconds();
  seconds.add(T, 5);
  seconds.decide(T, normal);
  expect(seconds.at(T, past(T))).toEqual({ ...normal, closed: 5 });
  seconds.add(T, 2);
  expect(seconds.at(T, past(T))).toMatchObject({ n: 7, closed: 5 });
});

test('a true zero is 0, a blind second is null, and a second that nobody looked at is nothing', () => {
  const seconds = new SeriesSeconds();
  seconds.decide(T, { ...normal, n: 0 });
  seconds.decide(T + 1, blind);
  expect(seconds.at(T, past(T)).n).toBe(0);
  expect(seconds.at(T + 1, past(T + 1))).toMatchObject({ n: null, state: 'blind' });
  expect(seconds.at(T + 2, past(T + 2))).toEqual(UNKNOWN);
});

test('a blind second has a number once its events came and every partition was read past it', () => {
  const seconds = new SeriesSeconds();
  seconds.decide(T, blind);
  seconds.add(T, 9);
  expect(seconds.at(T, past(T) - 1).n).toBeNull();
  expect([seconds.knows(T, null), seconds.knows(T + 1, past(T + 1))]).toEqual([true, false]);
  seconds.add(T + 1, 1);
  expect([seconds.knows(T + 1, past(T + 1) - 1), seconds.knows(T + 1, past(T + 1))]).toEqual([false, true]);
  expect(seconds.at(T, past(T))).toMatchObject({ n: 9, state: 'blind' });
});

test('the first word that is neither blind nor warming stands, whoever says another', () => {
  const seconds = new SeriesSeconds();
  expect(seconds.decide(T, blind)).toBe(true);
  expect(seconds.decide(T, blind)).toBe(false);
  expect(seconds.decide(T, normal)).toBe(true);
  expect(seconds.decide(T, { ...normal, state: 'dropped' })).toBe(false);
  expect(seconds.at(T, past(T)).state).toBe('normal');
});

test('a second gives way to the one three hours later, and never comes back', () => {
  const seconds = new SeriesSeconds();
  seconds.decide(T, normal);
  seconds.decide(T + SECONDS_KEPT_MAX - 1, normal);
  expect(seconds.at(T, past(T)).n).toBe(5);
  seconds.decide(T + SECONDS_KEPT_MAX, normal);
  expect(seconds.at(T, past(T))).toEqual(UNKNOWN);
  seconds.add(T, 4);
  expect(seconds.at(T, past(T))).toEqual(UNKNOWN);
  expect(seconds.counted(T + SECONDS_KEPT_MAX)).toBe(0);
});
