/** The quarter hours of the last three weeks: a mean rate of each in 16 bits, unknown where too little of it was counted. */
import { rateOf, stepsOf, UNKNOWN } from '../steep-drop/quarter-hours.ts';

export const CELL_SECONDS = 900;
export const DAY_CELLS = 96;
export const WEEK_CELLS = 7 * DAY_CELLS;
export const WEEKS_KEPT = 3;
/** A clock that changes by an hour or two moves an earlier week by as much. */
const CELLS = WEEKS_KEPT * WEEK_CELLS + 8;

/** Rates by step, worked out when they are first asked for: a quarter hour asks for hundreds. */
const RATES = new Float64Array(UNKNOWN + 1).fill(-1);

export class Weeks {
  readonly #steps = new Uint16Array(CELLS).fill(UNKNOWN);
  #last: number;
  #text: string | null = null;

  constructor(last = -1) {
    this.#last = last;
  }

  /** The newest quarter hour (since the epoch) that was set; -1 before the first. */
  get last(): number {
    return this.#last;
  }

  /**
   * @param cell  quarter hours since the epoch, later than any before; what is skipped is unknown
   * @param rate  events/s; null = unknown
   */
  set(cell: number, rate: number | null): void {
    const skipped = this.#last < 0 ? 0 : Math.min(CELLS, cell - this.#last - 1);
    for (let ago = 1; ago <= skipped; ago++) this.#steps[(cell - ago) % CELLS] = UNKNOWN;
    this.#steps[cell % CELLS] = rate === null ? UNKNOWN : stepsOf(rate);
    this.#last = cell;
    this.#text = null;
  }

  /** Events/s; below 0 where that quarter hour is not known, too long ago or not over. */
  at(cell: number): number {
    if (cell < 0 || cell > this.#last || cell <= this.#last - CELLS) return -1;
    const steps = this.#steps[cell % CELLS] as number;
    const rate = RATES[steps] as number;
    if (rate >= 0 || steps === UNKNOWN) return rate;
    RATES[steps] = rateOf(steps);
    return RATES[steps] as number;
  }

  get known(): number {
    let known = 0;
    for (const steps of this.#steps) if (steps !== UNKNOWN) known++;
    return known;
  }

  /** Low byte first, as base 64; written once a quarter hour, however often it is saved. */
  save(): string {
    if (this.#text !== null) return this.#text;
    let bytes = '';
    for (const steps of this.#steps) bytes += String.fromCharCode(steps & 0xff, steps >> 8);
    this.#text = btoa(bytes);
    return this.#text;
  }

  /** @throws Error where the text holds something else */
  static restore(text: string, last: number): Weeks {
    const bytes = atob(text);
    if (bytes.length !== 2 * CELLS || !Number.isSafeInteger(last)) throw new Error('what was saved of the weeks cannot be read');
    const weeks = new Weeks(last);
    for (let i = 0; i < CELLS; i++) weeks.#steps[i] = bytes.charCodeAt(2 * i) | (bytes.charCodeAt(2 * i + 1) << 8);
    weeks.#text = text;
    return weeks;
  }
}
