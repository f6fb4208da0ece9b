import { expect, test } from 'vitest';
import type { Fitted } from '../../../detectors/tail/fit.ts';
import { heldAfter, RAISE_TIMES_MAX } from '../../../detectors/tail/held.ts';

const FORMULA = 6;
const fit = (sigmas: number, { low = sigmas - 0.3, high = sigmas + 0.5, isHeavier = false } = {}): Fitted => {
  return { is: 'fitted', days: 21, peaks: 40, mean: 4, sigmas, low, high, falsePagesByFormula: 9, isHeavier };
};
const QUIET: Fitted = { is: 'quiet', days: 21, peaks: 3 };
const SHORT: Fitted = { is: 'too short', days: 3, ofDays: 7 };

test.each<[string, number | null, Fitted, number | null]>([
  ['what the budget asks for is enough', null, fit(5.2), null],
  ['chance may be all of it: its interval reaches below the formula', null, fit(6.8, { low: 5.9 }), null],
  ['it rises at once, to the next tenth', null, fit(7.12), 7.2],
  ['it rises at once, from another raise', 6.5, fit(7.12), 7.2],
  ['by less than a tenth it is not raised', null, fit(6.04, { low: 6.01 }), null],
  ['a heavier tail than was fitted: the upper end holds', null, fit(6.8, { high: 7.9, isHeavier: true }), 7.9],
  ['a little less than before changes nothing', 7.2, fit(7.03), 7.2],
  ['it falls a tenth at a time', 7.2, fit(6.5, { low: 6.1 }), 7.1],
  ['it falls a tenth at a time where nothing comes near any more', 7.2, QUIET, 7.1],
  ['the last tenth is none', 6.1, QUIET, null],
  ['of too little history nothing follows, not even that it may fall', 7.2, SHORT, 7.2],
  ['nothing was raised and nothing is', null, SHORT, null],
])('%s', (_, before, fitted, after) => {
  expect(heldAfter(before, fitted, FORMULA)).toEqual({ sigmas: after, limitedBy: null });
});

test('no raise is beyond its limit, exactly at it none is told, a step beyond it is', () => {
  const most = FORMULA * RAISE_TIMES_MAX;
  expect(heldAfter(null, fit(most), FORMULA)).toEqual({ sigmas: most, limitedBy: null });
  expect(heldAfter(null, fit(most + 0.01), FORMULA)).toEqual({ sigmas: most, limitedBy: 'RAISE_TIMES_MAX' });
  expect(heldAfter(most, fit(99), FORMULA)).toEqual({ sigmas: most, limitedBy: 'RAISE_TIMES_MAX' });
});

test('a raise goes down to the formula in the end and never below', () => {
  let held: number | null = 7.5;
  for (let day = 0; day < 30; day++) {
    held = heldAfter(held, QUIET, FORMULA).sigmas;
    if (held !== null) expect(held).toBeGreaterThan(FORMULA);
  }
  expect(held).toBeNull();
});
