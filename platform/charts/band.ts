/** Where healthy seconds lie: 99 % of them, around the usual rate. */
/** Two-sided 99 % of a normal distribution. */
const SIGMAS = 2.576;
const HEALTHY_SECONDS_MIN = 60;
/** The farthest are left out, so that one burst does not widen the band for minutes. */
const TRIMMED_SHARE = 0.02;
/** What trimming that share takes away from the variance of a normal distribution. */
const TRIMMED_FACTOR = 1 / 0.86;

export interface Seconds {
  /** Events of each second; null where nobody knows. */
  readonly n: readonly (number | null)[];
  /** Events/s. */
  readonly usual: readonly (number | null)[];
  /** What the detector made of each: only `normal` seconds and those it never decided on are healthy. */
  readonly state: readonly (string | null)[];
}

/** Variance over mean of the seconds in which all was well; 1 (Poisson) while too few are known. */
export function dispersionOf({ n, usual, state }: Seconds): number {
  const squares: number[] = [];
  n.forEach((count, i) => {
    const expected = usual[i];
    if (count === null || !expected || (state[i] !== 'normal' && state[i] !== null)) return;
    squares.push((count - expected) ** 2 / expected);
  });
  if (squares.length < HEALTHY_SECONDS_MIN) return 1;
  squares.sort((a, b) => a - b);
  const kept = squares.slice(0, Math.ceil(squares.length * (1 - TRIMMED_SHARE)));
  const mean = kept.reduce((sum, square) => sum + square, 0) / kept.length;
  return Math.max(1, mean * TRIMMED_FACTOR);
}

/** Events of a second, from and to. */
export function bandAround(usual: number, dispersion: number): [low: number, high: number] {
  const half = SIGMAS * Math.sqrt(usual * dispersion);
  return [Math.max(0, usual - half), usual + half];
}
