/** How busy a made metric is: at each time of the day and week, in continuous time. */

const HOUR_SECONDS = 3600;
const DAY_SECONDS = 86_400;
/** A Monday 00:00 UTC: weeks count from there. */
const MONDAY = Date.UTC(2026, 0, 5) / 1000;

/** Times the mean rate, at seconds since a Monday's midnight. */
export type Factor = (time: number) => number;

/** A day that swings by this share around its mean, lowest at midnight. */
export const swingingBy =
  (swing: number): Factor =>
  (time) =>
    1 - swing * Math.cos((2 * Math.PI * time) / DAY_SECONDS);

const hump = (hour: number, at: number, width: number): number => {
  const away = Math.abs(hour - at);
  return Math.exp(-0.5 * (Math.min(away, 24 - away) / width) ** 2);
};

/** 0 on weekdays to 1 on the weekend, which comes and goes over the six hours around midnight. */
const weekend = (time: number): number => {
  const days = (time / DAY_SECONDS) % 7;
  const ramp = (from: number): number => Math.min(1, Math.max(0, (days - from) * 4 + 0.5));
  return ramp(5) - ramp(7) + 1 - ramp(0);
};

const TWO_HUMPED_SCALE = 1 / 0.8756;

/** A weekday with two crowds, late morning and evening, and a quiet night. Its mean is 1. */
const humps: Factor = (time) => {
  const hour = (time / HOUR_SECONDS) % 24;
  return (0.25 + 1.15 * hump(hour, 11, 2.6) + 1.25 * hump(hour, 20, 2.4)) * TWO_HUMPED_SCALE;
};

/** The same with weekends at this share of a weekday. */
export const twoHumped =
  (weekendShare = 0.6): Factor =>
  (time) =>
    humps(time) * (1 - (1 - weekendShare) * weekend(time));

/** What a metric usually does, as plain data. */
export interface Usual {
  /** Events/s in the busiest minute of a weekday. */
  readonly rate: number;
  readonly day: 'steady' | 'swinging' | 'two-humped';
  /** Of a swinging day, 0..1. */
  readonly swing: number;
  /** Share of a weekday's traffic that weekends have; 1 = they are alike. */
  readonly weekend: number;
  /** Open from one minute after midnight to another, every day; left out: always. */
  readonly open?: { readonly from: number; readonly to: number };
  /** What is left of the traffic while it is not open, 0..1. */
  readonly closedTo: number;
}

const MINUTE_SECONDS = 60;
const DAY_MINUTES = 1440;

/**
 * Events/s at a second since the epoch: in a straight line from one minute to the next, but where it opens and closes.
 *
 * @param offsetSeconds  of the local clock ahead of UTC
 */
export function rateOf(usual: Usual, offsetSeconds: number): (second: number) => number {
  const curve = curveOf(usual);
  let minute = Number.NaN;
  let from = 0;
  let rise = 0;
  return (second) => {
    const local = second + offsetSeconds - MONDAY;
    const now = Math.floor(local / MINUTE_SECONDS);
    if (now !== minute) {
      minute = now;
      const isOpen = !usual.open || holds(usual.open, modulo(now, DAY_MINUTES));
      const scale = usual.rate * (isOpen ? 1 : usual.closedTo);
      from = scale * curve(modulo(now, 7 * DAY_MINUTES) * MINUTE_SECONDS);
      rise = (scale * curve(modulo(now + 1, 7 * DAY_MINUTES) * MINUTE_SECONDS) - from) / MINUTE_SECONDS;
    }
    return from + rise * (local - now * MINUTE_SECONDS);
  };
}

/** 1 in the busiest minute of a weekday. */
function curveOf({ day, swing, weekend: share }: Usual): Factor {
  const weekly: Factor = (time) => 1 - (1 - share) * weekend(time);
  switch (day) {
    case 'steady':
      return weekly;
    case 'swinging': {
      const swinging = swingingBy(swing);
      return (time) => (swinging(time) / (1 + swing)) * weekly(time);
    }
    case 'two-humped':
      return (time) => (humps(time) / HUMPS_MOST) * weekly(time);
  }
}

const HUMPS_MOST = Math.max(...Array.from({ length: DAY_MINUTES }, (_, minute) => humps(minute * MINUTE_SECONDS)));

const holds = ({ from, to }: { from: number; to: number }, minute: number): boolean =>
  from < to ? minute >= from && minute < to : minute >= from || minute < to;

const modulo = (value: number, by: number): number => ((value % by) + by) % by;
