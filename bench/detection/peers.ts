/** Rules in common use, each written from its public definition; null = no data, which they skip. */
import type { Rule } from './rule.ts';

/** Sums of the newest seconds. */
class Recent {
  readonly #counts: Float64Array;
  #taken = 0;
  sum = 0;
  squares = 0;

  constructor(seconds: number) {
    this.#counts = new Float64Array(seconds);
  }

  add(count: number): void {
    const slot = this.#taken % this.#counts.length;
    const gone = this.#counts[slot] as number;
    this.sum += count - gone;
    this.squares += count * count - gone * gone;
    this.#counts[slot] = count;
    this.#taken++;
  }

  get isFull(): boolean {
    return this.#taken >= this.#counts.length;
  }

  get mean(): number {
    return this.sum / this.#counts.length;
  }

  get deviation(): number {
    return Math.sqrt(Math.max(0, this.squares / this.#counts.length - this.mean ** 2));
  }

  /** So many seconds ago, 0 = the newest. */
  ago(seconds: number): number {
    return this.#counts[(this.#taken - 1 - seconds) % this.#counts.length] as number;
  }
}

const known = (decide: (count: number) => boolean): Rule => ({ next: (_second, count) => count !== null && decide(count) });

/** Least-squares slope of the newest five counts, as PromQL's deriv() fits it, below -3 events/s². */
export function slope(limit = -3, seconds = 5): Rule {
  const recent = new Recent(seconds);
  const middle = (seconds - 1) / 2;
  const spread = (seconds * (seconds * seconds - 1)) / 12;
  return known((count) => {
    recent.add(count);
    if (!recent.isFull) return false;
    let covariance = 0;
    for (let ago = 0; ago < seconds; ago++) covariance += (middle - ago) * recent.ago(ago);
    return covariance / spread < limit;
  });
}

/** Prometheus: `rate(x[10s]) < 0.5 * avg_over_time(rate(x[10s])[5m:1s])`, evaluated each second; for: 0s. */
export function ratio(share = 0.5, seconds = 10): Rule {
  const short = new Recent(seconds);
  const long = new Recent(300);
  return known((count) => {
    short.add(count);
    if (short.isFull) long.add(short.mean);
    return long.isFull && short.mean < share * long.mean;
  });
}

/** The newest count against mean and standard deviation of the 300 s before it. */
export function zScore(sigmas: number): Rule {
  const recent = new Recent(300);
  return known((count) => {
    const pages = recent.isFull && count < recent.mean - sigmas * recent.deviation;
    recent.add(count);
    return pages;
  });
}

/** Page (1954) for Poisson counts, tuned for half lost, against the mean of the 300 s before the newest minute; ln(1 year) = 17.3 nats. */
export function cusum(left = 0.5, nats = Math.log(365.25 * 86_400)): Rule {
  const newest = new Recent(60);
  const before = new Recent(300);
  let sum = 0;
  return known((count) => {
    if (newest.isFull) before.add(newest.ago(59));
    newest.add(count);
    if (!before.isFull) return false;
    sum = Math.max(0, sum - count * Math.log(1 / left) + before.mean * (1 - left));
    if (sum < nats) return false;
    sum = 0;
    return true;
  });
}

export const PEERS: Readonly<Record<string, () => Rule>> = {
  'slope(5 s) < -3 events/s2': () => slope(),
  'rate[10s] < 0.5 * avg[5m]': () => ratio(),
  'rate[5s] < 0.7 * avg[5m]': () => ratio(0.7, 5),
  'z-score of 1 s < -3': () => zScore(3),
  'z-score of 1 s < -6': () => zScore(6),
  'CUSUM tuned for 50%': () => cusum(),
};
