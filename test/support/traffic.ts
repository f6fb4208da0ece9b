/** Shapes of made traffic, for tests: what a detector is tried on. */
export { type Noise, Traffic } from '../../detectors/backtest/made-traffic.ts';

/** Expected events/s at a second since the start. */
export type Shape = (second: number) => number;

const DAY_SECONDS = 86_400;

/** A day that swings by this share around its mean, lowest at its start. */
export const daily =
  (mean: number, swing = 0.6): Shape =>
  (second) =>
    mean * (1 - swing * Math.cos((2 * Math.PI * second) / DAY_SECONDS));

export const steady =
  (rate: number): Shape =>
  () =>
    rate;

interface Fall {
  readonly at: number;
  readonly left: number;
  readonly over?: number;
  readonly lasts?: number;
}

/** From `at` on only this share is left, reached in a straight line over `over` seconds, for `lasts` seconds. */
export const falls =
  (shape: Shape, { at, left, over = 0, lasts = Number.POSITIVE_INFINITY }: Fall): Shape =>
  (second) => {
    if (second < at || second >= at + lasts) return shape(second);
    const done = over === 0 ? 1 : Math.min(1, (second - at) / over);
    return shape(second) * (1 - (1 - left) * done);
  };

/** Times as much for `lasts` seconds, ending over `ends` seconds. */
export const sale =
  (shape: Shape, { at, times, lasts, ends = 1 }: { at: number; times: number; lasts: number; ends?: number }): Shape =>
  (second) => {
    if (second < at) return shape(second);
    const done = Math.min(1, Math.max(0, (second - at - lasts) / ends));
    return shape(second) * (1 + (times - 1) * (1 - done));
  };
