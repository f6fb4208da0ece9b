/** RRULE, as a library reads it → a rule that can be asked of a day, or why Plummet reads none like it. */
import type ICAL from 'ical.js';
import { completed, type Rule } from './recurrence.ts';

const INTERVAL_MAX = 1000;
const TIMES_MAX = 48;
const WEEK_DAYS = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'];
const NTH = /^([+-]?\d{1,2})?(SU|MO|TU|WE|TH|FR|SA)$/;
const TOO_OFTEN = ['SECONDLY', 'MINUTELY', 'HOURLY'];

/**
 * @param start  day and seconds after midnight of the event's first start
 * @returns      a sentence where there is none
 */
export function ruleOf(recur: ICAL.Recur, { day, time }: { readonly day: number; readonly time: number }): Rule | string {
  const every = recur.freq as string;
  if (TOO_OFTEN.includes(every)) {
    return `its rule repeats FREQ=${every}: windows come daily at most. Write FREQ=DAILY, with BYHOUR where there are several a day`;
  }
  if (every !== 'YEARLY' && every !== 'MONTHLY' && every !== 'WEEKLY' && every !== 'DAILY') return `its rule has no FREQ that is known`;
  if (!(recur.interval >= 1 && recur.interval <= INTERVAL_MAX)) return `its INTERVAL must be from 1 to ${INTERVAL_MAX}`;
  const numbers = (part: string): number[] => (recur.getComponent(part) as (number | string)[]).map(Number);
  const weekDays = (recur.getComponent('BYDAY') as string[]).map((text) => NTH.exec(text.toUpperCase()));
  if (weekDays.some((found) => found === null)) return 'its BYDAY is none';
  const times = timesOf(time, numbers);
  if (times.length > TIMES_MAX) return `it comes ${times.length} times a day: ${TIMES_MAX} at most`;
  const positions = numbers('BYSETPOS');
  if (positions.length > 0 && times.length > 1) return 'BYSETPOS picks days here, not hours: leave BYHOUR out';
  const rule: Rule = {
    every,
    interval: recur.interval,
    months: numbers('BYMONTH'),
    monthDays: numbers('BYMONTHDAY'),
    yearDays: numbers('BYYEARDAY'),
    weeks: numbers('BYWEEKNO'),
    weekDays: weekDays.map((found) => ({ day: WEEK_DAYS.indexOf(found?.[2] ?? ''), nth: Number(found?.[1] ?? 0) })),
    positions,
    weekStart: (recur.wkst as number) - 1,
    times,
  };
  return completed(rule, day);
}

function timesOf(time: number, numbers: (part: string) => number[]): number[] {
  const given = (part: string, otherwise: number): number[] => {
    const found = numbers(part);
    return found.length > 0 ? found : [otherwise];
  };
  const [hour, minute, second] = [Math.floor(time / 3600), Math.floor(time / 60) % 60, time % 60];
  const seconds = given('BYSECOND', second);
  const minutes = given('BYMINUTE', minute).flatMap((each) => seconds.map((more) => each * 60 + more));
  const times = given('BYHOUR', hour).flatMap((each) => minutes.map((more) => each * 3600 + more));
  return [...new Set(times)].sort((a, b) => a - b);
}
