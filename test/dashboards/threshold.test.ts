import { expect, test } from 'vitest';
import { Latest } from '../../dashboards/seconds/latest.ts';
import { Thresholds, thresholdView } from '../../dashboards/threshold.ts';
import { PAGE_WHEN_DEFAULT, type PageWhen } from '../../detectors/steep-drop/page-when.ts';
import type { HistoryFacts, OutlookFacts } from '../../platform/topics/signals.ts';

const FIT = { sigmas: 7.02, low: 6.5, high: 7.9, mean: 4, falsePagesByFormula: 20, isHeavier: false };
const HISTORY: HistoryFacts = { at: 0, formula: 5.994, raised: 7.1, days: 21.6, ofDays: 7, peaks: 40, fit: FIT, limitedBy: null };
const outlook = (pageWhen: PageWhen, history?: HistoryFacts): OutlookFacts => {
  return { now: null, quietest: null, day: null, isNoiseKnown: true, pageWhen: { ...pageWhen }, ...(history && { history }) };
};
const text = (facts: OutlookFacts): string => thresholdView(facts).text.replaceAll('\u00a0', ' ');

test('a threshold is told with what says so: budget, history with its interval, or whoever wrote it', () => {
  const raised = { ...PAGE_WHEN_DEFAULT, raisedSigmas: 7.1, raisedByDays: 21 };
  expect(text(outlook(PAGE_WHEN_DEFAULT))).toBe('sure at −6 σ, by its budget of false pages');
  expect(text(outlook(raised, HISTORY))).toBe('sure at −7.1 σ: raised from −6 σ by 21 days of history, which ask for −6.5 σ to −7.9 σ');
  expect(text(outlook(raised, { ...HISTORY, limitedBy: 'RAISE_TIMES_MAX' }))).toMatch(/history, as far as it may, which ask/);
  expect(text(outlook({ ...PAGE_WHEN_DEFAULT, sigmas: 6.5 }, HISTORY))).toBe('sure at −6.5 σ, as written');
  expect(thresholdView(outlook(raised, HISTORY))).toMatchObject({
    ...{ sigmas: -7.1, formula: -5.993, from: 'history', days: 21.6, peaks: 40, asked: { sigmas: -7.02, low: -6.5, high: -7.9 } },
  });
});

test('browsers are told again only where the threshold is another one', () => {
  const thresholds = new Thresholds();
  const facts = outlook(PAGE_WHEN_DEFAULT);
  expect([thresholds.take('orders', facts), thresholds.take('orders', { ...facts })]).toEqual([true, false]);
  expect(thresholds.take('orders', outlook({ ...PAGE_WHEN_DEFAULT, raisedSigmas: 7 }))).toBe(true);
});

test('another filter begins without an outlook', () => {
  const latest = new Latest();
  const metric = { name: 'orders', event: 'order.placed', kind: 'write', critical: true, rule: '', derivativeThreshold: -3 } as const;
  const signal = { state: 'normal', n: 9, rate: 9, usual: 9, derivative: 0, steepness: 0, drop: 0 } as const;
  latest.take(100, [{ ...signal, series: 'orders~1', outlook: outlook(PAGE_WHEN_DEFAULT) }]);
  latest.take(101, [{ ...signal, series: 'orders~1' }]);
  expect(latest.of(metric).outlook).not.toBeNull();
  latest.take(102, [{ ...signal, series: 'orders~2' }]);
  expect(latest.of(metric).outlook).toBeNull();
});
