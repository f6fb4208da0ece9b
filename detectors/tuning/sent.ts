/** The pages of one limit, or of many that did the same until now, told second by second. */
import type { Fall, Finding } from '../steep-drop/finding.ts';

/** One page. Seconds since the epoch, rates in events/s, as told at the page. */
export interface SentPage {
  readonly from: number;
  readonly at: number;
  /** The second in which it was over; null while it is not. */
  readonly resolvedAt: number | null;
  readonly rateBefore: number;
  readonly rateAfter: number;
  /** Share lost, 0..1. */
  readonly drop: number;
  /** % of the usual rate per second. */
  readonly derivative: number;
  /** Sigmas, < 0. */
  readonly steepness: number;
  readonly fallWindow: number;
  readonly eventsMissing: number;
}

type Open = { -readonly [Key in keyof SentPage]: SentPage[Key] };

export class Sent {
  readonly #pages: Open[];
  /** The first of the pages that are not over. */
  #open: number;
  /** The fall behind the newest of them, which counts on what is missing. */
  #fall: Readonly<Fall> | undefined;
  #judged: number;

  constructor(pages: Open[] = [], open = 0, fall?: Readonly<Fall>, judged = 0) {
    this.#pages = pages;
    this.#open = open;
    this.#fall = fall;
    this.#judged = judged;
  }

  /** Seconds in which it could have paged: it was not warming. */
  get judged(): number {
    return this.#judged;
  }

  add({ state, fall, second }: Finding): void {
    if (state !== 'warming') this.#judged++;
    if (fall === this.#fall) return;
    const newest = this.#pages.at(-1);
    if (newest && this.#fall) newest.eventsMissing = this.#fall.missing;
    this.#fall = fall;
    if (!fall) {
      for (; this.#open < this.#pages.length; this.#open++) (this.#pages[this.#open] as Open).resolvedAt = second;
      return;
    }
    const { from, at, rateBefore, rateAfter, drop, derivative, steepness, fallWindow, missing } = fall;
    const facts = { from, at, rateBefore, rateAfter, drop, derivative, steepness, fallWindow };
    this.#pages.push({ ...facts, resolvedAt: null, eventsMissing: missing });
  }

  copy(): Sent {
    const pages = this.#pages.map((page) => ({ ...page }));
    return new Sent(pages, this.#open, this.#fall, this.#judged);
  }

  /** From this second on it is told of another detector, which until then found the same: a fall of before is the same fall. */
  goOn(finding: Finding): void {
    const { fall, second } = finding;
    if (fall && fall.at < second) this.#fall = fall;
    this.add(finding);
  }

  pages(): SentPage[] {
    const pages = this.#pages.map((page) => ({ ...page }));
    const newest = pages.at(-1);
    if (newest && this.#fall) newest.eventsMissing = this.#fall.missing;
    return pages;
  }
}
