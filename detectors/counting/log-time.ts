/** Log time: the median of what several clocks say at a record, so that no single wrong one moves it. */
import type { SavedLogTime } from '../../platform/topics/checkpoints.ts';

/** A writer's word counts for so long, by append time. */
const WORD_AGE_MAX_MS = 2000;

interface Word {
  /** What its clock said, ms since the epoch. */
  readonly said: number;
  /** When the log took it, ms since the epoch. */
  readonly appendedAt: number;
}

export class LogTime {
  #now: number | undefined;
  readonly #words = new Map<string, Word>();

  /** By which everything is remembered and forgotten; 0 before the first record. */
  get newest(): number {
    return this.#now ?? 0;
  }

  /**
   * The log time of the next record. It never goes back: what was held up on its way brings an old word, and two such words would else
   * be the median for a moment, in which every producer's clock looked wrong.
   *
   * @param appendedAt  when the log took it, ms since the epoch
   * @param writer      whose clock `said` is from
   * @param said        the record's own `received` or `at`, ms since the epoch; left out where it carries none
   */
  hear(appendedAt: number, writer?: string, said?: number): number {
    const clocks = [appendedAt];
    for (const [name, word] of this.#words) {
      const age = appendedAt - word.appendedAt;
      // An append time that goes back is another broker's clock: what was said by the old one cannot be carried on by it.
      if (age < 0 || age > WORD_AGE_MAX_MS) this.#words.delete(name);
      else if (name !== writer) clocks.push(word.said + age);
    }
    if (writer !== undefined && said !== undefined) {
      clocks.push(said);
      this.#words.set(writer, { said, appendedAt });
    }
    this.#now = Math.max(medianNear(clocks, this.#now), this.newest);
    return this.#now;
  }

  save(): SavedLogTime {
    const words = [...this.#words].map(([name, { said, appendedAt }]): [string, number, number] => [name, said, appendedAt]);
    return { now: this.#now ?? null, newest: this.newest, words };
  }

  static restore({ now, newest, words }: SavedLogTime): LogTime {
    const restored = new LogTime();
    if (now !== null) restored.#now = Math.max(now, newest);
    for (const [name, said, appendedAt] of words) restored.#words.set(name, { said, appendedAt });
    return restored;
  }
}

/** The middle one; of two middle ones the nearer to `soFar`, the lower where they are equally near or nothing is known so far. */
export function medianNear(values: readonly number[], soFar: number | undefined): number {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[sorted.length >> 1] as number;
  if (sorted.length % 2 === 1) return upper;
  const lower = sorted[(sorted.length >> 1) - 1] as number;
  if (soFar === undefined) return lower;
  return Math.abs(upper - soFar) < Math.abs(lower - soFar) ? upper : lower;
}
