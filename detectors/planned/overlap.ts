/** What is planned to be closed and what is expected to be a sale cannot be the same hours. */
import { type Item, planOf } from './items.ts';
import { AHEAD_DAYS } from './plan.ts';
import { minutesOfWeek } from './weekly.ts';
import { DAY_SECONDS, type PlannedWindow } from './window.ts';
import type { Zone } from './zone.ts';

/** Whether they overlap whatever the date: both each week, or both once. */
export function overlapsAlways(expect: Item, closed: Item): boolean {
  if (expect.is === 'weekly' && closed.is === 'weekly') {
    const others = minutesOfWeek(closed);
    return minutesOfWeek(expect).some(([from, to]) => others.some((other) => from < other[1] && other[0] < to));
  }
  return expect.is === 'dated' && closed.is === 'dated' && expect.from < closed.to && closed.from < expect.to;
}

/** The first second within a year in which both hold; null where none does. @param now  second since the epoch */
export function overlapsOnce(expect: Item, closed: Item, { zone, now }: { readonly zone: Zone; readonly now: number }): number | null {
  const [sales, closings] = [planOf([expect], zone), planOf([closed], zone)];
  const today = now - (now % DAY_SECONDS);
  for (let day = 0; day <= AHEAD_DAYS; day++) {
    const others = closings.windowsOf(today + day * DAY_SECONDS);
    if (others.length === 0) continue;
    const both = sales.windowsOf(today + day * DAY_SECONDS).flatMap((sale) => others.flatMap((other) => togetherFrom(sale, other, now)));
    if (both.length > 0) return Math.min(...both);
  }
  return null;
}

function togetherFrom(sale: PlannedWindow, closing: PlannedWindow, now: number): number[] {
  const from = Math.max(now, sale.from, closing.from);
  return from < Math.min(sale.to, closing.to) ? [from] : [];
}
