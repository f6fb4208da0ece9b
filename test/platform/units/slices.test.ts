import { expect, test } from 'vitest';
import { inSlices } from '../../../platform/units/slices.ts';
import { ManualClock } from '../../support/clock.ts';

/** Each step takes a millisecond. */
function work(clock: ManualClock, steps: number) {
  const worked: number[] = [];
  let workedMs = 0;
  const slow = { ...clock, wall: () => clock.wall(), monotonic: () => clock.monotonic() + workedMs, after: clock.after.bind(clock) };
  const step = (): boolean => {
    workedMs++;
    worked.push(clock.wall());
    return worked.length >= steps;
  };
  return { slow, step, worked };
}

test('long work rests for as long as it worked, every four milliseconds, and ends where all is done', async () => {
  const clock = new ManualClock();
  const { slow, step, worked } = work(clock, 10);
  const began = clock.wall();
  const done = inSlices(slow, step);
  expect(worked).toHaveLength(4);
  await clock.advance(3);
  expect(worked).toHaveLength(4);
  await clock.advance(20);
  await done;
  expect(worked.map((at) => at - began)).toEqual([0, 0, 0, 0, 4, 4, 4, 4, 8, 8]);
});

test('work that nobody waits for any more ends', async () => {
  const clock = new ManualClock();
  const given = new AbortController();
  const { slow, step, worked } = work(clock, 1000);
  const done = inSlices(slow, step, given.signal);
  given.abort();
  await done;
  expect(worked.length).toBeLessThan(10);
});
