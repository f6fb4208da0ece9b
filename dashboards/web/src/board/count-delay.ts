/** How long an event takes from its app to its count on this page: learned from seconds that were told in part before they were whole. */

/** Fewer events say little about when they came. */
const EVENTS_MIN = 30;
const MS_MIN = 200;
const MS_MAX = 1500;
/** What is shorter than believed is believed slowly: the open second is better drawn late than too low. */
const LEARNED_SHARE = 0.05;

export class CountDelay {
  #ms = 500;

  get ms(): number {
    return this.#ms;
  }

  /** @param told  what was counted of the second at last, and at which server's time (ms); undefined where nothing was told */
  learn(second: number, told: { readonly n: number; readonly at: number } | undefined, whole: number | null): void {
    if (!told || whole === null || whole < EVENTS_MIN || told.n >= whole) return;
    const seen = Math.min(MS_MAX, Math.max(MS_MIN, told.at - second * 1000 - (1000 * told.n) / whole));
    this.#ms = seen > this.#ms ? seen : this.#ms + LEARNED_SHARE * (seen - this.#ms);
  }
}
