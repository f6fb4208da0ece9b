/** The server's clock as this page knows it: its words are late by the way they took, never early. */

/** The guess is let down so slowly (ms a second), so that a clock of another machine is followed when it runs slower. */
const LET_DOWN_MS_PER_SECOND = 0.5;

export class ServerTime {
  #offset: number | null = null;
  #setAt = 0;
  readonly #clock: () => number;

  /** @param clock  milliseconds that never go back */
  constructor(clock: () => number = () => performance.now()) {
    this.#clock = clock;
  }

  /** @param at  the server's time (ms since the epoch) when it sent what has just arrived */
  heard(at: number): void {
    const now = this.#clock();
    const offset = at - now;
    if (this.#offset === null || offset >= this.#guess(now)) {
      this.#offset = offset;
      this.#setAt = now;
    }
  }

  /** Milliseconds since the epoch; this machine's own clock until the server was heard. */
  now(): number {
    const now = this.#clock();
    return this.#offset === null ? Date.now() : now + this.#guess(now);
  }

  #guess(now: number): number {
    return (this.#offset as number) - ((now - this.#setAt) / 1000) * LET_DOWN_MS_PER_SECOND;
  }
}
