/** The only door to time. Everything else takes a `Clock`, so that tests play an hour in a second. */

export interface Timer {
  cancel(): void;
  /** The process stays until this timer ran: for a wait that somebody's work depends on. Left out by clocks on which nothing ends. */
  keepAlive?(): void;
}

export interface Clock {
  /** Milliseconds since the epoch as the operating system tells it; may step either way. */
  wall(): number;
  /** Milliseconds since an arbitrary start; never goes back. */
  monotonic(): number;
  /** Runs `run` once, `delayMs` from now. A waiting timer keeps no process alive. */
  after(delayMs: number, run: () => void): Timer;
}

export const systemClock: Clock = {
  wall: () => Date.now(),
  monotonic: () => performance.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, Math.max(0, delayMs));
    timer.unref?.();
    return { cancel: () => clearTimeout(timer), keepAlive: () => void timer.ref?.() };
  },
};

/** Resolves `delayMs` later, or at once when `signal` aborts. */
export function sleep(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const done = (): void => {
      timer.cancel();
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = clock.after(delayMs, done);
    signal?.addEventListener('abort', done, { once: true });
  });
}

/** The largest share by which steady time runs faster or slower than real time to reach the wall clock. */
const DRAWN_SHARE_MAX = 0.01;

/**
 * Milliseconds since the epoch that never step: monotonic since start, drawn to the wall clock by at most 1 %.
 * A step of the wall clock (NTP, a person) therefore moves no event and closes no second.
 */
export class SteadyTime {
  readonly #clock: Clock;
  #reading: number;
  #monotonic: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#reading = clock.wall();
    this.#monotonic = clock.monotonic();
  }

  /** Fractional milliseconds since the epoch; never less than the last reading. */
  now(): number {
    const monotonic = this.#clock.monotonic();
    const elapsed = monotonic - this.#monotonic;
    if (elapsed <= 0) return this.#reading;
    const plain = this.#reading + elapsed;
    const drawn = elapsed * DRAWN_SHARE_MAX;
    const error = this.#clock.wall() - plain;
    this.#reading = plain + Math.max(-drawn, Math.min(drawn, error));
    this.#monotonic = monotonic;
    return this.#reading;
  }
}
