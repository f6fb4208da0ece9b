/** A clock that stands still until a test moves it: an hour passes in a moment, and each time in the same order. */
import type { Clock, Timer } from '@plummet/sdk/clock';

interface Waiting {
  readonly dueMs: number;
  readonly run: () => void;
}

/** 14:00 UTC on some Friday: an ordinary moment, so that a test shows what it sets and hides nothing in its start. */
const START_MS = Date.UTC(2025, 10, 21, 14, 0, 0);

export class ManualClock implements Clock {
  #monotonic = 0;
  #wallAhead: number;
  #advancing = false;
  /** Ordered by due time; equal due times by the order in which they were asked for. */
  readonly #waiting: Waiting[] = [];

  /** @param startMs  what the wall shows at first, ms since the epoch */
  constructor(startMs: number = START_MS) {
    this.#wallAhead = startMs;
  }

  wall(): number {
    return Math.floor(this.#monotonic + this.#wallAhead);
  }

  monotonic(): number {
    return this.#monotonic;
  }

  after(delayMs: number, run: () => void): Timer {
    const waiting: Waiting = { dueMs: this.#monotonic + Math.max(0, delayMs), run };
    this.#waiting.splice(this.#placeOf(waiting.dueMs), 0, waiting);
    return {
      cancel: () => {
        const at = this.#waiting.indexOf(waiting);
        if (at >= 0) this.#waiting.splice(at, 1);
      },
    };
  }

  /** How many timers wait: a part that was closed leaves none behind. */
  get timers(): number {
    return this.#waiting.length;
  }

  /**
   * Lets `durationMs` pass: fires what falls due, each at its own moment and in order, and lets all promises settle
   * between two of them. An error thrown by a timer comes out here.
   */
  async advance(durationMs: number): Promise<void> {
    if (this.#advancing) throw new Error('advance() is running already: await it before the next one');
    this.#advancing = true;
    try {
      await settled();
      const until = this.#monotonic + durationMs;
      for (let next = this.#waiting[0]; next && next.dueMs <= until; next = this.#waiting[0]) {
        this.#waiting.shift();
        this.#monotonic = Math.max(this.#monotonic, next.dueMs);
        next.run();
        await settled();
      }
      this.#monotonic = Math.max(this.#monotonic, until);
    } finally {
      this.#advancing = false;
    }
  }

  /** The process stood still for `durationMs` (SIGSTOP, a suspended laptop): what fell due meanwhile fires late, all at the end. */
  async freeze(durationMs: number): Promise<void> {
    this.#monotonic += durationMs;
    await this.advance(0);
  }

  /** Somebody sets the wall clock: it steps by `byMs`, either way; timers do not notice. */
  stepWall(byMs: number): void {
    this.#wallAhead += byMs;
  }

  #placeOf(dueMs: number): number {
    let from = 0;
    let to = this.#waiting.length;
    while (from < to) {
      const middle = (from + to) >>> 1;
      if ((this.#waiting[middle] as Waiting).dueMs <= dueMs) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}

/** Resolves when every promise that could settle without time or I/O has done so. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
