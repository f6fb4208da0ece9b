/** The metric's own noise: how far, at each window and reference, a healthy second strays. Learned from falls alone. */
import { REFERENCE_SECONDS, REFERENCES, WINDOWS } from './rate.ts';

export const PAIRS: number = WINDOWS.length * REFERENCES.length;

/** 90th percentile of chi-square with one degree of freedom: what X has under plain Poisson noise. */
const CHI_90 = 2.706;
/** Noise is believed to be so large until it is known. */
const FIRST = 3;
const MEAN_SLACK = 1.02;
/** One wild second moves the mean by no more than this multiple of it. */
const OUTLIER_TIMES = 16;
/** A dispersion learned at night is believed to be up to so many times larger by day. */
const SCALE_MAX = 8;

const perPair = (seconds: (window: number, length: number) => number): Float64Array =>
  Float64Array.from(REFERENCE_SECONDS, (reference, pair) => {
    const window = WINDOWS[Math.floor(pair / REFERENCES.length)] as number;
    return seconds(window, window + reference);
  });
/** Seconds after which the running estimates have forgotten, and after which the first ones have: by pair. */
const QUANTILE_SECONDS = perPair((_, length) => Math.max(400, 7 * length));
const MEAN_SECONDS = perPair((_, length) => Math.max(1800, 30 * length));
const FIRST_SECONDS = perPair((window) => Math.max(40, 7 * window));
/** From here on both are as slow as they get, and no division is needed. */
const SETTLED_SECONDS = QUANTILE_SECONDS.map((seconds, pair) => Math.max(seconds, MEAN_SECONDS[pair] as number));
const QUANTILE_STEPS = QUANTILE_SECONDS.map((seconds) => 1 / seconds);
const MEAN_GAINS = MEAN_SECONDS.map((seconds) => 1 / seconds);
/** At 0.1 a step the quantile has come down from `FIRST` to 1 after so many times its memory. */
const KNOWN_TIMES = 10 * Math.log(FIRST);

export interface SavedDispersion {
  readonly quantiles: readonly number[];
  readonly means: readonly number[];
  readonly rates: readonly number[];
  readonly learned: readonly number[];
}

/** Variance over mean, >= 1, for each pair; index = window index * 3 + reference index. */
export class Dispersion {
  readonly #quantiles = new Float32Array(PAIRS).fill(FIRST * CHI_90);
  readonly #means = new Float32Array(PAIRS).fill(FIRST);
  /** The rate (events/s) at which each was learned. */
  readonly #rates = new Float32Array(PAIRS);
  readonly #learned = new Float32Array(PAIRS);

  /** The first `count` windows of a second: see `learn`. */
  learnEach(pairs: Uint8Array, distances: Float64Array, rates: Float64Array, count: number): void {
    for (let i = 0; i < count; i++) this.learn(pairs[i] as number, distances[i] as number, rates[i] as number);
  }

  /**
   * One healthy second in which the window lay below its reference.
   *
   * @param x     `pearson` of the pair
   * @param rate  events/s of the reference
   */
  learn(pair: number, x: number, rate: number): void {
    const known = (this.#learned[pair] as number) + 1;
    const soonest = (FIRST_SECONDS[pair] as number) + known;
    const isSettled = soonest >= (SETTLED_SECONDS[pair] as number);
    const step = isSettled ? (QUANTILE_STEPS[pair] as number) : 1 / Math.min(QUANTILE_SECONDS[pair] as number, soonest);
    const gain = isSettled ? (MEAN_GAINS[pair] as number) : 1 / Math.min(MEAN_SECONDS[pair] as number, soonest);
    const quantile = this.#quantiles[pair] as number;
    this.#quantiles[pair] = quantile * (x > quantile ? 1 + 0.9 * step : 1 - 0.1 * step);
    const mean = this.#means[pair] as number;
    this.#means[pair] = mean + gain * (Math.min(x, OUTLIER_TIMES * mean) * MEAN_SLACK - mean);
    const before = this.#rates[pair] as number;
    this.#rates[pair] = known === 1 ? rate : before + gain * (rate - before);
    this.#learned[pair] = known;
  }

  /**
   * Dispersion grows with the rate where the noise is common to all visitors.
   *
   * @param rate  events/s of the reference now
   */
  of(pair: number, rate: number): number {
    const plain = Math.max(1, (this.#quantiles[pair] as number) / CHI_90, this.#means[pair] as number);
    const learnedAt = this.#rates[pair] as number;
    if (plain === 1 || learnedAt <= 0 || rate <= learnedAt) return plain;
    return 1 + (plain - 1) * Math.min(SCALE_MAX, rate / learnedAt);
  }

  /** Whether so much was learned that even plain Poisson noise would be known to be so: what was believed at first is forgotten. */
  isKnown(pair: number): boolean {
    return (this.#learned[pair] as number) >= KNOWN_TIMES * (QUANTILE_SECONDS[pair] as number);
  }

  save(): SavedDispersion {
    const list = (values: Float32Array): number[] => Array.from(values, (value) => Number(value));
    return {
      quantiles: list(this.#quantiles),
      means: list(this.#means),
      rates: list(this.#rates),
      learned: list(this.#learned),
    };
  }

  static restore(saved: SavedDispersion): Dispersion {
    const dispersion = new Dispersion();
    dispersion.#quantiles.set(saved.quantiles);
    dispersion.#means.set(saved.means);
    dispersion.#rates.set(saved.rates);
    dispersion.#learned.set(saved.learned);
    return dispersion;
  }
}

/** The pairs whose noise stands for a window of any length: those of its two neighbours in the list. */
export function neighbours(window: number): [shorter: number, longer: number] {
  const longer = WINDOWS.findIndex((w) => w >= window);
  if (longer < 0) return [WINDOWS.length - 1, WINDOWS.length - 1];
  return [WINDOWS[longer] === window || longer === 0 ? longer : longer - 1, longer];
}
