/** The clock of a process that a test kills: what waits on it never runs afterwards. */
import type { Clock, Timer } from '@plummet/sdk/clock';

export class MortalClock implements Clock {
  readonly #clock: Clock;
  #dead = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  wall(): number {
    return this.#clock.wall();
  }

  monotonic(): number {
    return this.#clock.monotonic();
  }

  after(delayMs: number, run: () => void): Timer {
    return this.#clock.after(delayMs, () => {
      if (!this.#dead) run();
    });
  }

  kill(): void {
    this.#dead = true;
  }
}
