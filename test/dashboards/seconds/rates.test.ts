import { expect, test } from 'vitest';
import type { RatesAnswer } from '../../../dashboards/live-frames.ts';
import { addSeconds, answerOf, noRates, type RatesRange, type Span } from '../../../dashboards/seconds/rates.ts';
import { type Moment, UNKNOWN } from '../../../dashboards/seconds/series-seconds.ts';

const T = 1_795_000_000;
const moments: Moment[] = [
  { n: 4, state: 'normal', usual: 5, derivative: 0.5, closed: 4, steepness: -0.5 },
  { n: 0, state: 'falling', usual: 5, derivative: -8, closed: 0, steepness: -6.5 },
  { n: null, state: 'blind', usual: null, derivative: null, closed: null, steepness: null },
  { n: 6, state: 'normal', usual: 5.5, derivative: 2, closed: 5, steepness: 0 },
  { n: 5, state: 'normal', usual: 5.5, derivative: 0, closed: 5, steepness: 0 },
];
function ratesBetween(range: RatesRange, known: (second: number) => Moment, span: Span = range): RatesAnswer {
  const steps = noRates(range);
  addSeconds(steps, range, span, known);
  return answerOf(range, steps);
}
const at = (second: number): Moment => moments[second - T] ?? UNKNOWN;

test('one second a step: each second as it is, null where it is blind', () => {
  const answer = ratesBetween({ from: T, to: T + 5, stepSeconds: 1, step: '1s' }, at);
  expect(answer).toMatchObject({
    from: new Date(T * 1000).toISOString(),
    step: '1s',
    counts: [4, 0, null, 6, 5],
    min: [4, 0, null, 6, 5],
    max: [4, 0, null, 6, 5],
    state: ['normal', 'falling', 'blind', 'normal', 'normal'],
  });
});

test('longer steps keep the least and the most of their seconds, the worst state and the steepest slope', () => {
  const answer = ratesBetween({ from: T, to: T + 5, stepSeconds: 2, step: '2s' }, at);
  expect(answer.counts).toEqual([4, 6, 5]);
  expect(answer.min).toEqual([0, 6, 5]);
  expect(answer.max).toEqual([4, 6, 5]);
  expect(answer.state).toEqual(['falling', 'blind', 'normal']);
  expect(answer.derivative).toEqual([-8, 2, 0]);
  expect(answer.usual).toEqual([5, 5.5, 5.5]);
  expect(answer.closed).toEqual([4, 5, 5]);
  expect(answer.steepness).toEqual([-6.5, 0, 0]);
});

test('what is not known at all is null throughout, and an empty range is empty', () => {
  const unknown = ratesBetween({ from: T + 50, to: T + 52, stepSeconds: 2, step: '2s' }, at);
  expect([unknown.counts, unknown.state, unknown.usual]).toEqual([[null], [null], [null]]);
  expect(ratesBetween({ from: T, to: T, stepSeconds: 1, step: '1s' }, at).counts).toEqual([]);
});

test('no second is looked at of which nothing can be known, however long the steps are', () => {
  let looks = 0;
  const counting = (second: number): Moment => {
    looks++;
    return at(second);
  };
  const year = 365 * 86_400;
  const range = { from: T - 100 * year, to: T + 100 * year, stepSeconds: year, step: '365d' };
  const answer = ratesBetween(range, counting, { from: T, to: T + 5 });
  expect(looks).toBe(5);
  expect(answer.counts).toHaveLength(200);
  expect(answer.counts.filter((n) => n !== null)).toEqual([15]);
});
