import { expect, test } from 'vitest';
import { show } from '../../../detectors/backtest/stretch.ts';

/** Tells in which order it is shown what. */
function player(enoughAt = Number.POSITIVE_INFINITY) {
  const told: unknown[] = [];
  return {
    told,
    take: ({ seconds, length }: { seconds: Float64Array; length: number }) => {
      told.push([...seconds.subarray(0, length)]);
      return seconds[length - 1] === enoughAt;
    },
    beginAnew: () => void told.push('anew'),
  };
}

const stretch = (anewAt: number | null) => ({
  seconds: Float64Array.of(1, 2, 4, 5),
  counts: Float64Array.of(10, 20, 40, 50),
  shares: Float64Array.of(1, 1, 1, 1),
  anewAt,
});

test('what another counted is not compared with what was before: the player begins anew just there', () => {
  const [whole, torn, atOnce] = [player(), player(), player()];
  expect(show(stretch(null), whole)).toBe(false);
  show(stretch(4), torn);
  show(stretch(1), atOnce);
  expect([whole.told, torn.told, atOnce.told]).toEqual([[[1, 2, 4, 5]], [[1, 2], 'anew', [4, 5]], ['anew', [1, 2, 4, 5]]]);
});

test('a player that needs no more is shown no more', () => {
  const enough = player(2);
  expect(show(stretch(4), enough)).toBe(true);
  expect(enough.told).toEqual([[1, 2]]);
});
