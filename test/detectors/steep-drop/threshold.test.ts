/** How sure: budgets of false pages as sigmas, and what any rule needs at least. */
import { expect, test } from 'vitest';
import { falsePagesPerYearOf, sigmasOf } from '../../../detectors/steep-drop/threshold.ts';
import { informationOf, leastSeconds } from '../../../detectors/steep-drop/time-to-sure.ts';

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
  expect(leastSeconds(1, lost, 1) / seconds).toBeCloseTo(1, 2);
});

test('ten times the rate needs a tenth of the time, and what may be wrong more often is sure sooner', () => {
  expect(leastSeconds(10, 0.5, 1)).toBeCloseTo(leastSeconds(1, 0.5, 1) / 10, 9);
  expect(leastSeconds(1, 0.5, 365)).toBeLessThan(leastSeconds(1, 0.5, 1));
});

test('a threshold means the budget that it is made from', () => {
  for (const budget of [0.001, 1, 8766]) expect(falsePagesPerYearOf(sigmasOf(budget)) / budget).toBeCloseTo(1, 9);
});
