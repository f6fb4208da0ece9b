/** How long the fall itself took: the ramp from one rate to another that makes the seconds seen most likely. */
import type { Seconds } from './rate.ts';

const LENGTHS: readonly number[] = [1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512];
/** Positions that a ramp may begin in are no further back than this: the longest window, and what a slide took before it. */
const BACK_SECONDS_MAX = 1024;
/** A long ramp's beginning need not be known to the second. */
const POSITIONS_A_LENGTH = 16;
/** A rate that is compared with is never quite nothing: one stray event must not rule a ramp out. */
const LEFT_SHARE = 0.01;

export interface Ramp {
  /** Position of its first second. */
  readonly from: number;
  /** Seconds; 1 = at once, as far as seconds tell. */
  readonly length: number;
  /** Events/s of the seconds after it. */
  readonly after: number;
}

/** Events/s of each second, and their running sums. */
interface Seen {
  readonly counts: readonly number[];
  readonly sums: readonly number[];
}

/**
 * The window that shows a fall best may reach back before it, so neither its length nor its rate is that of the fall.
 *
 * @param from    position of the window that showed the fall
 * @param before  events/s before it
 * @param first   positions before this one are not comparable
 */
export function fitRamp(seconds: Seconds, from: number, before: number, first: number): Ramp {
  const end = seconds.taken;
  const start = Math.max(first, end - Math.min(BACK_SECONDS_MAX, seconds.kept, 2 * (end - from) + 12));
  const counts: number[] = [];
  for (let p = start; p < end; p++) counts.push(seconds.sum(p, p + 1) / seconds.exposure(p, p + 1));
  const sums = [0];
  for (const count of counts) sums.push((sums.at(-1) as number) + count);
  let best: Ramp = { from, length: 1, after: mean(sums, from - start) };
  let most = Number.NEGATIVE_INFINITY;
  for (const length of LENGTHS) {
    // What is left is known only from seconds after the ramp.
    for (let at = 0; at + length <= counts.length; at += Math.max(1, Math.floor(length / POSITIONS_A_LENGTH))) {
      const after = mean(sums, Math.min(at + length, counts.length - 1));
      if (after >= before) continue;
      const likelihood = likelihoodOf({ counts, sums }, at, length, before, Math.max(after, LEFT_SHARE * before));
      // A longer ramp has to explain clearly more: seconds are coarse.
      if (likelihood > most + 0.5) {
        most = likelihood;
        best = { from: start + at, length, after };
      }
    }
  }
  return best;
}

/** Of the counts from index `from` to the newest. */
function mean(sums: readonly number[], from: number): number {
  const last = sums.length - 1;
  return ((sums[last] as number) - (sums[Math.max(0, from)] as number)) / Math.max(1, last - from);
}

/** Poisson log likelihood, without the terms that all ramps share; before and after the ramp the rate is one, so sums will do. */
function likelihoodOf({ counts, sums }: Seen, at: number, length: number, before: number, after: number): number {
  const flat = length === 1 ? at : at + length;
  const last = counts.length;
  const first = sums[at] as number;
  const rest = (sums[last] as number) - (sums[flat] as number);
  let sum = first * Math.log(before) - at * before + rest * Math.log(after) - (last - flat) * after;
  for (let i = at; i < flat; i++) {
    const rate = before + ((after - before) * (i - at + 0.5)) / length;
    sum += (counts[i] as number) * Math.log(rate) - rate;
  }
  return sum;
}
