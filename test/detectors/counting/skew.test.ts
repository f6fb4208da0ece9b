import { expect, test } from 'vitest';
import { SKEW_BATCHES, SKEW_SHIFTED_FROM_MS, Skew } from '../../../detectors/counting/skew.ts';

test('a clock counts as right up to 250 ms either way, and is shifted beyond', () => {
  for (const [difference, shift] of [
    [SKEW_SHIFTED_FROM_MS, 0],
    [SKEW_SHIFTED_FROM_MS + 1, 251],
    [-SKEW_SHIFTED_FROM_MS, 0],
    [-7400, -7400],
  ] as const) {
    const skew = new Skew();
    skew.hear(difference);
    expect(skew.shiftMs).toBe(shift);
  }
});

test('the least of the last sixty batches holds: one that was on its way for long says nothing of the clock', () => {
  const skew = new Skew();
  skew.hear(20);
  for (let i = 1; i < SKEW_BATCHES; i++) skew.hear(3000);
  expect(skew.ms).toBe(20);
  skew.hear(3000);
  expect(skew.ms).toBe(3000);
});

test('nothing heard is no skew, and what was forgotten is nothing heard', () => {
  const skew = new Skew();
  expect([skew.ms, skew.shiftMs]).toEqual([0, 0]);
  skew.hear(9000);
  skew.forget();
  expect([skew.ms, skew.shiftMs]).toEqual([0, 0]);
});

test('saved and restored it says the same', () => {
  const skew = new Skew();
  for (let i = 0; i < 100; i++) skew.hear((i * 7919) % 1000);
  const restored = new Skew(JSON.parse(JSON.stringify(skew.save())));
  for (let i = 0; i < 100; i++) {
    skew.hear(500 + i);
    restored.hear(500 + i);
    expect(restored.ms).toBe(skew.ms);
  }
});
