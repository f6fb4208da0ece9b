/** Clocks on walls: what a time of one is in seconds since the epoch, across clock changes. */

/** A reading of a wall's clock, as the seconds since the epoch at which a clock in UTC would read the same. */
export type WallSeconds = number;

export interface Zone {
  /** Seconds that this zone's clocks are ahead of UTC. */
  offset(second: number): number;
}

export const UTC: Zone = { offset: () => 0 };

const DAY = 86_400;
/** Clocks change at quarter hours of UTC. */
const QUARTER_SECONDS = 900;
const OFFSETS_KEPT_MAX = 4096;

/** @throws RangeError where there is no zone of that name */
export function ianaZone(name: string): Zone {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: name,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  });
  const known = new Map<number, number>();
  return {
    offset(second) {
      const quarter = Math.floor(second / QUARTER_SECONDS);
      const found = known.get(quarter);
      if (found !== undefined) return found;
      if (known.size >= OFFSETS_KEPT_MAX) known.clear();
      const at = quarter * QUARTER_SECONDS;
      const parts = Object.fromEntries(format.formatToParts(at * 1000).map(({ type, value }) => [type, Number(value)]));
      const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second: seconds = 0 } = parts;
      const offset = Date.UTC(year, month - 1, day, hour, minute, seconds) / 1000 - at;
      known.set(quarter, offset);
      return offset;
    },
  };
}

/** Seconds since the epoch from which on clocks are so many seconds ahead; the first holds for all time before it, too. */
export type Changes = readonly (readonly [from: number, offset: number])[];

export function zoneOfChanges(changes: Changes): Zone {
  return {
    offset(second) {
      const found = changes.findLast(([from]) => from <= second) ?? changes[0];
      return found?.[1] ?? 0;
    },
  };
}

/**
 * When a wall's clock reads a time. A time that is skipped is read by the clock before the change; of one that comes twice it is the
 * first, or where asked the last.
 */
export function secondOf(wall: WallSeconds, zone: Zone, which: 'first' | 'last' = 'first'): number {
  const before = zone.offset(wall - DAY);
  const after = zone.offset(wall + DAY);
  const found = [wall - before, wall - after].filter((second, i) => zone.offset(second) === (i === 0 ? before : after));
  if (found.length === 0) return wall - before;
  return which === 'first' ? Math.min(...found) : Math.max(...found);
}

/** What a wall's clock reads in a second. */
export const wallOf = (second: number, zone: Zone): WallSeconds => second + zone.offset(second);

/** The wall's day, counted from 1970-01-01. */
export const dayOf = (wall: WallSeconds): number => Math.floor(wall / DAY);
