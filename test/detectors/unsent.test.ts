import { expect, test } from 'vitest';
import { Unsent } from '../../detectors/unsent.ts';
import type { LogRecord } from '../../platform/eventlog/eventlog.ts';
import { decodeSignals, type FallFacts, type Signal, type SignalsRecord } from '../../platform/topics/signals.ts';

const UNKNOWN = { n: null, rate: null, usual: null, derivative: null, steepness: null, drop: null };

const fallAt = (at: number): FallFacts => ({
  ...{ from: at - 3, at, rateBefore: 100, rateAfter: 0, drop: 1, derivative: -100 },
  ...{ steepness: -9, threshold: -6, fallWindow: 4, missing: 400 },
});

function said(second: number, fall?: FallFacts): SignalsRecord {
  const orders: Signal = { series: 'orders~1', state: fall ? 'dropped' : 'normal', ...UNKNOWN, ...(fall && { fall }) };
  const signups: Signal = { series: 'signups~2', state: 'normal', ...UNKNOWN };
  return { second, by: 'a', at: second * 1000, silent: [], producers: 1, signals: [orders, signups] };
}

const decoded = (records: LogRecord[]): SignalsRecord[] => {
  return records.map((record) => decodeSignals({ offset: 0, appendedAt: 0, ...record, partition: 0, headers: {} }));
};

function everything(unsent: Unsent): SignalsRecord[] {
  const all: SignalsRecord[] = [];
  while (unsent.size > 0) {
    all.push(...decoded(unsent.take()));
    unsent.sent();
  }
  return all;
}

test('what waits comes in order; what failed comes again', () => {
  const unsent = new Unsent();
  for (let second = 1; second <= 40; second++) unsent.add(said(second));
  const first = decoded(unsent.take());
  unsent.failed();
  expect(decoded(unsent.take())).toEqual(first);
  unsent.failed();
  expect(everything(unsent).map(({ second }) => second)).toEqual(Array.from({ length: 40 }, (_, i) => i + 1));
});

test('when too many wait the newest win, but the signal with which a fall began is kept, and it alone', () => {
  const unsent = new Unsent(5);
  unsent.add(said(1, fallAt(1)));
  unsent.add(said(2, fallAt(1)));
  for (let second = 3; second <= 20; second++) unsent.add(said(second));
  const kept = everything(unsent);
  expect(kept.map(({ second, signals }) => [second, signals.length])).toEqual([[1, 1], ...[17, 18, 19, 20].map((second) => [second, 2])]);
  expect(kept[0]?.signals[0]?.fall?.at).toBe(1);
});

test('what is under way is neither cut nor counted twice', () => {
  const unsent = new Unsent(3);
  unsent.add(said(1));
  unsent.take();
  for (let second = 2; second <= 9; second++) unsent.add(said(second));
  unsent.sent();
  expect(everything(unsent).map(({ second }) => second)).toEqual([8, 9]);
});
