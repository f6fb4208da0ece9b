/** Histories of made traffic, each a little longer than the shortest that is fitted. */
import { expect, test } from 'vitest';
import { PAGE_WHEN_DEFAULT } from '../../../detectors/steep-drop/page-when.ts';
import type { Fitted } from '../../../detectors/tail/fit.ts';
import { heldAfter } from '../../../detectors/tail/held.ts';
import { Tail } from '../../../detectors/tail/tail.ts';
import { pauses } from '../../support/pauses.ts';
import { daily, type Noise, type Shape, Traffic } from '../../support/traffic.ts';

const START = Date.UTC(2026, 0, 5) / 1000;
const DAY = 86_400;
/** One to learn, and a little more than seven. */
const HISTORY = 8 * DAY + 7200;
const FORMULA = 5.99;

function tailOf(shape: Shape, { noise = {}, seed = 1, seconds = HISTORY }: { noise?: Noise; seed?: number; seconds?: number } = {}): Tail {
  const traffic = new Traffic(seed, noise);
  const tail = new Tail({ pageWhen: PAGE_WHEN_DEFAULT });
  for (let second = 0; second < seconds; second++) tail.next(START + second, traffic.count(shape(second)));
  return tail;
}

const raised = (fitted: Fitted): number | null => heldAfter(null, fitted, FORMULA).sigmas;
const peaksOf = (fitted: Fitted): number => (fitted.is === 'too short' ? -1 : fitted.peaks);

test('a history of nothing but chance raises nothing', () => {
  const fitted = tailOf(daily(1)).fit();
  expect(fitted.is).not.toBe('too short');
  expect(raised(fitted)).toBeNull();
}, 60_000);

test('a history that comes near a page more often than its noise says raises the threshold', () => {
  const still = pauses(5, 150, 1.5);
  const fitted = tailOf((second) => 3 * still(second), { seed: 6, seconds: 9 * DAY }).fit();
  expect(fitted.is).toBe('fitted');
  expect(raised(fitted)).toBeGreaterThan(6.3);
}, 60_000);

test('outages, sales that end and what is left out by name are no evidence', () => {
  const noon = DAY / 2;
  const inSale = (second: number): boolean => second % DAY > noon && second % DAY < noon + 1200;
  const down = (second: number): boolean => second > 2 * DAY && second % DAY > 3600 && second % DAY < 4200;
  const tail = tailOf((second) => (down(second) ? 0 : inSale(second) ? 150 : 50), { seconds: 3 * DAY + 7200 });
  const span = { from: START, to: START + 4 * DAY };
  expect(peaksOf(tail.fit())).toBe(-1);
  expect(tail.fit()).toMatchObject({ is: 'too short', days: expect.closeTo(2.07, 1) });
  expect(tail.fit([span])).toEqual({ is: 'too short', days: 0, ofDays: 7 });
  expect(tail.peaks.map(({ sigmas }) => sigmas).filter((sigmas) => sigmas > 5)).toEqual([]);
});
