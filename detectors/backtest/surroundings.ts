/** The seconds around a page, for its picture: ten minutes before it and a minute after. */

const BEFORE_SECONDS = 600;
const AFTER_SECONDS = 60;
/** A power of two above both, so that a second's place is its lowest bits. */
const KEPT_SECONDS = 1024;

export interface Around {
  /** Position 0 of `counts` is this second. */
  readonly start: number;
  /** Events of each second; null where there was no data. */
  readonly counts: (number | null)[];
}

/** A fold over seconds in order; hands over what is around each kept page once its last second has passed. */
export class Surroundings<Page extends { readonly at: number }> {
  readonly #hand: (page: Page, around: Around) => void;
  readonly #seconds = new Float64Array(KEPT_SECONDS).fill(Number.NaN);
  readonly #counts = new Float64Array(KEPT_SECONDS);
  readonly #waiting: Page[] = [];

  constructor(hand: (page: Page, around: Around) => void) {
    this.#hand = hand;
  }

  add(second: number, n: number): void {
    while (this.#waiting.length > 0 && second > (this.#waiting[0] as Page).at + AFTER_SECONDS)
      this.#handOver(this.#waiting.shift() as Page);
    const place = second % KEPT_SECONDS;
    this.#seconds[place] = second;
    this.#counts[place] = n;
  }

  keep(page: Page): void {
    this.#waiting.push(page);
  }

  /** No second follows. */
  end(): void {
    for (const page of this.#waiting.splice(0)) this.#handOver(page);
  }

  #handOver(page: Page): void {
    const start = page.at - BEFORE_SECONDS;
    const counts = Array.from({ length: BEFORE_SECONDS + AFTER_SECONDS + 1 }, (_, i) => {
      const place = (start + i) % KEPT_SECONDS;
      return this.#seconds[place] === start + i ? (this.#counts[place] as number) : null;
    });
    this.#hand(page, { start, counts });
  }
}
