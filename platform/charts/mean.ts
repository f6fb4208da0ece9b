/** The calm line through noisy seconds: a mean over as long as the noise needs, and no longer than the rate stood still. */

/** Seconds that hold so many events are averaged. */
const EVENTS = 400;
const SECONDS_MIN = 3;
const SECONDS_MAX = 30;
/** Slower than one a second. */
const SECONDS_SLOW = 150;

/** Widths that are tried, each against all shorter ones. */
const WIDTHS = [1, 3, 5, 8, 13, 21, 30, 60, 100, 150];
/** Two means that differ by more than this many sigmas are of two different rates. */
const DIFFERENT_SIGMAS = 4.5;
/** A single second says something by itself only where it holds so many events. */
const EVENTS_ALONE = 20;

/** @param usual  events/s */
export function secondsToAverage(usual: number): number {
  if (usual < 1) return SECONDS_SLOW;
  return Math.min(SECONDS_MAX, Math.max(SECONDS_MIN, Math.ceil(EVENTS / usual)));
}

export interface MeanOptions {
  /** Seconds. */
  readonly width: number;
  /** Variance over mean of the seconds, >= 1. */
  readonly dispersion: number;
  /** Indices at which a new rate began: no mean reaches across. */
  readonly restarts: ReadonlySet<number>;
}

/**
 * For each second the mean of the longest run that ends in it, is not wider than `width`, and whose shorter runs agree with
 * it within the noise. So a cliff of one second stays a cliff, whether or not the detector has spoken yet.
 *
 * @see Lepski (1991): the widest window that every narrower one still agrees with
 */
export function meanLine(n: readonly (number | null)[], { width, dispersion, restarts }: MeanOptions): (number | null)[] {
  const sums = [0];
  for (const count of n) sums.push((sums.at(-1) as number) + (count ?? 0));
  const line: (number | null)[] = [];
  let start = 0;
  for (let i = 0; i < n.length; i++) {
    if (restarts.has(i)) start = i;
    if (n[i] === null || n[i] === undefined) {
      start = i + 1;
      line.push(null);
      continue;
    }
    const longest = Math.min(width, i - start + 1);
    line.push(adaptiveMean(sums, i, longest, dispersion));
  }
  return line;
}

function adaptiveMean(sums: readonly number[], i: number, longest: number, dispersion: number): number {
  const meanOf = (width: number): number => ((sums[i + 1] as number) - (sums[i + 1 - width] as number)) / width;
  const agreed: [width: number, mean: number][] = [];
  const alone = meanOf(longest) >= EVENTS_ALONE ? 1 : SECONDS_MIN;
  for (const width of [...WIDTHS.filter((w) => w >= alone && w < longest), longest]) {
    const mean = meanOf(width);
    const variance = dispersion * Math.max(mean, 1 / width);
    const differs = agreed.some(([w, m]) => Math.abs(m - mean) > DIFFERENT_SIGMAS * Math.sqrt(variance * (1 / w - 1 / width)));
    if (differs) break;
    agreed.push([width, mean]);
  }
  return agreed.at(-1)?.[1] ?? 0;
}
