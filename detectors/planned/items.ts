/** What stands under `closed:` or `expect:`, one by one: windows of the week, windows with dates, events of a calendar. */
import { type Dated, datedWindow, parseDated } from './dated.ts';
import { type Calendar, eventWindows, Zones } from './occurrences.ts';
import { Plan } from './plan.ts';
import { parseWeekly, type Weekly, weeklyWindows } from './weekly.ts';
import type { Planned } from './window.ts';
import type { Zone } from './zone.ts';

export interface CalendarRef {
  readonly calendar: string;
  readonly match?: string;
}

/** As it is written. */
export type WrittenItem = string | CalendarRef;
export type Written = WrittenItem | readonly WrittenItem[];

/** Events of a file that is known. */
export interface FromCalendar {
  readonly is: 'calendar';
  readonly text: string;
  readonly file: string;
  readonly events: Calendar['events'];
  readonly zones: Calendar['zones'];
}

export type Item = Weekly | Dated | FromCalendar;

export const HOW_TO_WRITE =
  'Write it like "Sun 02:00-04:00", "daily 23:30-05:00", "2026-11-27 08:00 to 2026-11-30 23:59" or { calendar: holidays.ics }.';

export const itemsOf = (written: Written | undefined): readonly WrittenItem[] => {
  if (written === undefined) return [];
  return typeof written === 'string' || 'calendar' in written ? [written] : written;
};

/**
 * @param calendars  by their paths
 * @returns          why it is none; a calendar that cannot be read is told elsewhere and has no events here
 */
export function itemOf(written: WrittenItem, calendars: Readonly<Record<string, Calendar>>): Item | string {
  if (typeof written === 'string') {
    const dated = parseDated(written);
    return parseWeekly(written) ?? (typeof dated === 'string' ? `: ${dated}` : (dated ?? ''));
  }
  const { calendar, match } = written;
  const { events = [], zones = {} } = calendars[calendar] ?? {};
  const wanted = match?.toLowerCase();
  const text = match === undefined ? calendar : `${calendar}: ${match}`;
  return {
    is: 'calendar',
    text,
    file: calendar,
    events: wanted === undefined ? events : events.filter(({ name }) => name.toLowerCase().includes(wanted)),
    zones,
  };
}

/** @param zone  that of the YAML */
export function planOf(items: readonly Item[], zone: Zone): Plan {
  return new Plan(items.flatMap((item) => partsOf(item, zone)));
}

function partsOf(item: Item, zone: Zone): Planned[] {
  if (item.is === 'weekly') return [weeklyWindows(item, zone)];
  if (item.is === 'dated') return [datedWindow(item, zone)];
  const zones = new Zones(zone, item.zones);
  return item.events.map((event) => eventWindows(event, zones));
}
