/** Windows of each day or week, by the clock on the wall: `Sun 02:00-04:00`, `daily 23:30-05:00`. */
import { DAY_SECONDS, type Planned, reaches } from './window.ts';
import { dayOf, secondOf, wallOf, type Zone } from './zone.ts';

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;
/** What one looks like; whether its hours are any is another matter. */
export const WEEKLY = /^(daily|Sun|Mon|Tue|Wed|Thu|Fri|Sat) ([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]|24):([0-5]\d)$/;
export const DAY_MINUTES = 1440;
/** 1970-01-01 was a Thursday. */
const FIRST_WEEKDAY = 4;

export interface Weekly {
  readonly is: 'weekly';
  readonly text: string;
  /** 0 = Sunday; null = every day. */
  readonly day: number | null;
  /** Minutes after local midnight. A window that ends before it begins reaches into the next day. */
  readonly from: number;
  readonly to: number;
}

/** @returns null where the text is none */
export function parseWeekly(text: string): Weekly | null {
  const match = WEEKLY.exec(text.trim());
  if (!match) return null;
  const [, day, fromHour, fromMinute, toHour, toMinute] = match;
  const from = Number(fromHour) * 60 + Number(fromMinute);
  const to = Number(toHour) * 60 + Number(toMinute);
  if (to > DAY_MINUTES || from === to) return null;
  return { is: 'weekly', text: text.trim(), day: day === 'daily' ? null : DAYS.indexOf(day as (typeof DAYS)[number]), from, to };
}

/** Where the clock goes back within it, it goes on until the clock reads its end for the last time. */
export function weeklyWindows({ text, day, from, to }: Weekly, zone: Zone): Planned {
  return {
    on(dayStart) {
      const today = dayOf(wallOf(dayStart, zone));
      const windows = [];
      // One that began the evening before, and what of the next day here is today in UTC.
      for (let local = today - 1; local <= today + 1; local++) {
        if (day !== null && (local + FIRST_WEEKDAY) % 7 !== day) continue;
        const midnight = local * DAY_SECONDS;
        const end = midnight + (to > from ? to : to + DAY_MINUTES) * 60;
        windows.push({ from: secondOf(midnight + from * 60, zone), to: secondOf(end, zone, 'last'), name: text });
      }
      return windows.filter((window) => reaches(window, dayStart));
    },
  };
}

/** Minutes after Sunday 00:00 of one week, without those beyond its end: those are minutes of its beginning. */
export function minutesOfWeek({ day, from, to }: Weekly): [from: number, to: number][] {
  const week = 7 * DAY_MINUTES;
  const days = day === null ? [0, 1, 2, 3, 4, 5, 6] : [day];
  return days.flatMap((each): [number, number][] => {
    const begin = each * DAY_MINUTES + from;
    const end = each * DAY_MINUTES + (to > from ? to : to + DAY_MINUTES);
    return end <= week
      ? [[begin, end]]
      : [
          [begin, week],
          [0, end - week],
        ];
  });
}
