/** The text of an iCalendar file (RFC 5545) → its events as plain data, or the line that stops it and what is wrong with it. */
import ICAL from 'ical.js';
import { eventOf, type ReadEvent } from './ical-event.ts';
import { Refused, TimeZones } from './ical-time.ts';
import type { Calendar, CalendarEvent, Moment } from './occurrences.ts';

export const calendarBounds = {
  charsMax: 1_000_000,
  eventsMax: 5000,
} as const;

/** Why a calendar cannot be read; the line of the file, from 1, where one is to blame. */
export interface CalendarProblem {
  readonly message: string;
  readonly line: number | null;
}

/** Never throws, whatever the text. */
export function readCalendar(text: string): Calendar | CalendarProblem {
  const { charsMax, eventsMax } = calendarBounds;
  if (text.length > charsMax) return { message: `it has more than ${charsMax} characters`, line: null };
  if (!/^\uFEFF?\s*BEGIN:VCALENDAR\s*$/im.test(text)) return { message: 'it is no iCalendar: no line of it says BEGIN:VCALENDAR', line: 1 };
  try {
    const roots = ICAL.parse(text.replace(/^\uFEFF/, '')) as unknown[];
    const calendars = (typeof roots[0] === 'string' ? [roots] : roots).map((root) => new ICAL.Component(root as string));
    const events = calendars.flatMap((calendar) => calendar.getAllSubcomponents('vevent'));
    if (events.length > eventsMax) return { message: `it has ${events.length} events: ${eventsMax} at most`, line: null };
    const zones = new TimeZones(calendars.flatMap((calendar) => calendar.getAllSubcomponents('vtimezone')));
    return eventsOf(events, zones, text);
  } catch (error) {
    if (error instanceof Refused) return { message: error.message, line: lineOf(text, 'BEGIN:VTIMEZONE', 0) };
    return asProblem(error, text);
  }
}

/** The library says which line it means by quoting it. */
function asProblem(error: unknown, text: string): CalendarProblem {
  const message = messageOf(error);
  const quoted = /"([^"]+)"$/.exec(message)?.[1] ?? /invalid \w+ "([^"]+)"/.exec(message)?.[1];
  const at = quoted === undefined ? -1 : text.split(/\r?\n/).findIndex((line) => line.includes(quoted));
  return { message, line: at < 0 ? null : at + 1 };
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error)).replace(/[.\s]+$/, '');

/** The line at which the nth of those begins, or within it the property that is to blame. */
function lineOf(text: string, begin: string, nth: number, property?: string): number | null {
  const lines = text.split(/\r?\n/);
  let left = nth;
  const start = lines.findIndex((line) => line.trim().toUpperCase() === begin && left-- === 0);
  if (start < 0) return null;
  if (property === undefined) return start + 1;
  for (let at = start; at < lines.length && !/^END:VEVENT/i.test(lines[at] as string); at++) {
    if (new RegExp(`^${property}[;:]`, 'i').test(lines[at] as string)) return at + 1;
  }
  return start + 1;
}

function eventsOf(components: readonly ICAL.Component[], zones: TimeZones, text: string): Calendar | CalendarProblem {
  const read: ReadEvent[] = [];
  for (const [i, component] of components.entries()) {
    try {
      const event = eventOf(component, zones);
      if (event) read.push(event);
    } catch (error) {
      const name = String(component.getFirstPropertyValue('summary') ?? 'an event without a name');
      const property = error instanceof Refused ? error.property : undefined;
      return { message: `"${name.slice(0, 60)}": ${messageOf(error)}`, line: lineOf(text, 'BEGIN:VEVENT', i, property) };
    }
  }
  return { events: withChanges(read), zones: zones.used };
}

/** What stands in for one of a series takes its place there; a cancelled one leaves it out. */
function withChanges(read: readonly ReadEvent[]): CalendarEvent[] {
  const changed = new Map<string, Moment[]>();
  for (const { uid, inPlaceOf } of read) if (inPlaceOf) changed.set(uid, [...(changed.get(uid) ?? []), inPlaceOf]);
  return read
    .filter(({ isCancelled }) => !isCancelled)
    .map(({ event, uid, inPlaceOf }) => {
      const elsewhere = inPlaceOf === null ? (changed.get(uid) ?? []) : [];
      return elsewhere.length === 0 ? event : { ...event, without: [...event.without, ...elsewhere] };
    });
}
