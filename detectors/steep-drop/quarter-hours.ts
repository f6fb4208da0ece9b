/** What the quarter hours of the last fortnight held: a typical rate of each, in 16 bits. */

const QUARTERS = 96;
/** The same weekday two weeks ago, with its neighbours beyond midnight, and today. */
const DAYS = 16;
/** Steps of a rate: 0.05 % from 1/s up, finer than anything is decided by, up to 2^36 events/s. */
const STEPS_A_DOUBLING = 1536;
const STEPS_FROM = 64;
export const UNKNOWN = 0xffff;
const NO_DAY = -1;

/** `[day (epoch), rates of its 96 quarter hours, -1 = unknown]` */
export type SavedDay = readonly [day: number, quarters: readonly number[]];

export class QuarterHours {
  /** Row = day mod 16. */
  readonly #rates = new Uint16Array(DAYS * QUARTERS).fill(UNKNOWN);
  readonly #days = new Int32Array(DAYS).fill(NO_DAY);

  /**
   * @param quarter  quarter hours since the epoch, later than any before
   * @param rate     events/s
   */
  set(quarter: number, rate: number): void {
    const day = Math.floor(quarter / QUARTERS);
    const row = day % DAYS;
    if (this.#days[row] !== day) {
      this.#days[row] = day;
      this.#rates.fill(UNKNOWN, row * QUARTERS, (row + 1) * QUARTERS);
    }
    this.#rates[row * QUARTERS + (quarter % QUARTERS)] = stepsOf(rate);
  }

  /** Events/s, or null where that quarter hour is not known or too long ago. */
  at(quarter: number): number | null {
    const day = Math.floor(quarter / QUARTERS);
    if (day < 0 || this.#days[day % DAYS] !== day) return null;
    const steps = this.#rates[(day % DAYS) * QUARTERS + (quarter % QUARTERS)] as number;
    return steps === UNKNOWN ? null : rateOf(steps);
  }

  forget(): void {
    this.#days.fill(NO_DAY);
  }

  save(): SavedDay[] {
    const known = Array.from(this.#days).filter((day) => day !== NO_DAY);
    return known.map((day) => [day, Array.from({ length: QUARTERS }, (_, i) => short(this.at(day * QUARTERS + i)))]);
  }

  static restore(days: readonly SavedDay[]): QuarterHours {
    const kept = new QuarterHours();
    for (const [day, quarters] of days) {
      quarters.forEach((rate, i) => {
        if (rate >= 0) kept.set(day * QUARTERS + i, rate);
      });
    }
    return kept;
  }
}

/** @param rate  events/s, >= 0 */
export function stepsOf(rate: number): number {
  return Math.min(UNKNOWN - 1, Math.round(STEPS_A_DOUBLING * Math.log2(1 + STEPS_FROM * rate)));
}

export function rateOf(steps: number): number {
  return (2 ** (steps / STEPS_A_DOUBLING) - 1) / STEPS_FROM;
}

/** Five digits are finer than a step, so that what is restored is what was saved. */
function short(rate: number | null): number {
  return rate === null ? -1 : Number(rate.toPrecision(5));
}
