/** Days of made traffic and what happens in them: factors of the usual rate in continuous time. */
import { type Factor, swingingBy, twoHumped as twoHumpedWith } from '../../detectors/backtest/day-curve.ts';
import type { Noise } from '../../detectors/backtest/made-traffic.ts';

export type { Factor };

export const HOUR = 3600;
export const DAY = 86_400;
/** Monday 2026-01-05, 00:00 UTC; times of scenes count from here, in seconds. */
export const MONDAY = Date.UTC(2026, 0, 5) / 1000;

export const always: Factor = () => 1;

/** A day that swings by 60 %, lowest at midnight. */
export const swinging: Factor = swingingBy(0.6);

/** Late morning and evening, a quiet night, weekends at 60 %. The mean of a weekday is 1. */
export const twoHumped: Factor = twoHumpedWith(0.6);

/** From `onset` this share is lost, in a straight line over `over` seconds, for `lasts` seconds. */
export const lost =
  (onset: number, share: number, { over = 0, lasts = Number.POSITIVE_INFINITY } = {}): Factor =>
  (time) => {
    if (time < onset || time >= onset + lasts) return 1;
    return 1 - share * (over === 0 ? 1 : Math.min(1, (time - onset) / over));
  };

export interface Sale {
  readonly start: number;
  readonly times: number;
  readonly lasts: number;
  /** Seconds that its end takes. */
  readonly ends: number;
}

/** `times` as much; begins within a minute. */
export const sale =
  ({ start, times, lasts, ends }: Sale): Factor =>
  (time) => {
    if (time < start) return 1;
    const begun = Math.min(1, (time - start) / 60);
    const done = Math.min(1, Math.max(0, (time - start - lasts) / ends));
    return 1 + (times - 1) * begun * (1 - done);
  };

export const together =
  (...factors: readonly Factor[]): Factor =>
  (time) => {
    let product = 1;
    for (const factor of factors) product *= factor(time);
    return product;
  };

const SLICES = 20;

/** Mean over one second. Exact to 1/20 s where a factor jumps within it. */
export function inSecond(factor: Factor, second: number): number {
  let sum = 0;
  for (let slice = 0; slice < SLICES; slice++) sum += factor(second + (slice + 0.5) / SLICES);
  return sum / SLICES;
}

/** The noises of detection.md's table, by the words used there. */
export const POISSON: Noise = {};
export const bursty = (dispersion: number): Noise => ({ dispersion });
export const drifting = (sigma: number, memorySeconds: number, dispersion = 1): Noise => ({
  dispersion,
  wander: { sigma, memorySeconds },
});
