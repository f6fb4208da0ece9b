/**
 * Excesses over a level, of which those beyond a limit are only counted: their exponential mean, how well that is known, and whether they
 * are exponential.
 *
 * @see Embrechts, Klüppelberg, Mikosch, Modelling Extremal Events, section 6.5 (peaks over a threshold); Epstein and Sobel (1953), Life
 * testing, for the mean of a censored exponential
 */

export interface Exponential {
  /** Of the excesses, > 0; Infinity where all lie beyond the limit. */
  readonly mean: number;
  /** Its 90 % interval, by the likelihood. */
  readonly low: number;
  readonly high: number;
  /** Whether more of them are small and large than an exponential has: its tail is heavier. */
  readonly isHeavier: boolean;
}

/** Half of the 90 % point of chi squared with one degree of freedom: so far the log likelihood may fall. */
const LIKELY_DIFFERENCE = 1.3528;
/** Anderson and Darling's 5 % point where the mean is estimated (Stephens 1974, case of the exponential). */
const ANDERSON_DARLING_MAX = 1.321;
/** More beyond the limit than the mean expects by so many standard deviations are not of it. */
const BEYOND_DEVIATIONS = 3;
const HALVINGS = 50;
/** The interval is looked for within so many times the mean. */
const TIMES_MAX = 1e4;

/**
 * @param excesses  above 0, below `limit`
 * @param beyond    how many more lie beyond it; of both together at least one
 */
export function exponentialOf(excesses: readonly number[], beyond: number, limit: number): Exponential {
  const n = excesses.length;
  const sum = excesses.reduce((all, one) => all + one, 0) + beyond * limit;
  if (n === 0) return { mean: Number.POSITIVE_INFINITY, low: sum, high: Number.POSITIVE_INFINITY, isHeavier: false };
  const mean = sum / n;
  const isLikely = (other: number): boolean => n * (Math.log(other / mean) + mean / other - 1) <= LIKELY_DIFFERENCE;
  const low = between(mean / TIMES_MAX, mean, isLikely);
  const high = between(mean, mean * TIMES_MAX, (other) => !isLikely(other));
  return { mean, low, high, isHeavier: isHeavier(excesses, beyond, mean, limit) };
}

function isHeavier(excesses: readonly number[], beyond: number, mean: number, limit: number): boolean {
  const n = excesses.length;
  const expected = (n + beyond) * Math.exp(-limit / mean);
  if (beyond > expected + BEYOND_DEVIATIONS * Math.sqrt(expected + 1)) return true;
  const sorted = [...excesses].sort((a, b) => a - b);
  const shareBelow = (one: number): number => Math.min(1 - 1e-12, Math.max(1e-12, Math.expm1(-one / mean) / Math.expm1(-limit / mean)));
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const [low, high] = [shareBelow(sorted[i] as number), shareBelow(sorted[n - 1 - i] as number)];
    sum += (2 * i + 1) * (Math.log(low) + Math.log(1 - high));
  }
  if ((-n - sum / n) * (1 + 0.6 / n) <= ANDERSON_DARLING_MAX) return false;
  const squares = excesses.reduce((all, one) => all + one * one, 0) / n;
  return squares > 2 * mean ** 2 - (limit ** 2 + 2 * mean * limit) / Math.expm1(limit / mean);
}

/** The smallest number from which on it holds, by halves of their ratio. */
function between(from: number, to: number, holds: (one: number) => boolean): number {
  let [no, yes] = [from, to];
  for (let i = 0; i < HALVINGS; i++) {
    const middle = Math.sqrt(no * yes);
    if (holds(middle)) yes = middle;
    else no = middle;
  }
  return yes;
}
