import { expect, test } from 'vitest';
import { LastSeconds } from '../../../alerting/incident/last-seconds.ts';
import type { WatchedMetric } from '../../../alerting/incident/severity.ts';
import { START_S } from '../../support/fall.ts';

const metric = (name: string, more: Partial<WatchedMetric> = {}): WatchedMetric => {
  return { name, series: `${name}~1`, kind: 'write', critical: true, ...more };
};

function ofOrders(...said: [second: number, n: number | null, share?: number][]): LastSeconds {
  const seconds = new LastSeconds();
  seconds.watch([metric('orders'), metric('searches', { kind: 'read', critical: false })]);
  for (const [at, n, share] of said) seconds.take(START_S + at, { series: 'orders~1', n, ...(share !== undefined && { share }) });
  return seconds;
}

const last = (seconds: LastSeconds, many: number) => seconds.of('orders~1')?.counts.slice(-many);

test('the last eleven minutes are there, what is older is gone', () => {
  const seconds = ofOrders(...Array.from({ length: 2000 }, (_, i): [number, number] => [i, i]));
  const { start, counts } = seconds.of('orders~1') ?? { start: 0, counts: [] };
  expect([start, counts.length]).toEqual([START_S + 1340, 660]);
  expect(counts).toEqual(Array.from({ length: 660 }, (_, i) => 1340 + i));
  expect(seconds.newest('orders~1')).toBe(START_S + 1999);
});

test('blind seconds, and seconds that nobody spoke of, are no data, and no zeros', () => {
  expect(last(ofOrders([0, 5], [1, null], [2, 0], [5, 7]), 6)).toEqual([5, null, 0, null, null, 7]);
  expect(last(ofOrders([0, 5], [700, null], [701, 3]), 660)?.filter((count) => count !== null)).toEqual([3]);
});

test('the first number in log order stands, also where blindness was said before it', () => {
  expect(last(ofOrders([0, 5], [0, 9], [1, null], [1, 6], [1, 8]), 2)).toEqual([5, 6]);
  expect(last(ofOrders([3, 5], [1, 6], [2, 7]), 3)).toEqual([6, 7, 5]);
});

test('what a share of the traffic counted stands for the whole', () => {
  expect(last(ofOrders([0, 5, 0.5], [1, 6, 0]), 2)).toEqual([10, null]);
});

test('what may wake nobody is not kept, what is no longer watched is forgotten, what stays goes on', () => {
  const seconds = ofOrders([0, 5]);
  seconds.take(START_S, { series: 'searches~1', n: 5 });
  expect(seconds.of('searches~1')).toBeNull();
  seconds.watch([metric('orders'), metric('payments')]);
  expect(last(seconds, 1)).toEqual([5]);
  seconds.watch([metric('payments')]);
  expect([seconds.of('orders~1'), seconds.of('payments~1'), seconds.newest('orders~1')]).toEqual([null, null, 0]);
});

test('a word about long ago changes nothing', () => {
  const seconds = ofOrders([0, 1], [1000, 2]);
  seconds.take(START_S + 340, { series: 'orders~1', n: 9 });
  expect(seconds.of('orders~1')?.counts.filter((count) => count !== null)).toEqual([2]);
});
