/** How a sum scatters: variance over mean of its healthy seconds, at several lengths, from the differences of neighbours. */

/** Lengths (s) of the stretches that are compared. Producers that flush every ten seconds scatter less at ten than at one. */
const LENGTHS: readonly number[] = [1, 10, 30, 60];
/** From here on what is older is forgotten: orders of the morning differ from those of the evening. */
const MEMORY_SECONDS = 86_400;
/** Differences that must be known before a longer stretch is believed. */
const KNOWN_MIN = 100;
/** A longer stretch counts where it scatters clearly less than this share of single seconds. */
const CLEARLY_LESS = 0.7;

/** Of each length: the stretch that is being filled, the one before it (-1 = none), and what was learned of their differences. */
export interface SavedScatter {
  readonly sums: readonly number[];
  readonly before: readonly number[];
  readonly filled: readonly number[];
  readonly means: readonly number[];
  readonly variances: readonly number[];
  readonly known: readonly number[];
}

const NONE = -1;
const ZEROS: readonly number[] = LENGTHS.map(() => 0);
const EMPTY: SavedScatter = { sums: ZEROS, before: LENGTHS.map(() => NONE), filled: ZEROS, means: ZEROS, variances: ZEROS, known: ZEROS };

/**
 * Neighbours differ by chance alone, however the day rises and falls: half the mean square of their differences is the variance.
 *
 * @see J. von Neumann et al., The mean square successive difference, Annals of Mathematical Statistics 12 (1941)
 */
export class Scatter {
  readonly #sums: number[];
  readonly #before: number[];
  readonly #filled: number[];
  readonly #means: number[];
  readonly #variances: number[];
  readonly #known: number[];

  constructor(saved: SavedScatter = EMPTY) {
    this.#sums = [...saved.sums];
    this.#before = [...saved.before];
    this.#filled = [...saved.filled];
    this.#means = [...saved.means];
    this.#variances = [...saved.variances];
    this.#known = [...saved.known];
  }

  /** One healthy, wholly readable second that follows the one before it. @param amount >= 0 */
  add(amount: number): void {
    for (let i = 0; i < LENGTHS.length; i++) {
      this.#sums[i] = (this.#sums[i] as number) + amount;
      this.#filled[i] = (this.#filled[i] as number) + 1;
      if (this.#filled[i] === LENGTHS[i]) this.#end(i);
    }
  }

  /** What follows does not follow on what was added. */
  break(): void {
    this.#sums.fill(0);
    this.#filled.fill(0);
    this.#before.fill(NONE);
  }

  /** Seconds with a neighbour that were learned from, as far as they are remembered. */
  get seconds(): number {
    return this.#known[0] as number;
  }

  /** Variance over mean of single seconds; 0 while nothing came. */
  get ofSeconds(): number {
    return this.#ratio(0);
  }

  /** The same of the length that scatters least: what is left is the amounts' own, and not the producers' rhythm. */
  get least(): number {
    const ofSeconds = this.#ratio(0);
    let least = ofSeconds;
    for (let i = 1; i < LENGTHS.length; i++) {
      const ratio = this.#ratio(i);
      if ((this.#known[i] as number) >= KNOWN_MIN && ratio > 0 && ratio < Math.min(least, CLEARLY_LESS * ofSeconds)) least = ratio;
    }
    return least;
  }

  #end(i: number): void {
    const sum = this.#sums[i] as number;
    const before = this.#before[i] as number;
    this.#sums[i] = 0;
    this.#filled[i] = 0;
    this.#before[i] = sum;
    if (before === NONE) return;
    const known = Math.min((this.#known[i] as number) + 1, MEMORY_SECONDS / (LENGTHS[i] as number));
    this.#known[i] = known;
    this.#means[i] = (this.#means[i] as number) + ((sum + before) / 2 - (this.#means[i] as number)) / known;
    this.#variances[i] = (this.#variances[i] as number) + ((sum - before) ** 2 / 2 - (this.#variances[i] as number)) / known;
  }

  #ratio(i: number): number {
    const mean = this.#means[i] as number;
    return mean > 0 ? (this.#variances[i] as number) / mean : 0;
  }

  save(): SavedScatter {
    const [sums, before, filled] = [[...this.#sums], [...this.#before], [...this.#filled]];
    return { sums, before, filled, means: [...this.#means], variances: [...this.#variances], known: [...this.#known] };
  }
}
