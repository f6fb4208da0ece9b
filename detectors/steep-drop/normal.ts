/**
 * What is normal: the last hour, and this time of day on earlier days. Each in events/s, or null while not known. The minutes of a
 * planned event are an hour of their own, and teach this time of day no more than it is known for.
 */
import { median, quantile } from 'simple-statistics';
import { QuarterHours, type SavedDay } from './quarter-hours.ts';

const HOUR_MINUTES = 60;
/** The hour's median is believed from so many minutes on. */
const HOUR_MINUTES_MIN = 10;
/** That of a planned event's own minutes sooner: it has no other normal. */
const EXPECTED_MINUTES_MIN = 5;
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
  /** Which of them, by their index, lie in a planned event; left out where none does. */
  readonly expected?: readonly number[];
  readonly days: readonly SavedDay[];
  readonly minute: readonly [minute: number, events: number, exposure: number];
  readonly quarter: readonly [quarter: number, rates: number[]];
  /** Whether the minute and the quarter hour that are not over hold a planned event; left out where neither does. */
  readonly now?: readonly [minute: boolean, quarter: boolean];
}

interface Kept {
  readonly rate: number;
  /** Since the epoch. */
  readonly quarter: number;
  readonly expected: boolean;
}

export class Normals {
  /** The newest minutes' rates, a ring. */
  #minutes: Kept[] = [];
  /** The lower quartile of each one's minutes. */
  #quarters = new QuarterHours();
  #minute = UNKNOWN;
  #events = 0;
  #exposure = 0;
  #quarter = UNKNOWN;
  #quarterMinutes: number[] = [];
  #isMinuteExpected = false;
  #isQuarterExpected = false;
  #hourMedian: number | null = null;
  /** Of the minutes of the planned event that goes on. */
  #expectedMedian: number | null = null;
  /** Whether no minute of it was left out; those that are left need not be moved. */
  #isHourWhole = true;
  #dayAt = UNKNOWN;
  #day: number | null = null;
  #trendAt = UNKNOWN;
  #trend = 1;
  readonly #typicals = new Map<number, number | null>();

  /**
   * @param frozen    while dropped an outage must not become the hour's normal; nothing is left out of the day's
   * @param expected  in a planned event
   */
  add(second: number, n: number, share: number, frozen: boolean, expected = false): void {
    const minute = Math.floor(second / 60);
    if (minute !== this.#minute) this.#endMinute(minute, frozen);
    this.#events += n;
    this.#exposure += share;
    this.#isMinuteExpected ||= expected;
  }

  /**
   * Median of the last hour's minutes, moved by what the day normal did within that half hour, or null.
   *
   * @param expected  in a planned event: of its own minutes, once there are enough
   */
  hour(second: number, expected = false): number | null {
    const own = expected ? this.#expectedMedian : null;
    if (this.#hourMedian === null) return own;
    const minute = Math.floor(second / 60);
    if (minute !== this.#trendAt) {
      this.#trendAt = minute;
      const now = this.#typical(second);
      const before = this.#typical(second - 1800);
      this.#trend = now !== null && before !== null && before > 0 ? Math.max(0.6, Math.min(1.6, now / before)) : 1;
    }
    if (own !== null) return own * this.#trend;
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
    this.#minutes = Array(HOUR_MINUTES_MIN).fill({ rate, quarter: this.#quarter, expected: false });
    this.#hourMedian = rate;
    this.#expectedMedian = null;
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
        this.#minutes.push({ rate, quarter: this.#quarter, expected: this.#isMinuteExpected });
        if (this.#minutes.length > HOUR_MINUTES) this.#minutes.shift();
      }
      this.#quarterMinutes.push(rate);
    }
    this.#isQuarterExpected ||= this.#isMinuteExpected;
    const quarter = Math.floor((next * 60) / QUARTER_SECONDS);
    if (quarter !== this.#quarter) this.#endQuarter(quarter);
    this.#takeHour();
    this.#minute = next;
    this.#events = 0;
    this.#exposure = 0;
    this.#isMinuteExpected = false;
  }

  /** The median of the minutes that can be compared with now: the last hour of the night says nothing of the opening. */
  #takeHour(): void {
    const ordinary = this.#minutes.filter(({ expected }) => !expected);
    // A planned event that has just ended says nothing of the hour, where the hour is known without it.
    const minutes = ordinary.length < HOUR_MINUTES_MIN ? this.#minutes : ordinary;
    this.#isHourWhole = true;
    const own = this.#minutes.slice(this.#minutes.findLastIndex(({ expected }) => !expected) + 1);
    this.#expectedMedian = medianOf(own, EXPECTED_MINUTES_MIN);
    this.#hourMedian = medianOf(minutes, HOUR_MINUTES_MIN);
    const least = COMPARABLE_SHARE * (this.#typicalOf(this.#quarter) ?? 0);
    if (this.#hourMedian === null || least === 0) return;
    const comparable = minutes.filter(({ quarter }) => (this.#typicalOf(quarter) ?? least) >= least);
    if (comparable.length === minutes.length || comparable.length < COMPARABLE_MINUTES_MIN) return;
    this.#isHourWhole = false;
    this.#hourMedian = median(comparable.map(({ rate }) => rate));
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
    if (this.#quarter !== UNKNOWN && this.#quarterMinutes.length >= 5) this.#teach(this.#quarter, lowerQuartile(this.#quarterMinutes));
    this.#quarter = next;
    this.#quarterMinutes = [];
    this.#isQuarterExpected = false;
  }

  /** What comes in during a planned event is ordinary only as far as it lies below what this time of day is known for. */
  #teach(quarter: number, rate: number): void {
    const known = this.#isQuarterExpected ? this.#lowestDay(quarter * QUARTER_SECONDS) : rate;
    if (known !== null) this.#quarters.set(quarter, Math.min(rate, known));
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
      minutes: this.#minutes.map(({ rate }) => rate),
      minuteQuarters: this.#minutes.map(({ quarter }) => quarter),
      ...(this.#minutes.some(({ expected }) => expected) && {
        expected: this.#minutes.flatMap(({ expected }, i) => (expected ? [i] : [])),
      }),
      days: this.#quarters.save(),
      minute: [this.#minute, this.#events, this.#exposure],
      quarter: [this.#quarter, [...this.#quarterMinutes]],
      ...((this.#isMinuteExpected || this.#isQuarterExpected) && { now: [this.#isMinuteExpected, this.#isQuarterExpected] as const }),
    };
  }

  static restore({ minutes, minuteQuarters, expected = [], days, minute, quarter, now = [false, false] }: SavedNormals): Normals {
    const normals = new Normals();
    normals.#minutes = minutes.map((rate, i) => ({ rate, quarter: minuteQuarters?.[i] ?? quarter[0], expected: expected.includes(i) }));
    [normals.#isMinuteExpected, normals.#isQuarterExpected] = now;
    normals.#quarters = QuarterHours.restore(days);
    [normals.#minute, normals.#events, normals.#exposure] = minute;
    normals.#quarter = quarter[0];
    normals.#quarterMinutes = [...quarter[1]];
    if (normals.#minute !== UNKNOWN) normals.#takeHour();
    return normals;
  }
}

/** @param least  so few are not believed */
function medianOf(minutes: readonly Kept[], least: number): number | null {
  return minutes.length < least ? null : median(minutes.map(({ rate }) => rate));
}

function lowerQuartile(values: readonly number[]): number {
  return quantile([...values], 0.25);
}
