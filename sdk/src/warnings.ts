/** Warnings: each names what happened and the remedy, and comes at most once a minute, with the number held back since. */
import type { Clock } from './clock.ts';

const EACH_MS = 60_000;
/** Different warnings that are told apart; further ones share one minute. */
const WARNINGS_MAX = 1000;
const OTHER = 'other';

interface Given {
  atMs: number;
  heldBack: number;
}

export class Warnings {
  readonly #clock: Clock;
  readonly #tell: (warning: string) => void;
  readonly #given = new Map<string, Given>();

  /** @param tell  may throw: a warning never harms whoever caused it */
  constructor(clock: Clock, tell: (warning: string) => void) {
    this.#clock = clock;
    this.#tell = tell;
  }

  /**
   * @param about  what the warning is about: one of each a minute
   * @param text   asked for only where it is told
   */
  warn(about: string, text: () => string): void {
    const key = this.#given.size < WARNINGS_MAX || this.#given.has(about) ? about : OTHER;
    const now = this.#clock.monotonic();
    const given = this.#given.get(key);
    if (given && now - given.atMs < EACH_MS) {
      given.heldBack++;
      return;
    }
    this.#given.set(key, { atMs: now, heldBack: 0 });
    const more = given && given.heldBack > 0 ? ` (and ${given.heldBack} more of this kind since the last warning)` : '';
    try {
      this.#tell(text() + more);
    } catch {
      // There is nobody left to tell.
    }
  }
}
