/** What a rule test comes to: repeats, the share that must pass, mean delays, and the detector's own reasons. */
import { expect, test } from 'vitest';
import { readTests } from '../../../app/cli/test-file.ts';
import type { RuleTest } from '../../../detectors/backtest/rule-test.ts';
import { isEnough, outcomeOf, playRepeats, runRuleTest } from '../../../detectors/backtest/run-rule-test.ts';
import { WarmStarts } from '../../../detectors/backtest/warm-start.ts';
import { PAGE_WHEN_DEFAULT } from '../../../detectors/steep-drop/page-when.ts';

const starts = new WarmStarts();

function testOf(more: string): RuleTest {
  const text = `tests:\n  - { name: a test, page_when: {}, lived: 2h, ${more} }\n`;
  const { tests, errors } = readTests(text, 'test.yaml', { metrics: [], timezone: null });
  expect(errors).toEqual([]);
  return tests[0] as RuleTest;
}

const why = (test: RuleTest): string => runRuleTest(test, starts).failed?.differences[0]?.why?.sentence ?? '';

test('parts of the repeats, in any order, come to what all of them at once come to', () => {
  const one = testOf('series: "20x60 10x60", noise: poisson, times: 7, passes: 50%, expect: [{ page_within: 12s, after: 60s }]');
  const whole = runRuleTest(one, starts);
  const parts = [playRepeats(one, 5, 7, starts), playRepeats(one, 0, 2, starts), playRepeats(one, 2, 5, new WarmStarts())];
  expect(outcomeOf(one, parts)).toEqual(whole);
  expect(whole.repeatsPassed).toBeGreaterThan(0);
  expect(whole.repeatsPassed).toBeLessThan(7);
});

test('the first repeat that failed is the same when its seed is written into the test', () => {
  const one = (seed: number, times: number): RuleTest =>
    testOf(`series: "20x60 10x60", noise: poisson, seed: ${seed}, times: ${times}, expect: [{ page_within: 12s, after: 60s }]`);
  const { failed } = runRuleTest(one(1, 7), starts);
  expect(runRuleTest(one(failed?.seed as number, 1), starts).failed).toEqual(failed);
});

test('a share of the repeats is enough to the last one', () => {
  expect(isEnough(7, { repeats: 100, passes: 0.07 })).toBe(true);
  expect(isEnough(6, { repeats: 100, passes: 0.07 })).toBe(false);
});

test('each reason is that of the detector, in the second that came closest', () => {
  const fell = 'expect: [{ page_within: 60s, after: 10m }]';
  expect(why(testOf(`series: "100x600 70x600", ${fell}`))).toContain('not deep enough: 30% below usual');
  expect(why(testOf(`series: "100x600 100-0.1x600 40x600", ${fell}`))).toMatch(/Does not page: /);
  expect(why(testOf(`series: "100x600 0x600", closed: [daily 14:00-15:00], ${fell}`))).toContain('a planned closing');
  expect(why(testOf(`series: "100x600 0x600", cold: true, ${fell}`))).toContain('warming');
  expect(why(testOf('series: "100x600 0x60", expect: []'))).toContain('Pages: 100% below usual');
  expect(why(testOf(`series: "100x600 _x600 100", ${fell}`))).toBe('');
});

test('a mean that is too long fails a test whose repeats all passed', () => {
  const outcome = runRuleTest(
    testOf('series: "100x60 0x60", times: 2, expect: [{ page_within: 9s, after: 60s, mean_within: 3s }]'),
    starts,
  );
  expect(outcome).toMatchObject({ passed: false, repeatsPassed: 2, slow: [{ after: 60, mean: 4, meanWithin: 3 }] });
});

/** Played by a metric of the YAML. */
function outcomeBy(metric: object, more: string): ReturnType<typeof runRuleTest> {
  const known = { name: 'shop', critical: true, pageWhen: PAGE_WHEN_DEFAULT, ...metric };
  const { tests, errors } = readTests(`tests:\n  - { name: a test, metric: shop, ${more} }\n`, 'test.yaml', {
    metrics: [known],
    timezone: 'UTC',
  });
  expect(errors).toEqual([]);
  return runRuleTest(tests[0] as RuleTest, starts);
}

test('in a planned event of the metric the time of day guards nothing: a fall from its crowd to more than usual pages', () => {
  const sale = 'series: "100x60 400x2640 160x600", lived: 2h, at: "14:00"';
  expect(outcomeBy({}, `${sale}, expect: []`).passed).toBe(true);
  const planned = { expected: () => true };
  expect(outcomeBy(planned, `${sale}, expect: [{ page_within: 20s, after: 45m }]`).passed).toBe(true);
});

test('a sum is as sure as its noise lets it be: orders of 40 each are fewer than what they add up to', () => {
  const lost = (noise: string): ReturnType<typeof runRuleTest> =>
    outcomeBy({ value: 'amount' }, `series: "400x600 160x120", ${noise}, expect: [{ page_within: 120s, after: 10m }]`);
  const exact = lost('noise: none');
  const orders = lost('noise: { dispersion: 40 }');
  expect([exact.passed, orders.passed]).toEqual([true, true]);
  expect(exact.delays[0]?.mean).toBeLessThanOrEqual(5);
  expect(orders.delays[0]?.mean).toBeGreaterThan(6);
  expect(orders.pages[0]?.rateBefore).toBeGreaterThan(300);
  expect(orders.pages[0]?.rateBefore).toBeLessThan(500);
});
