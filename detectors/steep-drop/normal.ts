/** What is normal: the last hour, and this time of day on earlier days. Each in events/s, or null while not known. */
import { median, quantile } from 'simple-statistics';
import { QuarterHours, type SavedDay } from './quarter-hours.ts';

const HOUR_MINUTES = 60;
/** The hour's median is believed from so many minutes on. */
const HOUR_MINUTES_MIN = 10;
const QUARTER_SECONDS = 900;
const DAY_QUARTERS = 96;
/** A stretch of no data longer than this leaves its minute out. */
const MINUTE_SECONDS_MIN = 30;
const UNKNOWN = -1;
/** Quarter hours that an hour of minutes may lie in, and some that were frozen. */
const HOUR_QUARTERS = 16;

/** Minutes of a time of day that is known for less than this share of the present one's typical rate say nothing of now: it was closed. */
const COMPARABLE_SHARE = 0.25;
/** So few comparable minutes are believed, rather than those of the closing. */
const COMPARABLE_MINUTES_MIN = 3;

export interface SavedNormals {
  readonly minutes: readonly number[];
  /** The quarter hour (since the epoch) of each; left out by earlier versions. */
  readonly minuteQuarters?: readonly number[];
  readonly days: readonly SavedDay[];
  readonly minute: readonly [minute: number, events: number, exposure: number];
  readonly quarter: readonly [quarter: number, rates: number[]];
}

export class Normals {
  /** The newest minutes' rates, a ring. */
  #minutes: number[] = [];
  #minuteQuarters: number[] = [];
  /** The lower quartile of each one's minutes. */
  #quarters = new QuarterHours();
  #minute = UNKNOWN;
  #events = 0;
  #exposure = 0;
  #quarter = UNKNOWN;
  #quarterMinutes: number[] = [];
  #hourMedian: number | null = null;
  /** Whether no minute of it was left out; those that are left need not be moved. */
  #isHourWhole = true;
  #dayAt = UNKNOWN;
  #day: number | null = null;
  #trendAt = UNKNOWN;
  #trend = 1;
  readonly #typicals = new Map<number, number | null>();

