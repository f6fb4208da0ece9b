/** Times of an iCalendar file and the zones that they are in: IANA names, or what the file defines in a VTIMEZONE. */
import type ICAL from 'ical.js';
import { ruleOf } from './ical-rule.ts';
import type { Calendar, Moment } from './occurrences.ts';
import { dayNumber, holdsOn } from './recurrence.ts';
import { DAY_SECONDS } from './window.ts';
import { type Changes, dayOf, ianaZone, type WallSeconds } from './zone.ts';

/** What is wrong, and the property that says it. */
export class Refused extends Error {
  readonly property: string;

  constructor(property: string, message: string) {
    super(message);
    this.property = property;
  }
}

/** Zones of the file's own are worked out up to here. */
const CHANGES_UNTIL = dayNumber(2100, 1, 1);
const CHANGES_MAX = 1000;

export class TimeZones {
  readonly #components = new Map<string, ICAL.Component>();
  readonly #names = new Map<string, string>();
  readonly #used: Record<string, Changes> = {};

  constructor(components: readonly ICAL.Component[]) {
    for (const component of components) this.#components.set(String(component.getFirstPropertyValue('tzid')), component);
  }

  /** Of the file's own, those that something is in. */
  get used(): Calendar['zones'] {
    return this.#used;
  }

  /** What the system knows by that name is truer than what a calendar program wrote down of it. @throws Refused */
  named(tzid: string, property: string): string {
    const known = this.#names.get(tzid);
    if (known !== undefined) return known;
    const name = this.#find(tzid, property);
    this.#names.set(tzid, name);
    return name;
  }

  #find(tzid: string, property: string): string {
    const ends = tzid.split('/').slice(-2).join('/');
    const component = this.#components.get(tzid);
    if (isIana(tzid)) return tzid;
    if (component) {
      this.#used[tzid] = changesOf(component);
      return tzid;
    }
    if (tzid.startsWith('/') && isIana(ends)) return ends;
    throw new Refused(property, `its time zone "${tzid}" is no IANA name, and no VTIMEZONE of the file defines it`);
  }
}

function isIana(name: string): boolean {
  try {
    ianaZone(name);
    return true;
  } catch {
    return false;
  }
}

/** @throws Refused */
function changesOf(component: ICAL.Component): Changes {
  const changes = component.getAllSubcomponents().flatMap((part): [number, number][] => {
    const start = part.getFirstPropertyValue('dtstart') as unknown as ICAL.Time | null;
    const before = part.getFirstPropertyValue('tzoffsetfrom') as unknown as ICAL.UtcOffset | null;
    const after = part.getFirstPropertyValue('tzoffsetto') as unknown as ICAL.UtcOffset | null;
    if (!start || !before || !after) throw new Refused('TZID', 'a VTIMEZONE lacks DTSTART, TZOFFSETFROM or TZOFFSETTO');
    return startsOf(part, wallOfTime(start)).map((wall) => [wall - before.toSeconds(), after.toSeconds()]);
  });
  if (changes.length === 0 || changes.length > CHANGES_MAX) throw new Refused('TZID', `a VTIMEZONE changes ${changes.length} times`);
  return changes.sort(([a], [b]) => a - b);
}

function startsOf(part: ICAL.Component, start: WallSeconds): WallSeconds[] {
  const first = { day: dayOf(start), time: start - dayOf(start) * DAY_SECONDS };
  const starts = [start];
  for (const property of part.getAllProperties('rdate'))
    for (const value of property.getValues()) starts.push(wallOfTime(value as ICAL.Time));
  for (const property of part.getAllProperties('rrule')) {
    const recur = property.getFirstValue() as unknown as ICAL.Recur;
    const rule = ruleOf(recur, first);
    if (typeof rule === 'string') throw new Refused('TZID', `a VTIMEZONE cannot be read: ${rule}`);
    const until = recur.until ? dayOf(wallOfTime(recur.until)) : CHANGES_UNTIL;
    for (let day = first.day + 1; day <= Math.min(until, CHANGES_UNTIL); day++) {
      if (holdsOn(rule, first.day, day)) starts.push(day * DAY_SECONDS + first.time);
    }
  }
  return starts;
}

/** @throws Refused where it is no time */
export function wallOfTime({ year, month, day, hour, minute, second, isDate }: ICAL.Time, property = 'DTSTART'): WallSeconds {
  const wall = Date.UTC(year, month - 1, day, isDate ? 0 : hour, isDate ? 0 : minute, isDate ? 0 : second) / 1000;
  if (Number.isFinite(wall) && Math.abs(wall) < WALL_MAX) return wall;
  throw new Refused(property, `its ${property} is no time`);
}

/** The year 9999. */
const WALL_MAX = 253_402_300_800;

export function momentOf(time: ICAL.Time, property: ICAL.Property, zones: TimeZones): Moment {
  const name = property.name.toUpperCase();
  const wall = wallOfTime(time, name);
  if (time.isDate) return { wall, zone: '', isDay: true };
  if (String(time).endsWith('Z')) return { wall, zone: 'UTC', isDay: false };
  const tzid = property.getFirstParameter('tzid');
  return { wall, zone: tzid ? zones.named(tzid, name) : '', isDay: false };
}
