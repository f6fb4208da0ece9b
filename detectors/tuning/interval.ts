/** What was seen and how sure it is: exact intervals for counts and shares, the normal one for means. */

export interface Interval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

const Z_99 = 2.576;

/** Mean of delays with its 99 % interval by the normal approximation. */
export function meanInterval(values: readonly number[]): Interval {
  const value = values.reduce((sum, x) => sum + x, 0) / values.length;
  const variance = values.reduce((sum, x) => sum + (x - value) ** 2, 0) / Math.max(1, values.length - 1);
  const half = Z_99 * Math.sqrt(variance / values.length);
  return { value, low: value - half, high: value + half };
}

/**
 * Events of a Poisson process a unit of exposure.
 *
 * @param level  of confidence, 0.95 or 0.99
 * @see F. Garwood, Fiducial limits for the Poisson distribution, Biometrika 28 (1936)
 */
export function rateInterval(events: number, exposure: number, level = 0.95): Interval {
  const tail = (1 - level) / 2;
  const low = events === 0 ? 0 : solve((mean) => 1 - atMost(events - 1, mean) - tail, events);
  const high = solve((mean) => tail - atMost(events, mean), events + 1);
  return { value: events / exposure, low: low / exposure, high: high / exposure };
}

/** Wilson's interval of a share. */
export function shareInterval(hits: number, trials: number, z = Z_99): Interval {
  const share = hits / trials;
  const middle = (share + (z * z) / (2 * trials)) / (1 + (z * z) / trials);
  const half = (z / (1 + (z * z) / trials)) * Math.sqrt((share * (1 - share)) / trials + (z * z) / (4 * trials * trials));
  // Where none (or all) hit, rounding must not make the bound miss 0 (or 1).
  return { value: share, low: hits === 0 ? 0 : Math.max(0, middle - half), high: hits === trials ? 1 : Math.min(1, middle + half) };
}

/** P(Poisson(mean) <= events). */
function atMost(events: number, mean: number): number {
  let term = Math.exp(-mean);
  let sum = term;
  for (let n = 1; n <= events; n++) {
    term *= mean / n;
    sum += term;
  }
  return sum;
}

/** Root of a function that rises with the mean. */
function solve(rises: (mean: number) => number, near: number): number {
  let [low, high] = [0, 4 * near + 20];
  for (let step = 0; step < 80; step++) {
    const middle = (low + high) / 2;
    if (rises(middle) < 0) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}
