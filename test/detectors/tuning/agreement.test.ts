import { expect, test } from 'vitest';
import { triedAt, tunedAt } from '../../../bench/detection/tuned.ts';

test.each([
  [20, 1],
  [20, 0.5],
])('delays of falls made up in a history agree with falls of made traffic: at %i/s the share %f', (rate, lost) => {
  const tuned = tunedAt(rate, lost, { moments: 60, hours: 30 });
  const tried = triedAt(rate, lost, { tries: 60, secondsDays: 0.4 });
  expect(tuned.low).toBeLessThan(tried.high);
  expect(tried.low).toBeLessThan(tuned.high);
  // Both are of the size that the rule promises.
  expect(tuned.value).toBeGreaterThan(2);
  expect(tuned.high - tuned.low).toBeLessThan(tuned.value);
});
