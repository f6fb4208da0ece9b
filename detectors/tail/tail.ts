/** The tail of a metric's history: its seconds played through the rule, how near each excursion came to a page, and what that asks for. */
import { detectorOf, type JudgedMetric } from '../compound/detector-of.ts';
import type { PastSeconds } from '../past/past.ts';
import type { Evidence } from '../steep-drop/evidence.ts';
import type { Finding } from '../steep-drop/finding.ts';
import type { PageWhen, SteepDrop } from '../steep-drop/steep-drop.ts';
import { formulaOf } from '../steep-drop/threshold.ts';
import { type Fitted, fitTail, type Peak } from './fit.ts';
import { RAISE_TIMES_MAX } from './held.ts';
import { nearness } from './near.ts';

export interface TailOptions extends JudgedMetric {
  /** Whether a planned closing holds in a second (since the epoch). */
  readonly closed?: ((second: number) => boolean) | undefined;
  /** Whether a planned event holds in it. */
  readonly expected?: ((second: number) => boolean) | undefined;
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
 * A page that was over so soon, a minute of which is recovery itself, was over before anybody could have mended anything. If the highest
 * raise would have held it back, it is one of the excursions; any other page may have been an outage.
 */
export const BRIEF_SECONDS = 120;

/**
 * Always by the formula, whatever was raised since: so the same history gives the same tail. An outage is no evidence: from a block before
 * its fall until a block after its end nothing counts.
 */
export class Tail {
  readonly #options: TailOptions;
  readonly #detector: SteepDrop;
  readonly #pageWhen: PageWhen;
  readonly #peaks: Peak[] = [];
  /** Seconds that were looked at, by block. */
  readonly #looked = new Map<number, number>();
  /** From a block before each fall that was an outage until a block after its end. */
  readonly #paged: Span[] = [];
  /** The second before which it only learns; null before the first second. */
  #judgesFrom: number | null = null;
  #last = 0;
  #near = 0;
  #page: Page | null = null;
  readonly #witness = (evidence: Evidence): void => {
    this.#near = nearness(evidence);
  };

  constructor(options: TailOptions) {
    this.#options = options;
    this.#pageWhen = withoutRaise(options.pageWhen);
    this.#detector = detectorOf({ ...options, pageWhen: this.#pageWhen });
  }

  /** The last second taken; 0 before the first. */
  get last(): number {
    return this.#last;
  }

  /** Excursions that came near a page, and pages that were none, the oldest first. */
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
    const { closed, expected } = this.#options;
    const count = { second, n, share, expected: expected?.(second) ?? false };
    const finding = this.#detector.next(count, closed?.(second) ?? false, this.#witness);
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
    const open = this.#page ? [{ from: this.#page.from - BLOCK_SECONDS, to: Number.POSITIVE_INFINITY }] : [];
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

  #note(second: number, { state, fall, isDown, steepness }: Finding): void {
    if (fall && !this.#page) this.#page = { from: fall.from, at: second, sigmas: -steepness };
    else if (!fall && this.#page) this.#ended(this.#page, second);
    if (isDown || state === 'warming' || second < (this.#judgesFrom as number) || this.#options.closed?.(second)) return;
    const block = Math.floor(second / BLOCK_SECONDS);
    this.#looked.set(block, (this.#looked.get(block) ?? 0) + 1);
    if (this.#near > 0) this.#peak({ at: second, sigmas: this.#near });
  }

  #ended({ from, at, sigmas }: Page, second: number): void {
    this.#page = null;
    const isBrief = second - at <= BRIEF_SECONDS && sigmas <= formulaOf(this.#pageWhen) * RAISE_TIMES_MAX;
    if (isBrief && at >= (this.#judgesFrom as number)) this.#peak({ at, sigmas });
    else this.#paged.push({ from: from - BLOCK_SECONDS, to: second + BLOCK_SECONDS });
  }

  /** Of those less than a block apart the nearest. */
  #peak(peak: Peak): void {
    const before = this.#peaks.at(-1);
    if (!before || peak.at - before.at >= BLOCK_SECONDS) this.#peaks.push(peak);
    else if (peak.sigmas > before.sigmas) this.#peaks[this.#peaks.length - 1] = peak;
  }
}

/** One that is out, with how steep it was then. */
interface Page extends Peak {
  readonly from: number;
}

function withoutRaise(pageWhen: PageWhen): PageWhen {
  const { raisedSigmas: _, raisedByDays: __, ...written } = pageWhen;
  return written;
}
