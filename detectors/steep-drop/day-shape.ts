/** A metric's day, from its quarter hours: its quietest hour, and what it does by day. */

const DAY_QUARTERS = 96;
const HOUR_QUARTERS = 4;
const DAYS = 7;
/** Of a day, so that a restart or two leave it known. */
const QUARTERS_MIN = 92;
const QUARTER_SECONDS = 900;
/** Of fifteen minutes the lower quartile, the fourth from below, lies so many sigmas under their mean. */
const QUARTILE_SIGMAS = 0.714;
/** Of the hours that are below what is called the rate by day. */
const DAY_SHARE = 0.75;

export interface DayShape {
  /** The hour with the lowest rate: events/s and its first second when it was last. A rate of 0 is anything below 0.03/s. */
  readonly quietest: { readonly rate: number; readonly at: number };
  /** Events/s that a quarter of the day is above: by day, as opposed to by night. */
  readonly day: number;
}

/**
 * @param rateOf   lower quartile of the minutes of a quarter hour since the epoch, events/s; null = not known
 * @param quarter  the quarter hour that is not over yet
 * @returns        null before a whole day is known
 */
export function dayShape(rateOf: (quarter: number) => number | null, quarter: number): DayShape | null {
  const first = quarter - DAY_QUARTERS;
  const days = Array.from({ length: DAY_QUARTERS }, (_, i) => known(rateOf, first + i));
  if (days.filter((rates) => rates.length > 0).length < QUARTERS_MIN) return null;
  // A quiet weekend has two days in seven, an outage one.
  const low = hours(days, (rates) => rates[Math.min(1, rates.length - 1)] as number);
  const typical = hours(days, (rates) => rates[Math.floor(rates.length / 2)] as number);
  const rate = Math.min(...low);
  const at = (first + low.indexOf(rate)) * QUARTER_SECONDS;
  const ordered = typical.filter(Number.isFinite).sort((a, b) => a - b);
  return { quietest: { rate, at }, day: ordered[Math.floor(DAY_SHARE * ordered.length)] as number };
}

/** The rates of this time of day on the last days, lowest first. */
function known(rateOf: (quarter: number) => number | null, quarter: number): number[] {
  const rates: number[] = [];
  for (let ago = 0; ago < DAYS; ago++) {
    const rate = rateOf(quarter - ago * DAY_QUARTERS);
    if (rate !== null) rates.push(rate);
  }
  return rates.sort((a, b) => a - b);
}

/** The mean rate of the hour from each quarter hour on, a day round; infinite where a part of it is not known. */
function hours(days: readonly (readonly number[])[], pick: (rates: readonly number[]) => number): number[] {
  const quarters = days.map((rates) => (rates.length === 0 ? Number.POSITIVE_INFINITY : meanOf(pick(rates))));
  return quarters.map((_, from) => {
    let sum = 0;
    for (let i = 0; i < HOUR_QUARTERS; i++) sum += quarters[(from + i) % DAY_QUARTERS] as number;
    return sum / HOUR_QUARTERS;
  });
}

/** The mean whose Poisson minutes have this lower quartile: in events a minute, quartile = mean - s sqrt(mean). */
function meanOf(quartile: number): number {
  if (quartile === 0) return 0;
  return ((QUARTILE_SIGMAS + Math.sqrt(QUARTILE_SIGMAS ** 2 + 4 * 60 * quartile)) / 2) ** 2 / 60;
}
