/** Whose turn it is to write a group: a few partitions at once, and not more groups a second than are worth their cost. */
import type { Clock, Timer } from '../../units/clock.ts';

/** libuv has four threads for files and for DNS: on a slow disk one stays free to look up the mail server. */
const AT_ONCE_MAX = 3;
/** A group costs about 0.12 ms of CPU, however few records it has: 800 a second are a tenth of a core. */
const GROUPS_PER_SECOND_MAX = 800;
/** Below this many in a row nobody waits; under steady load waiting groups grow instead of becoming more. */
const BURST_MAX = 100;
const PAUSE_MS = 4;

export class Turns {
  readonly #clock: Clock;
  readonly #waiting: (() => void)[] = [];
  #running = 0;
  #allowed = BURST_MAX;
  #countedAt: number;
  #timer: Timer | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#countedAt = clock.monotonic();
  }

  /** Resolves when the caller may write; `give` must follow. First come, first served. */
  take(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#admit();
    });
  }

  give(): void {
    this.#running--;
    this.#admit();
  }

  #admit(): void {
    const now = this.#clock.monotonic();
    this.#allowed = Math.min(BURST_MAX, this.#allowed + ((now - this.#countedAt) * GROUPS_PER_SECOND_MAX) / 1000);
    this.#countedAt = now;
    while (this.#waiting.length > 0 && this.#running < AT_ONCE_MAX && this.#allowed >= 1) {
      this.#allowed--;
      this.#running++;
      this.#waiting.shift()?.();
    }
    if (this.#waiting.length === 0 || this.#running >= AT_ONCE_MAX || this.#timer !== undefined) return;
    this.#timer = this.#clock.after(PAUSE_MS, () => {
      this.#timer = undefined;
      this.#admit();
    });
    this.#timer.keepAlive?.();
  }
}
