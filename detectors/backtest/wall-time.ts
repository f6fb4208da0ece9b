/** `14:00`, `Sat 03:00`, `2026-11-20T14:00:00Z` → the second at which something made begins. */
import { parseRfc3339 } from '../../platform/units/rfc3339.ts';

const DAY_SECONDS = 86_400;
/** Made traffic has its own calendar: the days of this week, of which no clock is changed in any time zone. */
const WEEK = Date.UTC(2026, 0, 12) / 1000;
const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const TUESDAY = 1;
const MADE = /^(?:(mon|tue|wed|thu|fri|sat|sun)[a-z]*\s+)?([01]?\d|2[0-3]):([0-5]\d)$/i;

/** @returns 0 = Monday, or null where the word is no weekday */
export function weekdayOf(word: string): number | null {
  const day = WEEKDAYS.indexOf(word.slice(0, 3).toLowerCase() as (typeof WEEKDAYS)[number]);
  return day < 0 || !/^(mon|tues?|wed(nes)?|thu(rs)?|fri|sat(ur)?|sun)(day)?$/i.test(word) ? null : day;
}

/** A time of the made Tuesday, or of another day of its week. @param minute  after local midnight */
export function madeTime(minute: number, timezone: string, weekday: number = TUESDAY): number {
  return atWall(WEEK + weekday * DAY_SECONDS + minute * 60, timezone);
}

/** @returns seconds since the epoch, or null where the text is no time; without a zone it is the wall clock of `timezone` */
export function wallTime(text: string, timezone: string): number | null {
  const made = MADE.exec(text.trim());
  if (made) {
    const weekday = made[1] === undefined ? TUESDAY : (weekdayOf(made[1]) ?? TUESDAY);
    return madeTime(Number(made[2]) * 60 + Number(made[3]), timezone, weekday);
  }
  const whole = parseRfc3339(text.trim());
  if (whole !== null) return whole >= 0 ? Math.floor(whole / 1000) : null;
  const local = parseRfc3339(`${text.trim()}Z`) ?? parseRfc3339(`${text.trim()}:00Z`);
  return local === null || local < 0 ? null : atWall(Math.floor(local / 1000), timezone);
}

/** Seconds that the clock on the wall is ahead of UTC. */
export function offsetAt(second: number, timezone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: timezone,
    hourCycle: 'h23',
    ...{ year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' },
  }).formatToParts(second * 1000);
  const part = (type: string): number => Number(parts.find((p) => p.type === type)?.value);
  return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second')) / 1000 - second;
}

/** The second at which the wall shows this, told as if it were UTC. */
function atWall(shown: number, timezone: string): number {
  const near = shown - offsetAt(shown, timezone);
  return shown - offsetAt(near, timezone);
}
