/**
 * Does a recurrence rule (RFC 5545) hold on a day? Asked of one day, never walked to from the beginning: so a rule without an end, or
 * one that never holds, costs no more than any other.
 */

export interface Rule {
  readonly every: 'YEARLY' | 'MONTHLY' | 'WEEKLY' | 'DAILY';
  readonly interval: number;
  /** Empty lists leave everything in. */
  readonly months: readonly number[];
  /** From 1; from the end where below 0. So are the days of the year, the weeks and the positions. */
  readonly monthDays: readonly number[];
  readonly yearDays: readonly number[];
  readonly weeks: readonly number[];
  /** 0 = Sunday; `nth` of the month or year, 0 = each. */
  readonly weekDays: readonly { readonly day: number; readonly nth: number }[];
  /** Which of a period's days. */
  readonly positions: readonly number[];
  /** 0 = Sunday. */
  readonly weekStart: number;
  /** Seconds after midnight, in order. */
  readonly times: readonly number[];
}

interface Date {
  /** From 1970-01-01. */
  readonly day: number;
  readonly year: number;
  readonly month: number;
  readonly date: number;
  readonly weekDay: number;
}

const DAY_MS = 86_400_000;

/** @param day  from 1970-01-01 */
export function dateOf(day: number): Date {
  const at = new globalThis.Date(day * DAY_MS);
  return { day, year: at.getUTCFullYear(), month: at.getUTCMonth() + 1, date: at.getUTCDate(), weekDay: at.getUTCDay() };
}

export const dayNumber = (year: number, month: number, date: number): number => globalThis.Date.UTC(year, month - 1, date) / DAY_MS;

/** What a rule leaves open is that of the event's first day. */
export function completed(rule: Rule, first: number): Rule {
  const { month, date, weekDay } = dateOf(first);
  const { every, months, monthDays, yearDays, weeks, weekDays } = rule;
  const isOpen = monthDays.length + yearDays.length + weekDays.length === 0;
  if (every === 'YEARLY' && weeks.length > 0 && isOpen) return { ...rule, weekDays: [{ day: weekDay, nth: 0 }] };
  if (!isOpen || weeks.length > 0 || every === 'DAILY') return rule;
  if (every === 'WEEKLY') return { ...rule, weekDays: [{ day: weekDay, nth: 0 }] };
  return { ...rule, monthDays: [date], months: every === 'YEARLY' && months.length === 0 ? [month] : months };
}

/**
 * @param rule   completed
 * @param first  the event's first day
 */
export function holdsOn(rule: Rule, first: number, day: number): boolean {
  if (day < first) return false;
  const asked = dateOf(day);
  if (!isInInterval(rule, dateOf(first), asked) || !fits(rule, asked)) return false;
  if (rule.positions.length === 0) return true;
  const days = periodOf(rule, asked).filter((each) => fits(rule, dateOf(each)));
  return rule.positions.some((position) => days.at(position > 0 ? position - 1 : position) === day);
}

function isInInterval({ every, interval, weekStart }: Rule, first: Date, { day, year, month }: Date): boolean {
  if (interval === 1) return true;
  if (every === 'DAILY') return (day - first.day) % interval === 0;
  if (every === 'WEEKLY') return ((weekOf(day, weekStart) - weekOf(first.day, weekStart)) / 7) % interval === 0;
  if (every === 'MONTHLY') return ((year - first.year) * 12 + month - first.month) % interval === 0;
  return (year - first.year) % interval === 0;
}

/** The first day of its week. */
const weekOf = (day: number, weekStart: number): number => day - ((dateOf(day).weekDay - weekStart + 7) % 7);

function periodOf({ every, weekStart }: Rule, { day, year, month }: Date): number[] {
  const between = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);
  if (every === 'DAILY') return [day];
  if (every === 'WEEKLY') return between(weekOf(day, weekStart), weekOf(day, weekStart) + 7);
  if (every === 'MONTHLY') return between(dayNumber(year, month, 1), dayNumber(year, month + 1, 1));
  return between(dayNumber(year, 1, 1), dayNumber(year + 1, 1, 1));
}

function fits(rule: Rule, asked: Date): boolean {
  const { months, monthDays, yearDays, weeks } = rule;
  const { day, year, month, date } = asked;
  if (months.length > 0 && !months.includes(month)) return false;
  if (monthDays.length > 0) {
    const length = dayNumber(year, month + 1, 1) - dayNumber(year, month, 1);
    if (!monthDays.some((wanted) => (wanted > 0 ? wanted : length + 1 + wanted) === date)) return false;
  }
  if (yearDays.length > 0) {
    const at = day - dayNumber(year, 1, 1) + 1;
    const length = dayNumber(year + 1, 1, 1) - dayNumber(year, 1, 1);
    if (!yearDays.some((wanted) => (wanted > 0 ? wanted : length + 1 + wanted) === at)) return false;
  }
  if (weeks.length > 0 && !isInWeeks(rule, day)) return false;
  return rule.weekDays.length === 0 || isOnWeekDay(rule, asked);
}

/** A week belongs to the year that has most of it. */
function isInWeeks({ weeks, weekStart }: Rule, day: number): boolean {
  const start = weekOf(day, weekStart);
  const { year } = dateOf(start + 3);
  const weekFrom = (of: number): number => weekOf(dayNumber(of, 1, 4), weekStart);
  const at = (start - weekFrom(year)) / 7 + 1;
  const count = (weekFrom(year + 1) - weekFrom(year)) / 7;
  return weeks.some((wanted) => (wanted > 0 ? wanted : count + 1 + wanted) === at);
}

function isOnWeekDay({ every, months, weekDays }: Rule, { day, year, month, weekDay }: Date): boolean {
  const isOfMonth = every === 'MONTHLY' || months.length > 0;
  const from = isOfMonth ? dayNumber(year, month, 1) : dayNumber(year, 1, 1);
  const to = isOfMonth ? dayNumber(year, month + 1, 1) : dayNumber(year + 1, 1, 1);
  return weekDays.some(({ day: wanted, nth }) => {
    if (wanted !== weekDay) return false;
    if (nth === 0) return true;
    return nth > 0 ? Math.floor((day - from) / 7) + 1 === nth : Math.floor((to - 1 - day) / 7) + 1 === -nth;
  });
}
