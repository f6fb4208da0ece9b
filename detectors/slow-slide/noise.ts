/** How far a healthy metric strays from its earlier weeks, for each length of time and each size of count: learned from what it does. */

/** Quarter hours that are looked at together: one hour to a day. */
export const WINDOWS: readonly number[] = [4, 8, 16, 32, 96];
/** Nights are not as noisy as days: windows of 0, 1, 4, 16, 64, ... expected events and more are learned apart. */
const SIZES = 10;
/** What any business strays by, beyond chance: a share of the rate. */
const STRAY = 0.03;
/** Before anything is learned a metric is taken for twice as noisy, as if that had been seen for a day. */
const PRIOR_VARIANCE = 4;
const PRIOR_CELLS = 96;
/** Three weeks of memory. */
const MEMORY_CELLS = 2016;
/** One excursion teaches no more than this many times the variance known so far. */
const EXCURSION_TIMES = 9;

/** Sums in a window: events, and what earlier weeks held in the same hours. */
export interface Held {
  readonly events: number;
  readonly expected: number;
}

export interface SavedNoise {
  /** By window, then by size. */
  readonly variances: readonly number[];
  readonly learned: readonly number[];
}

const UNLEARNED: SavedNoise = {
  variances: Array(WINDOWS.length * SIZES).fill(PRIOR_VARIANCE),
  learned: Array(WINDOWS.length * SIZES).fill(0),
};

export class ShiftNoise {
  /** Times the variance of chance and stray. */
  readonly #variances: number[];
  /** Quarter hours learned from. */
  readonly #learned: number[];

  /** @throws Error where what was saved is of another shape */
  constructor({ variances, learned }: SavedNoise = UNLEARNED) {
    if (variances.length !== UNLEARNED.variances.length || learned.length !== variances.length)
      throw new Error('what was saved of the noise of slides cannot be read');
    this.#variances = [...variances];
    this.#learned = [...learned];
  }

  /** One sigma of `strayOf`. @param window  index in `WINDOWS` */
  sigma(window: number, held: Held): number {
    return Math.sqrt((this.#variances[placeOf(window, held)] as number) * bare(held));
  }

  /** More is asked of what is known from few windows: the tails of a guessed variance are longer. */
  care(window: number, held: Held): number {
    return 1 + Math.sqrt((WINDOWS[window] as number) / (PRIOR_CELLS + (this.#learned[placeOf(window, held)] as number)));
  }

  /** @param log  of events over expected ones in a window that ends now, in a metric that is as usual */
  learn(window: number, log: number, held: Held): void {
    const place = placeOf(window, held);
    const known = this.#variances[place] as number;
    const learned = Math.min(MEMORY_CELLS, (this.#learned[place] as number) + 1);
    const seen = Math.min(EXCURSION_TIMES * known, strayOf(log) ** 2 / bare(held));
    this.#learned[place] = learned;
    // Six digits, so that what is restored is what was saved and a state stays short.
    this.#variances[place] = Number(Math.max(1, known + (seen - known) / Math.min(MEMORY_CELLS, PRIOR_CELLS + learned)).toPrecision(6));
  }

  save(): SavedNoise {
    return { variances: [...this.#variances], learned: [...this.#learned] };
  }
}

/**
 * Three times the cube root of events over expected ones, from there where they are alike: of counts that come in bursts, and of rates
 * that wander by shares, it is as good as normal to both sides.
 *
 * @see E. B. Wilson and M. M. Hilferty, The distribution of chi-square, PNAS 17 (1931)
 */
export function strayOf(log: number): number {
  return 3 * (Math.exp(log / 3) - 1);
}

function placeOf(window: number, { expected }: Held): number {
  const size = expected < 1 ? 0 : 1 + Math.floor(Math.log2(expected) / 2);
  return window * SIZES + Math.min(SIZES - 1, size);
}

/** Of two Poisson counts, the larger of which says how sure the ratio is, and the stray. */
function bare({ events, expected }: Held): number {
  return 1 / Math.max(events, expected, 1) + 1 / (expected + 1) + STRAY ** 2;
}
