/** Whether this page, or the machine it is on, was asleep: its timers stopped and what was sent to it waits or is lost. */

/** A page that did nothing for so long cannot say what is true now. */
const ASLEEP_MS = 3000;
/** Both clocks of a browser run alike but for so much; more is a sleep that its steady clock did not count, or a clock that was set. */
const APART_MS = 500;

export interface Awoken {
  /** Since it was awake last. */
  readonly wasAsleep: boolean;
  /** So much (ms) of it the steady clock did not count. */
  readonly uncountedMs: number;
}

export class Sleep {
  readonly #steady: () => number;
  readonly #wall: () => number;
  #steadyAt: number;
  #wallAt: number;

  constructor(steady: () => number = () => performance.now(), wall: () => number = () => Date.now()) {
    this.#steady = steady;
    this.#wall = wall;
    this.#steadyAt = steady();
    this.#wallAt = wall();
  }

  /** To be called whenever the page does anything, and several times a second. */
  awake(): Awoken {
    const steadyAt = this.#steady();
    const wallAt = this.#wall();
    const counted = steadyAt - this.#steadyAt;
    const uncounted = wallAt - this.#wallAt - counted;
    this.#steadyAt = steadyAt;
    this.#wallAt = wallAt;
    const uncountedMs = uncounted > APART_MS ? uncounted : 0;
    return { wasAsleep: counted + uncountedMs > ASLEEP_MS, uncountedMs };
  }
}
