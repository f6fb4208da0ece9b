/** How sure: budgets of false pages as sigmas, and what any rule needs at least. */
import { expect, test } from 'vitest';
import { sigmasOf } from '../../../detectors/steep-drop/threshold.ts';
import { informationOf, secondsToSure } from '../../../detectors/steep-drop/time-to-sure.ts';

const YEAR = 365.25;

test.each([
  ['one a day', YEAR, 4.91],
  ['one a week', YEAR / 7, 5.29],
  ['one a month', 12, 5.56],
  ['one a year', 1, 5.99],
  ['one in ten years', 0.1, 6.37],
  ['one a year over a hundred metrics', 0.01, 6.72],
])('a budget of %s is %d a year: %d sigma', (_, perYear, sigmas) => {
  expect(sigmasOf(perYear)).toBeCloseTo(sigmas, 2);
});

test('fewer false pages always need more sigmas', () => {
  const budgets = [0.001, 0.01, 0.1, 1, 12, 52, 365, 8766];
  const sigmas = budgets.map(sigmasOf);
  expect(sigmas).toEqual([...sigmas].sort((a, b) => b - a));
});

test.each([
  [1, 1],
  [0.8, 0.478],
  [0.5, 0.153],
  [0.4, 0.0935],
  [0.3, 0.0503],
])('a fall of %d of the rate is worth %d nats an event', (lost, nats) => {
  expect(informationOf(lost)).toBeCloseTo(nats, 3);
});

test.each([
  [1, 17.3],
  [0.5, 113],
  [0.3, 343],
])('to be sure at one a year at 1/s that %d is lost nobody needs less than %d s', (lost, seconds) => {
  // Lorden's floor, ln(N) / information, with N = seconds of a year.
  expect(Math.log(YEAR * 86_400) / informationOf(lost) / seconds).toBeCloseTo(1, 2);
  expect(secondsToSure(1, lost, sigmasOf(1))).toBeGreaterThan(seconds - 1);
  expect(secondsToSure(1, lost, sigmasOf(1))).toBeLessThan(1.1 * seconds);
});

test('ten times the rate needs a tenth of the time, twice the noise twice', () => {
  expect(secondsToSure(10, 0.5, 6)).toBeCloseTo(secondsToSure(1, 0.5, 6) / 10, 9);
  expect(secondsToSure(1, 0.5, 6, 2)).toBeCloseTo(2 * secondsToSure(1, 0.5, 6), 9);
});
