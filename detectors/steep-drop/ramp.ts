/** How long the fall itself took: the ramp from one rate to another that makes the seconds seen most likely. */
import type { Seconds } from './rate.ts';

const LENGTHS: readonly number[] = [1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 32, 48, 64, 96];
/** Positions that a ramp may begin in are no further back than this. */
const BACK_SECONDS_MAX = 180;
/** A rate that is compared with is never quite nothing: one stray event must not rule a ramp out. */
const LEFT_SHARE = 0.01;

export interface Ramp {
  /** Position of its first second. */
  readonly from: number;
  /** Seconds; 1 = at once, as far as seconds tell. */
  readonly length: number;
}

/**
 * @param from    position of the window that showed the fall
 * @param before  events/s before and after it
 */
export function fitRamp(seconds: Seconds, from: number, before: number, after: number, first: number): Ramp {
  const end = seconds.taken;
  const start = Math.max(first, end - Math.min(BACK_SECONDS_MAX, 2 * (end - from) + 12));
  const low = Math.max(after, LEFT_SHARE * before);
  const counts: number[] = [];
  for (let p = start; p < end; p++) counts.push(seconds.sum(p, p + 1) / seconds.exposure(p, p + 1));
  let best: Ramp = { from, length: 1 };
  let most = Number.NEGATIVE_INFINITY;
  for (const length of LENGTHS) {
    if (length > counts.length) break;
    for (let at = 0; at <= counts.length - 1; at++) {
      const likelihood = likelihoodOf(counts, at, length, before, low);
      // A longer ramp has to explain clearly more: seconds are coarse.
      if (likelihood > most + 0.5) {
        most = likelihood;
        best = { from: start + at, length };
      }
    }
  }
  return best;
}

/** Poisson log likelihood, without the terms that all ramps share. */
function likelihoodOf(counts: readonly number[], at: number, length: number, before: number, after: number): number {
  let sum = 0;
  for (let i = 0; i < counts.length; i++) {
    const done = Math.min(1, Math.max(0, (i - at + 0.5) / length));
    const rate = i < at ? before : i >= at + length ? after : before + (after - before) * done;
    sum += (counts[i] as number) * Math.log(rate) - rate;
  }
  return sum;
}
