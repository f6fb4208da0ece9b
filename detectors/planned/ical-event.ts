/** One VEVENT → what is planned by it: its start, length, rules, and what of a series was moved or left out. */
import type ICAL from 'ical.js';
import { ruleOf } from './ical-rule.ts';
import { momentOf, Refused, type TimeZones } from './ical-time.ts';
import { type CalendarEvent, type Length, lastOf, type Moment, type Ruled } from './occurrences.ts';
import { DAY_SECONDS } from './window.ts';
import { dayOf } from './zone.ts';

const COUNT_MAX = 10_000;
/** An event that comes again lasts so many days at most. */
const REPEATED_DAYS_MAX = 366;
/** Rules, or dates, of one event. */
const RULES_MAX = 20;
const DATES_MAX = 5000;

export interface ReadEvent {
  readonly event: CalendarEvent;
  readonly uid: string;
  /** Which of a series it stands in for; null: it stands for itself. */
  readonly inPlaceOf: Moment | null;
  readonly isCancelled: boolean;
}

/** @returns null where it takes no time. @throws Refused */
export function eventOf(component: ICAL.Component, zones: TimeZones): ReadEvent | null {
  const begins = component.getFirstProperty('dtstart');
  if (!begins) throw new Refused('BEGIN', 'it has no DTSTART');
  const start = momentOf(begins.getFirstValue() as unknown as ICAL.Time, begins, zones);
  const lasts = lengthOf(component, start, zones);
  const replaces = component.getFirstProperty('recurrence-id');
  if (replaces?.getFirstParameter('range')) throw new Refused('RECURRENCE-ID', 'RANGE=THISANDFUTURE is not read: split the series there');
  const event = {
    name: String(component.getFirstPropertyValue('summary') ?? ''),
    start,
    lasts,
    rules: rulesOf(component, start, zones),
    more: moreOf(component, lasts, zones),
    without: momentsOf(component, 'exdate', zones),
  };
  if (event.rules.length > 0 && lasts.days + lasts.seconds / DAY_SECONDS > REPEATED_DAYS_MAX) {
    throw new Refused('DTSTART', `it comes again and lasts more than ${REPEATED_DAYS_MAX} days`);
  }
  const isCancelled = String(component.getFirstPropertyValue('status')).toUpperCase() === 'CANCELLED';
  const inPlaceOf = replaces ? momentOf(replaces.getFirstValue() as unknown as ICAL.Time, replaces, zones) : null;
  const isNothing = lasts.days === 0 && lasts.seconds === 0 && event.more.length === 0 && inPlaceOf === null;
  return isNothing ? null : { event, uid: String(component.getFirstPropertyValue('uid') ?? ''), inPlaceOf, isCancelled };
}

/** @throws Refused */
function lengthOf(component: ICAL.Component, start: Moment, zones: TimeZones): Length {
  const ends = component.getFirstProperty('dtend');
  const duration = component.getFirstPropertyValue('duration') as unknown as ICAL.Duration | null;
  if (duration) return ofDuration(duration);
  if (!ends) return { days: start.isDay ? 1 : 0, seconds: 0 };
  const end = momentOf(ends.getFirstValue() as unknown as ICAL.Time, ends, zones);
  if (end.zone === start.zone && end.wall < start.wall) throw new Refused('DTEND', 'it ends before it begins');
  return between(start, end);
}

/** Whole days by the clock; of times what passes between them. */
function between(start: Moment, end: Moment): Length {
  if (start.isDay && end.isDay) return { days: dayOf(end.wall) - dayOf(start.wall), seconds: 0 };
  return { days: 0, seconds: end.wall - start.wall, end };
}

function ofDuration({ weeks, days, hours, minutes, seconds, isNegative }: ICAL.Duration): Length {
  if (isNegative) throw new Refused('DURATION', 'it ends before it begins');
  return { days: weeks * 7 + days, seconds: hours * 3600 + minutes * 60 + seconds };
}

function rulesOf(component: ICAL.Component, start: Moment, zones: TimeZones): Ruled[] {
  if (component.getFirstProperty('exrule')) throw new Refused('EXRULE', 'EXRULE is no longer part of iCalendar: write EXDATE');
  const properties = component.getAllProperties('rrule');
  if (properties.length > RULES_MAX) throw new Refused('RRULE', `it has ${properties.length} rules: ${RULES_MAX} at most`);
  const first = { day: dayOf(start.wall), time: start.wall - dayOf(start.wall) * DAY_SECONDS };
  return properties.map((property) => {
    const recur = property.getFirstValue() as unknown as ICAL.Recur;
    const rule = ruleOf(recur, first);
    if (typeof rule === 'string') throw new Refused('RRULE', rule);
    if (recur.count && recur.count > COUNT_MAX) throw new Refused('RRULE', `its COUNT is ${recur.count}: ${COUNT_MAX} at most`);
    if (recur.count) return { rule, until: lastOf(rule, start, recur.count) };
    if (!recur.until) return { rule, until: null };
    const until = momentOf(recur.until, property, zones);
    return { rule, until: until.isDay || until.zone === 'UTC' ? until : { ...until, zone: start.zone } };
  });
}

function moreOf(component: ICAL.Component, lasts: Length, zones: TimeZones): CalendarEvent['more'] {
  const properties = component.getAllProperties('rdate');
  const more = properties.flatMap((property) =>
    (property.getValues() as (ICAL.Time | ICAL.Period)[]).map((value) => {
      if (value.icalclass !== 'icalperiod') return { start: momentOf(value as ICAL.Time, property, zones), lasts };
      const { start, end, duration } = value as ICAL.Period;
      const from = momentOf(start, property, zones);
      return { start: from, lasts: duration ? ofDuration(duration) : between(from, momentOf(end, property, zones)) };
    }),
  );
  return atMost(more, 'RDATE');
}

function momentsOf(component: ICAL.Component, name: string, zones: TimeZones): Moment[] {
  const properties = component.getAllProperties(name);
  const moments = properties.flatMap((property) => (property.getValues() as ICAL.Time[]).map((value) => momentOf(value, property, zones)));
  return atMost(moments, name.toUpperCase());
}

function atMost<T>(list: T[], property: string): T[] {
  if (list.length > DATES_MAX) throw new Refused(property, `it has ${list.length} dates in ${property}: ${DATES_MAX} at most`);
  return list;
}
