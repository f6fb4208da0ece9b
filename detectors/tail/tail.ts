/** The tail of a metric's history: its seconds played through the rule, how near each excursion came to a page, and what that asks for. */
import type { PastSeconds } from '../past/past.ts';
import type { Evidence } from '../steep-drop/evidence.ts';
import type { Finding } from '../steep-drop/finding.ts';
import { type PageWhen, type SteepDrop, steepDrop } from '../steep-drop/steep-drop.ts';
import { formulaOf } from '../steep-drop/threshold.ts';
import { type Fitted, fitTail, type Peak } from './fit.ts';
import { nearness } from './near.ts';

export interface TailOptions {
  readonly pageWhen: PageWhen;
  /** Whether a planned closing holds in a second (since the epoch). */
  readonly closed?: ((second: number) => boolean) | undefined;
}

/** Seconds since the epoch, `to` left out. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Of an excursion: those less than a block apart are one. */
export const BLOCK_SECONDS = 300;
/** In its first day a detector learns the noise: what it finds then says little of later. */
export const LEARNING_SECONDS = 86_400;

/**
 * Always by the formula, whatever was raised since: so the same history gives the same tail. A page is never evidence, for nobody has said
 * whether it was an outage: from a block before its fall until a block after its end nothing counts.
 */
export class Tail {
  readonly #options: TailOptions;
  readonly #detector: SteepDrop;
  readonly #pageWhen: PageWhen;
  readonly #peaks: Peak[] = [];
  /** Seconds that were looked at, by block. */
  readonly #looked = new Map<number, number>();
  /** From a block before each fall that paged until a block after its end. */
  readonly #paged: Span[] = [];
  /** The second before which it only learns; null before the first second. */
  #judgesFrom: number | null = null;
  #last = 0;
  #near = 0;
  /** Since when a page is out. */
  #downFrom: number | null = null;
  readonly #witness = (evidence: Evidence): void => {
    this.#near = nearness(evidence);
  };

  constructor(options: TailOptions) {
    this.#options = options;
    this.#pageWhen = withoutRaise(options.pageWhen);
    this.#detector = steepDrop(this.#pageWhen);
  }

  /** The last second taken; 0 before the first. */
  get last(): number {
    return this.#last;
  }

  /** Excursions that came near a page and were none, the oldest first. */
  get peaks(): readonly Peak[] {
    return this.#peaks;
  }

  /**
   * Seconds as they were decided on, in order, from one place among them up to another.
   *
   * @param joint  the second from which on somebody else counted: nothing before it is compared with; null: there is none
   */
  take({ seconds, counts, shares }: PastSeconds, joint: number | null, from = 0, to = seconds.length): void {
    for (let i = from; i < to; i++) {
      const second = seconds[i] as number;
      if (second === joint) this.#detector.beginAnew('counted elsewhere');
      this.next(second, counts[i] as number, shares[i] as number);
    }
  }

  /** @param share  of the usual traffic that the count is of, above 0 to 1 */
  next(second: number, n: number, share = 1): void {
    this.#judgesFrom ??= second + LEARNING_SECONDS;
    this.#last = second;
    const finding = this.#detector.next({ second, n, share }, this.#options.closed?.(second) ?? false, this.#witness);
    this.#note(second, finding);
  }

  /** What lies before this second is forgotten. */
  forget(before: number): void {
    const first = Math.ceil(before / BLOCK_SECONDS);
    for (const block of this.#looked.keys()) if (block < first) this.#looked.delete(block);
    while (this.#paged[0] && this.#paged[0].to < before) this.#paged.shift();
    const kept = this.#peaks.findIndex(({ at }) => at >= first * BLOCK_SECONDS);
    this.#peaks.splice(0, kept < 0 ? this.#peaks.length : kept);
  }

  /** @param leftOut  what happened in these is no evidence: known incidents, what was made up */
  fit(leftOut: readonly Span[] = []): Fitted {
    const open = this.#downFrom === null ? [] : [{ from: this.#downFrom, to: Number.POSITIVE_INFINITY }];
    const out = [...this.#paged, ...open, ...leftOut];
    const isOut = (block: number): boolean => {
      const from = block * BLOCK_SECONDS;
      return out.some((span) => span.from < from + BLOCK_SECONDS && span.to > from);
    };
    let seconds = 0;
    for (const [block, looked] of this.#looked) if (!isOut(block)) seconds += looked;
    const peaks = this.#peaks.filter(({ at }) => !isOut(Math.floor(at / BLOCK_SECONDS)));
    return fitTail(peaks, seconds, { formula: formulaOf(this.#pageWhen), falsePagesPerYear: this.#pageWhen.falsePagesPerYear });
  }

  #note(second: number, { state, fall, isDown }: Finding): void {
    if (isDown) this.#downFrom ??= (fall?.from ?? second) - BLOCK_SECONDS;
    else if (this.#downFrom !== null) {
      this.#paged.push({ from: this.#downFrom, to: second + BLOCK_SECONDS });
      this.#downFrom = null;
    }
    if (isDown || state === 'warming' || second < (this.#judgesFrom as number) || this.#options.closed?.(second)) return;
    const block = Math.floor(second / BLOCK_SECONDS);
    this.#looked.set(block, (this.#looked.get(block) ?? 0) + 1);
    if (this.#near === 0) return;
    const before = this.#peaks.at(-1);
    const isSame = before !== undefined && second - before.at < BLOCK_SECONDS;
    if (!isSame) this.#peaks.push({ at: second, sigmas: this.#near });
    else if (this.#near > before.sigmas) this.#peaks[this.#peaks.length - 1] = { at: second, sigmas: this.#near };
  }
}

function withoutRaise(pageWhen: PageWhen): PageWhen {
  const { raisedSigmas: _, raisedByDays: __, ...written } = pageWhen;
  return written;
}
