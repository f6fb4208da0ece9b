/** The newest minutes of one series, second by second: what a segment lost is seen in them. */

/** Ten minutes, and one for falls that are found late. */
export const KEPT_SECONDS = 660;

export class LastCounts {
  /** Events of second s at s modulo the length; NaN where nobody knows. */
  readonly #counts = new Float32Array(KEPT_SECONDS).fill(Number.NaN);
  #newest = 0;

  /** @param n  events; null where it is not known */
  add(second: number, n: number | null): void {
    for (let blind = Math.max(this.#newest + 1, second - KEPT_SECONDS + 1); blind < second; blind++) {
      this.#counts[blind % KEPT_SECONDS] = Number.NaN;
    }
    this.#newest = second;
    this.#counts[second % KEPT_SECONDS] = n ?? Number.NaN;
  }

  /** The second of which something was said last; 0 before any. */
  get newest(): number {
    return this.#newest;
  }

  /** Events of each second after `after` that is still kept; null where nobody knows. */
  since(after: number): { from: number; counts: (number | null)[] } {
    const from = Math.max(after + 1, this.#newest - KEPT_SECONDS + 1);
    const counts = Array.from({ length: Math.max(0, this.#newest - from + 1) }, (_, i) => {
      const count = this.#counts[(from + i) % KEPT_SECONDS] as number;
      return Number.isNaN(count) ? null : count;
    });
    const first = counts.findIndex((count) => count !== null);
    return first <= 0 ? { from, counts } : { from: from + first, counts: counts.slice(first) };
  }

  /** What is known of [from, to): events, and the seconds that they are of. */
  sum(from: number, to: number): { n: number; seconds: number } {
    let n = 0;
    let seconds = 0;
    for (let second = Math.max(from, this.#newest - KEPT_SECONDS + 1); second < Math.min(to, this.#newest + 1); second++) {
      const count = this.#counts[second % KEPT_SECONDS] as number;
      if (Number.isNaN(count)) continue;
      n += count;
      seconds++;
    }
    return { n, seconds };
  }
}
