/** How far a producer's clock is from log time. */

/** In log order; with one batch a second, the heartbeat, a minute. */
export const SKEW_BATCHES = 60;
/** A skew of up to this is the way of a batch, not its clock. */
export const SKEW_SHIFTED_FROM_MS = 250;

/**
 * The least (log time - `sent`) of the last batches: a batch is late for many reasons, and early only by a wrong clock.
 * A resend names `sent` anew, so the time that a batch waited in the app is no part of it.
 */
export class Skew {
  readonly #differences: number[];
  #least: number;

  constructor(differences: readonly number[] = []) {
    this.#differences = [...differences];
    this.#least = Math.min(...this.#differences);
  }

  /** @param difference  log time minus `sent`, ms */
  hear(difference: number): void {
    const rounded = Math.round(difference) || 0;
    this.#differences.push(rounded);
    const gone = this.#differences.length > SKEW_BATCHES ? this.#differences.shift() : undefined;
    if (gone === this.#least) this.#least = Math.min(...this.#differences);
    else if (rounded < this.#least) this.#least = rounded;
  }

  /** Milliseconds by which the producer's clock is behind log time; 0 while nothing was heard. */
  get ms(): number {
    return this.#differences.length === 0 ? 0 : this.#least;
  }

  /** What is added to all its times, ms. */
  get shiftMs(): number {
    return Math.abs(this.ms) > SKEW_SHIFTED_FROM_MS ? this.ms : 0;
  }

  /** A producer that was silent for long may come back with its clock set right. */
  forget(): void {
    this.#differences.length = 0;
    this.#least = Number.POSITIVE_INFINITY;
  }

  save(): number[] {
    return [...this.#differences];
  }
}
