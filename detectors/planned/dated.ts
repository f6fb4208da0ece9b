/** A window that comes once, by the clock on the wall: `2026-11-27 08:00 to 2026-11-30 23:59`. */
import { type Planned, reaches } from './window.ts';
import { secondOf, type WallSeconds, type Zone } from './zone.ts';

export const DATED = /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}) to (\d{4}-\d{2}-\d{2}) (\d{2}:\d{2})$/;

export interface Dated {
  readonly is: 'dated';
  readonly text: string;
  readonly from: WallSeconds;
  readonly to: WallSeconds;
}

/** @returns null where the text is none; a sentence where it is one that cannot be */
export function parseDated(text: string): Dated | string | null {
  const match = DATED.exec(text.trim());
  if (!match) return null;
  const [, fromDay = '', fromTime = '', toDay = '', toTime = ''] = match;
  const from = momentOf(fromDay, fromTime);
  const to = momentOf(toDay, toTime);
  if (from === null || to === null) {
    const [day, time] = from === null ? [fromDay, fromTime] : [toDay, toTime];
    return `there is no ${day} ${time}`;
  }
  return to > from ? { is: 'dated', text: text.trim(), from, to } : 'it ends before it begins';
}

/** 24:00 is the midnight that ends a day. */
function momentOf(day: string, time: string): WallSeconds | null {
  const midnight = Date.parse(`${day}T00:00:00Z`) / 1000;
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  const isDay = Number.isFinite(midnight) && new Date(midnight * 1000).toISOString().startsWith(day);
  if (!isDay || minute > 59 || hour * 60 + minute > 1440) return null;
  return midnight + hour * 3600 + minute * 60;
}

export function datedWindow({ text, from, to }: Dated, zone: Zone): Planned {
  const window = { from: secondOf(from, zone), to: secondOf(to, zone, 'last'), name: text };
  return { on: (dayStart) => (reaches(window, dayStart) ? [window] : []) };
}
