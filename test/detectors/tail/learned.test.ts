import { expect, test } from 'vitest';
import { PAGE_WHEN_DEFAULT, type PageWhen, pageWhenOf } from '../../../detectors/steep-drop/page-when.ts';
import { thresholdOf } from '../../../detectors/steep-drop/threshold.ts';
import type { Fitted } from '../../../detectors/tail/fit.ts';
import { type Learning, learnedFrom, raisedAt, tunings } from '../../../detectors/tail/learned.ts';
import { Raises } from '../../../detectors/tail/raises.ts';
import { decodeThreshold, type LearnedThreshold, thresholdRecord } from '../../../platform/topics/thresholds.ts';

const FIT: Fitted = {
  ...{ is: 'fitted', days: 21.456, peaks: 40, mean: Number.POSITIVE_INFINITY },
  ...{ sigmas: 7.02, low: 6.5, high: 7.9, falsePagesByFormula: Number.POSITIVE_INFINITY, isHeavier: false },
};
const LEARNING: Learning = { series: 'orders~1', by: 'a-1', from: 1000, pageWhen: PAGE_WHEN_DEFAULT, known: undefined };
const LEARNED = learnedFrom(FIT, LEARNING);
const OTHER = pageWhenOf({ drop: '50%' }) as PageWhen;

test('what was learned holds from its second on, for the limits that it was learned for, and raises nothing else', () => {
  expect(LEARNED).toMatchObject({ raised: 7.1, before: null, days: 21.46, peaks: 40, fit: { mean: null, falsePagesByFormula: null } });
  expect(thresholdOf(raisedAt(PAGE_WHEN_DEFAULT, LEARNED, 999))).toBeCloseTo(5.99, 2);
  expect(raisedAt(PAGE_WHEN_DEFAULT, LEARNED, 1000)).toEqual({ ...PAGE_WHEN_DEFAULT, raisedSigmas: 7.1, raisedByDays: 21 });
  expect(raisedAt(OTHER, LEARNED, 1000)).toEqual(OTHER);
  expect(raisedAt(raisedAt(PAGE_WHEN_DEFAULT, LEARNED, 1000), undefined, 1000)).toEqual(PAGE_WHEN_DEFAULT);
});

test('the next one is told what held before it, of the same limits alone', () => {
  expect(learnedFrom({ is: 'quiet', days: 22, peaks: 2 }, { ...LEARNING, known: LEARNED })).toMatchObject({
    raised: 7,
    before: 7.1,
    fit: null,
  });
  expect(learnedFrom({ is: 'quiet', days: 22, peaks: 2 }, { ...LEARNING, pageWhen: OTHER, known: LEARNED })).toMatchObject({
    raised: null,
    before: null,
  });
});

test('a threshold that was written in sigmas is that threshold', () => {
  const written = pageWhenOf({ derivative: '-6 sigma' }) as PageWhen;
  expect(thresholdOf({ ...written, raisedSigmas: 7.1 })).toBe(6);
});

test('who plays history again is tuned at the seconds at which everybody was', () => {
  const later = learnedFrom({ is: 'quiet', days: 22, peaks: 2 }, { ...LEARNING, from: 2000, known: LEARNED });
  const foreign = learnedFrom(FIT, { ...LEARNING, from: 1500, pageWhen: OTHER });
  const tuned = tunings(PAGE_WHEN_DEFAULT, [later, foreign, LEARNED]);
  expect(tuned.map(({ from, pageWhen }) => [from, pageWhen.raisedSigmas])).toEqual([
    [1000, 7.1],
    [2000, 7],
  ]);
});

test('a record keeps all of it; what is no threshold, or of another day, is passed over', () => {
  const stored = { ...thresholdRecord(LEARNED), partition: 0, offset: 3, appendedAt: 0, headers: {} };
  expect(decodeThreshold(stored)).toEqual(LEARNED);
  expect(decodeThreshold({ ...stored, key: 'yaml' })).toBeNull();
  for (const value of ['{', 'null', '{}', JSON.stringify({ ...JSON.parse(stored.value), v: 2 }), stored.value.replace('1000', '"1000"')]) {
    expect(decodeThreshold({ ...stored, value })).toBeNull();
  }
});

test('many series: each is due in its second, once, and told beside its outlook', () => {
  const raises = new Raises();
  const of = (series: string, from: number): LearnedThreshold => ({ ...LEARNED, series, from });
  raises.add(of('a~1', 1000), 990);
  raises.add(of('b~1', 1005), 990);
  raises.add(of('c~1', 900), 990);
  const metric = { pageWhen: PAGE_WHEN_DEFAULT, learns: true };
  const sigmasAt = (series: string, second: number) => raises.tuned(metric, series, second).pageWhen.raisedSigmas;
  expect([sigmasAt('a~1', 999), sigmasAt('a~1', 1000), sigmasAt('c~1', 991), sigmasAt('d~1', 2000)]).toEqual([
    undefined,
    7.1,
    7.1,
    undefined,
  ]);
  expect(raises.tuned({ ...metric, learns: false }, 'c~1', 991).pageWhen).toEqual(PAGE_WHEN_DEFAULT);
  expect([raises.dueAt(999), raises.dueAt(1000), raises.dueAt(1001), raises.dueAt(1010)]).toEqual([[], ['a~1'], [], ['b~1']]);
});
