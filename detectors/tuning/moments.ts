/** At which moments falls are tried: in the quietest and the busiest hour of the day, spread over all days that can be judged. */
import type { History } from './history.ts';

export type Hour = 'quiet' | 'busy';

/** A fall is tried at each. */
export interface Moment {
  /** Position of the second in which it begins, and which share of that second is over by then, 0..1. */
  readonly at: number;
  readonly into: number;
  readonly hour: Hour;
}

export interface HourShape {
  /** Seconds since midnight UTC of its beginning. */
  readonly starts: number;
  /** Typical events/s in it. */
  readonly rate: number;
}

const DAY_SECONDS = 86_400;
const HOUR_SECONDS = 3600;
const QUARTER_SECONDS = 900;
const DAY_QUARTERS = 96;
const HOUR_QUARTERS = 4;
/** Of a quarter hour so much must be known. */
const QUARTER_SECONDS_MIN = 450;
/** A quarter hour with less than this share of the busiest one is closed: nothing is there that could fall. */
const OPEN_SHARE = 0.02;
/** What must be known around a moment, s, and which share of it. */
const BEFORE_SECONDS = 300;
const AFTER_SECONDS = 120;
const KNOWN_SHARE = 0.9;

/** The hours of the day with the least and the most events, by the median of its days; null where none is open. */
export function hoursOf(history: History): Readonly<Record<Hour, HourShape>> | null {
  const quarters = typicalQuarters(history);
  const open = OPEN_SHARE * Math.max(...quarters.map((rate) => rate ?? 0));
  const hours: HourShape[] = [];
  for (let from = 0; from < DAY_QUARTERS; from++) {
    const rates = Array.from({ length: HOUR_QUARTERS }, (_, i) => quarters[(from + i) % DAY_QUARTERS] ?? 0);
    if (rates.some((rate) => rate === 0 || rate < open)) continue;
    hours.push({ starts: from * QUARTER_SECONDS, rate: rates.reduce((sum, rate) => sum + rate, 0) / HOUR_QUARTERS });
  }
  const [quiet, ...others] = hours.sort((a, b) => a.rate - b.rate);
  return quiet ? { quiet, busy: others.at(-1) ?? quiet } : null;
}

function typicalQuarters({ start, counts, closed }: History): (number | null)[] {
  const rates: number[][] = Array.from({ length: DAY_QUARTERS }, () => []);
  const first = Math.ceil(start / QUARTER_SECONDS) * QUARTER_SECONDS - start;
  for (let from = first; from + QUARTER_SECONDS <= counts.length; from += QUARTER_SECONDS) {
    let [known, events] = [0, 0];
    for (let at = from; at < from + QUARTER_SECONDS; at++) {
      const n = counts[at] as number;
      if (Number.isNaN(n) || closed?.[at] === 1) continue;
      known++;
      events += n;
    }
    if (known >= QUARTER_SECONDS_MIN) rates[((start + from) / QUARTER_SECONDS) % DAY_QUARTERS]?.push(events / known);
  }
  return rates.map((days) => (days.length === 0 ? null : (days.sort((a, b) => a - b)[Math.floor(days.length / 2)] as number)));
}

/**
 * @param most    moments of each hour
 * @param from    position before which a detector knows too little: no whole day
 * @param random  0..1
 * @returns       in order; fewer where there are not so many seconds
 */
export function momentsOf(
  history: History,
  { hours, most, from }: { hours: Readonly<Record<Hour, HourShape>>; most: number; from: number },
  random: () => number,
): Moment[] {
  const moments: Moment[] = [];
  for (const hour of ['quiet', 'busy'] as const) {
    const starts = daysOf(history, hours[hour].starts, from);
    starts.forEach((start, day) => {
      const tries = Math.floor(((day + 1) * most) / starts.length) - Math.floor((day * most) / starts.length);
      for (let i = 0; i < tries; i++) {
        const at = start + Math.floor(((i + random()) / tries) * HOUR_SECONDS);
        const into = random();
        if (isKnownAround(history, at)) moments.push({ at, into, hour });
      }
    });
  }
  return moments.sort((a, b) => a.at - b.at);
}

/** Positions at which that hour begins, on every day of the history. */
function daysOf({ start, counts }: History, starts: number, from: number): number[] {
  const days: number[] = [];
  const first = (((starts - start) % DAY_SECONDS) + DAY_SECONDS) % DAY_SECONDS;
  for (let at = first; at + HOUR_SECONDS + AFTER_SECONDS <= counts.length; at += DAY_SECONDS) if (at >= from) days.push(at);
  return days;
}

function isKnownAround({ counts, closed }: History, at: number): boolean {
  if (Number.isNaN(counts[at])) return false;
  let known = 0;
  for (let i = at - BEFORE_SECONDS; i < at + AFTER_SECONDS; i++) if (!Number.isNaN(counts[i] ?? Number.NaN) && closed?.[i] !== 1) known++;
  return known >= KNOWN_SHARE * (BEFORE_SECONDS + AFTER_SECONDS);
}
