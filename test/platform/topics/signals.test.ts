/** What is told of a second comes back as it was told, to the digits that matter, and what was told before there was more is read. */
import { expect, test } from 'vitest';
import { decodeSignals, type OutlookFacts, type Signal, type SignalsRecord, signalsRecord } from '../../../platform/topics/signals.ts';

const HEAD = { second: 1_763_694_925, by: 'detect-a', at: 1_763_694_926_500, silent: ['shop-1'], producers: 3 };
const NORMAL: Signal = {
  series: 'orders~x',
  state: 'normal',
  n: 118,
  rate: 117.5,
  usual: 120,
  derivative: -0.2,
  steepness: -0.7,
  drop: 0.02,
};
const FALL = {
  ...{ from: 1, at: 5, rateBefore: 118, rateAfter: 45, drop: 0.62, derivative: -15.5 },
  ...{ steepness: -8.7, threshold: -6, fallWindow: 4, missing: 290 },
};
const SPEED = { rate: 117.5, seconds: [4, 4, 4.125], noise: 1.25, window: 6, noises: [1, 1.25] };
const OUTLOOK: OutlookFacts = {
  now: SPEED,
  quietest: { ...SPEED, rate: 0.01234, seconds: [18.5, null, null], at: 3600 },
  day: null,
  isNoiseKnown: false,
  pageWhen: { drop: 0.4, withinSeconds: 0.4 / 0.03, falsePagesPerYear: 1, forSeconds: 4 },
};

const told = (signals: Signal[]): SignalsRecord =>
  decodeSignals({ ...signalsRecord({ ...HEAD, signals }), partition: 0, offset: 0, appendedAt: 0, headers: {} });

test.each<[string, Signal]>([
  ['a normal second', NORMAL],
  ['warming', { ...NORMAL, state: 'warming', progressSeconds: 60 }],
  ['down', { ...NORMAL, state: 'dropped', fall: FALL }],
  ['recovering', { ...NORMAL, state: 'recovering', progressSeconds: 12, fall: FALL }],
  ['an outlook', { ...NORMAL, outlook: OUTLOOK }],
  ['an outlook while recovering', { ...NORMAL, state: 'recovering', progressSeconds: 12, fall: FALL, outlook: OUTLOOK }],
])('%s comes back as it was told', (_, signal) => {
  expect(told([signal])).toEqual({ ...HEAD, signals: [signal] });
});

test('an outlook keeps the digits that are shown', () => {
  const long = { ...SPEED, rate: 117.512345, seconds: [4, 4.123456, null], noise: 1.2345678, noises: [1.2345678] };
  expect(told([{ ...NORMAL, outlook: { ...OUTLOOK, now: long } }]).signals[0]?.outlook?.now).toEqual({
    ...SPEED,
    rate: 117.5,
    seconds: [4, 4.123, null],
    noise: 1.235,
    noises: [1.235],
  });
});

test('a record from before there were outlooks is read', () => {
  const value = JSON.stringify({ ...HEAD, signals: [['orders~x', 'dropped', 118, 117.5, 120, -0.2, -0.7, 0.02, null, FALL]] });
  const { signals } = decodeSignals({ key: 'detect-a', value, partition: 0, offset: 0, appendedAt: 0, headers: {} });
  expect(signals).toEqual([{ ...NORMAL, state: 'dropped', fall: FALL }]);
});
