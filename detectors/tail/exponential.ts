/**
 * Excesses over a level that are seen up to a limit only: their exponential mean, how well that is known, and whether they are exponential.
 *
 * @see Embrechts, Klüppelberg, Mikosch, Modelling Extremal Events, section 6.5 (peaks over a threshold), and Deemer and Votaw (1955) for
 * the mean of a truncated exponential
 */

export interface Exponential {
  /** Of the excesses, > 0; Infinity where they are spread evenly up to the limit, or grow towards it. */
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
const HALVINGS = 60;
/** Means are looked for between these shares of the limit; above the last one nobody can tell it from infinite. */
const MEAN_MIN = 1e-4;
const MEAN_MAX = 1e3;

/** @param excesses  above 0, below `limit`; at least one */
export function exponentialOf(excesses: readonly number[], limit: number): Exponential {
  const average = excesses.reduce((sum, one) => sum + one, 0) / excesses.length;
  const mean = meanOf(average, limit);
  const best = likelihoodOf(mean, average, limit);
  const isLikely = (other: number): boolean => excesses.length * (best - likelihoodOf(other, average, limit)) <= LIKELY_DIFFERENCE;
  const top = Math.min(mean, MEAN_MAX * limit);
  const low = between(MEAN_MIN * limit, top, (one) => isLikely(one));
  const isOpen = isLikely(MEAN_MAX * limit);
  const high = isOpen ? Number.POSITIVE_INFINITY : between(top, MEAN_MAX * limit, (one) => !isLikely(one));
  return { mean, low, high, isHeavier: isHeavier(excesses, mean, limit) };
}

/** Share of an exponential that lies below the limit, and is seen. */
export function seenShare(mean: number, limit: number): number {
  return -Math.expm1(-limit / mean);
}

/** The exponential mean of which the part below the limit has this average. */
function meanOf(average: number, limit: number): number {
  if (average >= limit / 2) return Number.POSITIVE_INFINITY;
  return between(MEAN_MIN * limit, MEAN_MAX * limit, (mean) => mean - limit / Math.expm1(limit / mean) >= average);
}

/** For each excess. */
function likelihoodOf(mean: number, average: number, limit: number): number {
  if (!Number.isFinite(mean)) return -Math.log(limit);
  return -Math.log(mean) - average / mean - Math.log(seenShare(mean, limit));
}

function isHeavier(excesses: readonly number[], mean: number, limit: number): boolean {
  const n = excesses.length;
  const sorted = [...excesses].sort((a, b) => a - b);
  const below = (one: number): number => {
    const share = Number.isFinite(mean) ? seenShare(mean, one) / seenShare(mean, limit) : one / limit;
    return Math.min(1 - 1e-12, Math.max(1e-12, share));
  };
  let sum = 0;
  for (let i = 0; i < n; i++)
    sum += (2 * i + 1) * (Math.log(below(sorted[i] as number)) + Math.log(1 - below(sorted[n - 1 - i] as number)));
  const distance = (-n - sum / n) * (1 + 0.6 / n);
  if (distance <= ANDERSON_DARLING_MAX) return false;
  const squares = excesses.reduce((all, one) => all + one * one, 0) / n;
  return squares > meanSquare(mean, limit);
}

/** Of an exponential below the limit. */
function meanSquare(mean: number, limit: number): number {
  if (!Number.isFinite(mean)) return limit ** 2 / 3;
  return 2 * mean ** 2 - (limit ** 2 + 2 * mean * limit) / Math.expm1(limit / mean);
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
