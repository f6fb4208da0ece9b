/** The newest quarter hours beside the same hours of earlier weeks, added up backwards from now. */
import { median } from 'simple-statistics';
import { CELL_SECONDS, DAY_CELLS, WEEK_CELLS, type Weeks } from './weeks.ts';

/** No window is longer. */
export const REACH = 96;
/** Of a window's quarter hours both must be known for so many. */
const KNOWN_SHARE = 0.75;
const DAYS = 7;
const DAYS_MIN = 3;

/** Where the same hours are looked up: so many weeks ago, or 0 for the typical one of the last days. */
export type Ago = 0 | 1 | 2 | 3;

export class Against {
  ago: Ago = 0;
  /** Sums over the newest i quarter hours; index 0 is 0. Events, and what was expected; of those that are known on both sides. */
  readonly events = new Float64Array(REACH + 1);
  readonly expected = new Float64Array(REACH + 1);
  readonly known = new Uint8Array(REACH + 1);

  /**
   * @param ago     see `Ago`
   * @param growth  log of this week over the week before
   * @param moved   quarter hours by which the clock on the wall stood elsewhere then
   */
  fill(weeks: Weeks, ago: Ago, growth: number, moved: number): void {
    this.ago = ago;
    const times = Math.exp(growth * ago) * CELL_SECONDS;
    const back = ago * WEEK_CELLS - moved;
    for (let i = 0; i < REACH; i++) {
      const cell = weeks.last - i;
      const rate = weeks.at(cell);
      const then = rate < 0 ? -1 : ago === 0 ? ofDays(weeks, cell) : weeks.at(cell - back);
      const both = then >= 0;
      this.events[i + 1] = (this.events[i] as number) + (both ? rate * CELL_SECONDS : 0);
      this.expected[i + 1] = (this.expected[i] as number) + (both ? then * times : 0);
      this.known[i + 1] = (this.known[i] as number) + (both ? 1 : 0);
    }
  }

  /** The mean of several earlier weeks, of each quarter hour those that know it. */
  pool(weeks: readonly Against[]): void {
    this.ago = weeks[0]?.ago ?? 0;
    for (let i = 0; i < REACH; i++) {
      let [events, expected, known] = [0, 0, 0];
      for (const week of weeks) {
        if (week.known[i + 1] === week.known[i]) continue;
        known++;
        events = (week.events[i + 1] as number) - (week.events[i] as number);
        expected += (week.expected[i + 1] as number) - (week.expected[i] as number);
      }
      this.events[i + 1] = (this.events[i] as number) + events;
      this.expected[i + 1] = (this.expected[i] as number) + (known === 0 ? 0 : expected / known);
      this.known[i + 1] = (this.known[i] as number) + (known === 0 ? 0 : 1);
    }
  }

  /** Whether enough is known of the newest `cells`. */
  knows(cells: number): boolean {
    return (this.known[cells] as number) >= KNOWN_SHARE * cells;
  }

  /** Sums over the newest quarter hours. */
  held(cells: number): { readonly events: number; readonly expected: number } {
    return { events: this.events[cells] as number, expected: this.expected[cells] as number };
  }

  /** Means over the newest quarter hours, events/s. */
  rates(cells: number): { readonly rate: number; readonly expected: number } {
    const seconds = Math.max(1, this.known[cells] as number) * CELL_SECONDS;
    return { rate: short((this.events[cells] as number) / seconds), expected: short((this.expected[cells] as number) / seconds) };
  }

  /** Log of events over expected ones in the quarter hours from `to` (exclusive) back to `from` ago. */
  log(from: number, to = 0): number {
    const events = (this.events[from] as number) - (this.events[to] as number);
    const expected = (this.expected[from] as number) - (this.expected[to] as number);
    return Math.log((events + 0.5) / (expected + 0.5));
  }

  /**
   * How many quarter hours ago a shift began: where the sum of what lies beyond half of it is largest.
   *
   * @param log    the shift
   * @param reach  no more than so many are looked at
   * @see E. S. Page, Continuous inspection schemes, Biometrika 41 (1954)
   */
  begin(log: number, reach: number): number {
    const half = Math.exp(log / 2);
    let best = 0;
    let at = 1;
    for (let i = 1; i <= reach; i++) {
      const beyond = ((this.events[i] as number) - half * (this.expected[i] as number)) * Math.sign(log);
      if (beyond <= best) continue;
      best = beyond;
      at = i;
    }
    return at;
  }
}

/** Four digits are finer than anything told. */
function short(value: number): number {
  return Number(value.toPrecision(4));
}

function ofDays(weeks: Weeks, cell: number): number {
  const rates: number[] = [];
  for (let ago = 1; ago <= DAYS; ago++) {
    const rate = weeks.at(cell - ago * DAY_CELLS);
    if (rate >= 0) rates.push(rate);
  }
  return rates.length < DAYS_MIN ? -1 : median(rates);
}
