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
