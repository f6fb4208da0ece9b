import { sleep } from '@plummet/sdk/clock';
import { expect, test } from 'vitest';
import { ManualClock } from './clock.ts';

test('timers fire in the order in which they fall due, each at its own moment, equal ones in the order of asking', async () => {
  const clock = new ManualClock(0);
  const fired: [string, number][] = [];
  for (const [name, delayMs] of [
    ['c', 30],
    ['a', 10],
    ['b', 20],
    ['a2', 10],
  ] as const) {
    clock.after(delayMs, () => fired.push([name, clock.monotonic()]));
  }
  await clock.advance(25);
  expect(fired).toEqual([
    ['a', 10],
    ['a2', 10],
    ['b', 20],
  ]);
  expect(clock.timers).toBe(1);
  expect(clock.wall()).toBe(25);
});

test('what a timer starts is part of the same advance, promises included', async () => {
  const clock = new ManualClock();
  const at: number[] = [];
  void (async () => {
    for (let i = 0; i < 5; i++) {
      await sleep(clock, 10);
      at.push(clock.monotonic());
    }
  })();
  await clock.advance(100);
  expect(at).toEqual([10, 20, 30, 40, 50]);
});

test('a cancelled timer never fires, a freeze fires late, a step moves the wall alone', async () => {
  const clock = new ManualClock(1000);
  const at: number[] = [];
  clock.after(10, () => at.push(-1)).cancel();
  clock.after(20, () => at.push(clock.monotonic()));
  await clock.freeze(500);
  expect(at).toEqual([500]);
  clock.stepWall(-200);
  expect([clock.monotonic(), clock.wall()]).toEqual([500, 1300]);
});

test('an hour of four ticks a second is played, and an error in a timer comes out of advance()', async () => {
  const clock = new ManualClock();
  let ticks = 0;
  const tick = (): void => {
    ticks++;
    clock.after(250, tick);
  };
  tick();
  await clock.advance(3_600_000);
  expect(ticks).toBe(14_401);
  clock.after(1, () => {
    throw new Error('told');
  });
  await expect(clock.advance(10)).rejects.toThrow('told');
});