  /** @param frozen  while dropped an outage must not become the hour's normal; nothing is left out of the day's. */
  add(second: number, n: number, share: number, frozen: boolean): void {
    const minute = Math.floor(second / 60);
    if (minute !== this.#minute) this.#endMinute(minute, frozen);
    this.#events += n;
    this.#exposure += share;
  }

  /** Median of the last hour's minutes, moved by what the day normal did within that half hour, or null. */
  hour(second: number): number | null {
    if (this.#hourMedian === null) return null;
    const minute = Math.floor(second / 60);
    if (minute !== this.#trendAt) {
      this.#trendAt = minute;
      const now = this.#typical(second);
      const before = this.#typical(second - 1800);
      this.#trend = now !== null && before !== null && before > 0 ? Math.max(0.6, Math.min(1.6, now / before)) : 1;
    }
    return this.#isHourWhole ? this.#hourMedian * this.#trend : this.#hourMedian;
  }

  /** The lowest that this time of day is known for, or null before the first whole day. */
  day(second: number): number | null {
    const quarter = Math.floor(second / QUARTER_SECONDS);
    if (quarter !== this.#dayAt) {
      this.#dayAt = quarter;
      this.#day = this.#lowestDay(second);
    }
    return this.#day;
  }

  /** Lower quartile of the minutes of a quarter hour since the epoch, events/s, or null where it is not known or too long ago. */
  quarterHour(quarter: number): number | null {
    return this.#quarters.at(quarter);
  }

  /** What stands is normal now: the hour begins anew at this rate. */
  accept(rate: number): void {
    this.#minutes = Array(HOUR_MINUTES_MIN).fill(rate);
    this.#minuteQuarters = Array(HOUR_MINUTES_MIN).fill(this.#quarter);
    this.#hourMedian = rate;
    this.#quarters.forget();
    this.#typicals.clear();
    this.#isHourWhole = true;
    this.#dayAt = UNKNOWN;
    this.#trendAt = UNKNOWN;
  }

  #endMinute(next: number, frozen: boolean): void {
    if (this.#minute !== UNKNOWN && this.#exposure >= MINUTE_SECONDS_MIN) {
      const rate = this.#events / this.#exposure;
      if (!frozen) {
        this.#minutes.push(rate);
        this.#minuteQuarters.push(this.#quarter);
        if (this.#minutes.length > HOUR_MINUTES) {
          this.#minutes.shift();
          this.#minuteQuarters.shift();
        }
      }
      this.#quarterMinutes.push(rate);
    }
    const quarter = Math.floor((next * 60) / QUARTER_SECONDS);
    if (quarter !== this.#quarter) this.#endQuarter(quarter);
    this.#takeHour();
    this.#minute = next;
    this.#events = 0;
    this.#exposure = 0;
  }

  /** The median of the minutes that can be compared with now: the last hour of the night says nothing of the opening. */
  #takeHour(): void {
    const minutes = this.#minutes;
    this.#isHourWhole = true;
    this.#hourMedian = minutes.length < HOUR_MINUTES_MIN ? null : median(minutes);
    const least = COMPARABLE_SHARE * (this.#typicalOf(this.#quarter) ?? 0);
    if (this.#hourMedian === null || least === 0) return;
    const comparable = minutes.filter((_, i) => (this.#typicalOf(this.#minuteQuarters[i] as number) ?? least) >= least);
    if (comparable.length === minutes.length || comparable.length < COMPARABLE_MINUTES_MIN) return;
    this.#isHourWhole = false;
    this.#hourMedian = median(comparable);
  }

  /** The typical rate of a quarter hour of the last hour, from earlier days; each is worked out once. */
  #typicalOf(quarter: number): number | null {
    const known = this.#typicals.get(quarter);
    if (known !== undefined) return known;
    if (this.#typicals.size > HOUR_QUARTERS) this.#typicals.clear();
    const typical = this.#typical(quarter * QUARTER_SECONDS);
    this.#typicals.set(quarter, typical);
    return typical;
  }

  #endQuarter(next: number): void {
    if (this.#quarter !== UNKNOWN && this.#quarterMinutes.length >= 5)
      this.#quarters.set(this.#quarter, lowerQuartile(this.#quarterMinutes));
    this.#quarter = next;
    this.#quarterMinutes = [];
  }

  /** The lower quartile of the minutes around this time of day, so many days ago. */
  #around(second: number, daysAgo: number): number | null {
    const middle = Math.floor(second / QUARTER_SECONDS) - daysAgo * DAY_QUARTERS;
    let sum = 0;
    let known = 0;
    let least = Number.POSITIVE_INFINITY;
    for (let quarter = middle - 1; quarter <= middle + 1; quarter++) {
      const rate = this.#quarters.at(quarter);
      if (rate === null) continue;
      sum += rate;
      known++;
      if (rate < least) least = rate;
    }
    if (known === 0) return null;
    const mean = sum / known;
    // The lower quartile of all their minutes: where one quarter is far lower (a closing), its own; else between it and the mean.
    return least < mean / 2 ? least : (mean + least) / 2;
  }

  #earlier(second: number, days: number): number[] {
    const found: number[] = [];
    for (let ago = 1; ago <= days; ago++) {
      const rate = this.#around(second, ago);
      if (rate !== null) found.push(rate);
    }
    return found;
  }

  /** The median of up to seven earlier days. */
  #typical(second: number): number | null {
    const rates = this.#earlier(second, 7);
    return rates.length === 0 ? null : median(rates);
  }

  #lowestDay(second: number): number | null {
    const rates = this.#earlier(second, 7);
    if (rates.length === 0) return null;
    const typical = median(rates);
    let lowest = typical;
    const lately = rates.slice(0, 3).sort((a, b) => a - b)[1];
    if (lately !== undefined && lately < typical / 2) lowest = Math.min(lowest, lately);
    const weekday = [this.#around(second, 7), this.#around(second, 14)].filter((rate) => rate !== null).sort((a, b) => a - b);
    const [low, high] = weekday;
    if (low !== undefined && high === undefined && low >= 0.3 * typical) lowest = Math.min(lowest, low);
    if (low !== undefined && high !== undefined) lowest = Math.min(lowest, low < 0.3 * typical ? high : low);
    return lowest;
  }

  save(): SavedNormals {
    return {
      minutes: [...this.#minutes],
      minuteQuarters: [...this.#minuteQuarters],
      days: this.#quarters.save(),
      minute: [this.#minute, this.#events, this.#exposure],
      quarter: [this.#quarter, [...this.#quarterMinutes]],
    };
  }

  static restore({ minutes, minuteQuarters, days, minute, quarter }: SavedNormals): Normals {
    const normals = new Normals();
    normals.#minutes = [...minutes];
    normals.#minuteQuarters = [...(minuteQuarters ?? minutes.map(() => quarter[0]))];
    normals.#quarters = QuarterHours.restore(days);
    [normals.#minute, normals.#events, normals.#exposure] = minute;
    normals.#quarter = quarter[0];
    normals.#quarterMinutes = [...quarter[1]];
    if (normals.#minute !== UNKNOWN) normals.#takeHour();
    return normals;
  }
}

function lowerQuartile(values: readonly number[]): number {
  return quantile([...values], 0.25);
}
