/** An event of a calendar, as plain data, and the windows that it makes. */
import { holdsOn, type Rule } from './recurrence.ts';
import { DAY_SECONDS, type Planned, type PlannedWindow, reaches } from './window.ts';
import { type Changes, dayOf, ianaZone, secondOf, UTC, type WallSeconds, wallOf, type Zone, zoneOfChanges } from './zone.ts';

/** A time as a calendar says it. */
export interface Moment {
  readonly wall: WallSeconds;
  /** `UTC`, an IANA name, a name of the calendar's own, or empty: that of the YAML. */
  readonly zone: string;
  /** A whole day. */
  readonly isDay: boolean;
}

/** Whole days by the clock on the wall, then seconds that pass. */
export interface Length {
  readonly days: number;
  readonly seconds: number;
  /** Where the first one ends, in place of seconds: they are as many as pass until then, and the same for all that follow. */
  readonly end?: Moment;
}

export interface CalendarEvent {
  readonly name: string;
  readonly start: Moment;
  readonly lasts: Length;
  readonly rules: readonly Ruled[];
  /** Beside what the rules give. */
  readonly more: readonly { readonly start: Moment; readonly lasts: Length }[];
  readonly without: readonly Moment[];
}

export interface Ruled {
  readonly rule: Rule;
  /** The last start; null: it goes on for ever. */
  readonly until: Moment | null;
}

/** What a file says. */
export interface Calendar {
  readonly events: readonly CalendarEvent[];
  /** Zones that the file defines, by their names. */
  readonly zones: Readonly<Record<string, Changes>>;
}

/** Time zones by the names that a calendar calls them. */
export class Zones {
  readonly #own: Zone;
  readonly #defined: Calendar['zones'];
  readonly #known = new Map<string, Zone>([['UTC', UTC]]);

  /** @param own  that of the YAML */
  constructor(own: Zone, defined: Calendar['zones']) {
    this.#own = own;
    this.#defined = defined;
  }

  of(name: string): Zone {
    if (name === '') return this.#own;
    const known = this.#known.get(name);
    if (known) return known;
    const changes = this.#defined[name];
    const zone = changes ? zoneOfChanges(changes) : ianaZone(name);
    this.#known.set(name, zone);
    return zone;
  }
}

export function eventWindows(event: CalendarEvent, zones: Zones): Planned {
  const { name, start, lasts, rules, more, without } = event;
  const except = new Excepted(without, start, zones);
  const windowAt = (at: Moment, { days, seconds }: Length): PlannedWindow => {
    const zone = zones.of(at.zone);
    return { from: secondOf(at.wall, zone), to: secondOf(at.wall + days * DAY_SECONDS, zone) + seconds, name };
  };
  const own = passing(start, lasts, zones);
  const singles = [{ start, lasts }, ...more].filter((each) => !except.has(each.start));
  const single = singles.map((each) => windowAt(each.start, each.lasts === lasts ? own : passing(each.start, each.lasts, zones)));
  const reach = own.days + Math.ceil(own.seconds / DAY_SECONDS) + 1;
  return {
    on(dayStart) {
      const found = single.filter((window) => reaches(window, dayStart));
      if (rules.length === 0) return found;
      const today = dayOf(wallOf(dayStart, zones.of(start.zone)));
      for (const wall of startsOf(event, today - reach, today + 1, zones)) {
        const at = { ...start, wall };
        if (except.has(at)) continue;
        const window = windowAt(at, own);
        if (reaches(window, dayStart) && !found.some(({ from }) => from === window.from)) found.push(window);
      }
      return found;
    },
  };
}

/** How many seconds pass until its end. */
function passing(start: Moment, { days, seconds, end }: Length, zones: Zones): Length {
  if (!end) return { days, seconds };
  return { days, seconds: secondOf(end.wall, zones.of(end.zone)) - secondOf(start.wall, zones.of(start.zone)) };
}

/** Starts that rules give after the first one, on days from one to another. */
function startsOf({ start, rules }: CalendarEvent, from: number, to: number, zones: Zones): WallSeconds[] {
  const first = dayOf(start.wall);
  const starts: WallSeconds[] = [];
  for (let day = Math.max(first, from); day <= to; day++) {
    for (const { rule, until } of rules) {
      if (!holdsOn(rule, first, day)) continue;
      const walls = rule.times.map((time) => day * DAY_SECONDS + time);
      starts.push(...walls.filter((wall) => wall > start.wall && !isAfter({ ...start, wall }, until, zones)));
    }
  }
  return starts;
}

function isAfter(at: Moment, until: Moment | null, zones: Zones): boolean {
  if (until === null) return false;
  if (until.isDay) return dayOf(at.wall) > dayOf(until.wall);
  return secondOf(at.wall, zones.of(at.zone)) > secondOf(until.wall, zones.of(until.zone));
}

/** Days that are left out leave out whatever begins in them. */
class Excepted {
  readonly #seconds: ReadonlySet<number>;
  readonly #days: ReadonlySet<number>;
  readonly #zones: Zones;

  constructor(without: readonly Moment[], start: Moment, zones: Zones) {
    this.#zones = zones;
    const isDay = (moment: Moment): boolean => moment.isDay || start.isDay;
    this.#days = new Set(without.filter(isDay).map(({ wall }) => dayOf(wall)));
    this.#seconds = new Set(without.filter((moment) => !isDay(moment)).map(({ wall, zone }) => secondOf(wall, zones.of(zone))));
  }

  has({ wall, zone }: Moment): boolean {
    if (this.#days.size > 0 && this.#days.has(dayOf(wall))) return true;
    return this.#seconds.size > 0 && this.#seconds.has(secondOf(wall, this.#zones.of(zone)));
  }
}

/** Days that are walked to find the last of so many starts. */
const WALKED_DAYS_MAX = 366 * 100;

/**
 * The last of so many starts, of which the event's own is the first.
 *
 * @returns null where a hundred years have fewer
 */
export function lastOf(rule: Rule, start: Moment, count: number): Moment | null {
  const first = dayOf(start.wall);
  let left = count - 1;
  if (left <= 0) return start;
  for (let day = first; day < first + WALKED_DAYS_MAX; day++) {
    if (!holdsOn(rule, first, day)) continue;
    for (const time of rule.times) {
      const wall = day * DAY_SECONDS + time;
      if (wall > start.wall && --left === 0) return { ...start, wall };
    }
  }
  return null;
}
