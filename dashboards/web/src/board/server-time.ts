/** The server's clock as this page knows it: its words are late by the way they took, never early. */

/** The guess is let down so slowly (ms a second), so that a clock of another machine is followed when it runs slower. */
const LET_DOWN_MS_PER_SECOND = 0.5;
/** Times are told in whole milliseconds. */
const ROUNDING_MS = 2;

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
    if (this.#offset === null || offset >= this.#guess(now)) this.#set(offset, now);
  }

  /**
   * The first word of a connection was sent after the connection was asked for: a guess by which it was sent before is
   * of another clock, or of one that was wrong, and is given up.
   *
   * @param askedAt  by this page's clock
   */
  met(at: number, askedAt: number): void {
    const now = this.#clock();
    if (this.#offset !== null && this.#guess(now) > at - askedAt + ROUNDING_MS) this.#set(at - now, now);
    else this.heard(at);
  }

  /** So long (ms) this machine slept without this page's clock going on. */
  slept(ms: number): void {
    if (this.#offset !== null) this.#offset += ms;
  }

  /** Milliseconds since the epoch; this machine's own clock until the server was heard. */
  now(): number {
    const now = this.#clock();
    return this.#offset === null ? Date.now() : now + this.#guess(now);
  }

  #set(offset: number, now: number): void {
    this.#offset = offset;
    this.#setAt = now;
  }

  #guess(now: number): number {
    return (this.#offset as number) - ((now - this.#setAt) / 1000) * LET_DOWN_MS_PER_SECOND;
  }
}
