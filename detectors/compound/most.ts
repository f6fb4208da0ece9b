/** What a second may count for at most, so that one order of 50,000 among orders of 40 is one large order and no spike. */

/** Standard deviations above the level, and single amounts on top: healthy seconds of equal amounts never come near. */
const TIMES = 8;
const FAST_SECONDS = 10;
const SLOW_SECONDS = 300;

export interface SavedLevels {
  readonly fast: number;
  readonly slow: number;
}

/**
 * The level is the higher of the last seconds and the last minutes, both of what was counted: a sale is followed within seconds, as each
 * second that is cut short raises the next one's limit.
 */
export class Levels {
  #fast: number;
  #slow: number;

  constructor({ fast, slow }: SavedLevels = { fast: 0, slow: 0 }) {
    this.#fast = fast;
    this.#slow = slow;
  }

  /**
   * @param amount  of a second, as far as it is counted
   * @param isDown  the minutes before a fall stay the level while it lasts
   */
  add(amount: number, isDown: boolean): void {
    this.#fast += (amount - this.#fast) / FAST_SECONDS;
    if (!isDown) this.#slow += (amount - this.#slow) / SLOW_SECONDS;
  }

  /** @param scatter  variance over mean of single seconds: what one amount is worth */
  most(scatter: number): number {
    const level = Math.max(this.#fast, this.#slow);
    return level + TIMES * (Math.sqrt(scatter * level) + scatter);
  }

  save(): SavedLevels {
    return { fast: this.#fast, slow: this.#slow };
  }
}
