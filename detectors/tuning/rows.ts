/** What was seen of each setting: its pages, true and false, and the delays of falls that were tried. */

import { thresholdOf } from '../steep-drop/threshold.ts';
import { LOST } from './falls.ts';
import type { Setting } from './grid.ts';
import { type Interval, rateInterval, shareInterval } from './interval.ts';
import type { Hour, Moment } from './moments.ts';
import type { SentPage } from './sent.ts';

/** An outage that is known to have been one. Seconds since the epoch. */
export interface Real {
  readonly from: number;
  readonly to: number;
  readonly what: string;
}

/** What was played and tried, by setting. */
export interface Seen {
  readonly pages: readonly (readonly SentPage[])[];
  readonly moments: readonly Moment[];
  /** By share lost, then by moment, then by setting: seconds, NaN where it was not found in time. */
  readonly delays: readonly (readonly (readonly number[])[])[];
  /** Seconds that were waited, by share lost and hour. */
  readonly waits: readonly Readonly<Record<Hour, number>>[];
}

/** A stretch of the history that is looked at by itself. */
export interface Part {
  /** Seconds since the epoch: the first, and the first one after. */
  readonly from: number;
  readonly to: number;
  /** Position of `from` in the history; that of `to` is as far from it as they are. */
  readonly at: number;
  /** Seconds in which a page would have been false: judged, and in no outage. */
  readonly judged: number;
}

export interface Delay {
  /** Of those found: mean seconds with its 95 % interval; null where none was found. */
  readonly mean: number | null;
  readonly low: number | null;
  readonly high: number | null;
  /** Share found in time with its 95 % interval. */
  readonly found: number;
  readonly foundLow: number;
  readonly foundHigh: number;
  readonly tries: number;
  readonly waitSeconds: number;
}

/** By share lost in percent. */
export type Delays = Readonly<Record<string, Delay>>;

export interface Row {
  readonly setting: Setting;
  /** z*. */
  readonly sigmas: number;
  readonly pages: readonly SentPage[];
  readonly falsePages: number;
  readonly realFound: number;
  readonly realOf: number;
  readonly perYear: Interval;
  readonly delay: Readonly<Record<Hour, Delays>>;
  /** Seconds to see half lost at the quiet hour, on average, one that is missed counting as all that was waited; null: not tried. */
  readonly halfQuiet: number | null;
}

const Z_95 = 1.96;
const YEAR_SECONDS = 365.25 * 86_400;
/** A page may come so long before an outage is known to have begun. */
const REAL_BEFORE_SECONDS = 120;

export function rowsOf(settings: readonly Setting[], seen: Seen, reals: readonly Real[], part: Part): Row[] {
  return settings.map((setting, at) => rowOf(setting, at, seen, reals, part));
}

function rowOf(setting: Setting, index: number, seen: Seen, reals: readonly Real[], part: Part): Row {
  const pages = (seen.pages[index] ?? []).filter(({ at }) => at >= part.from && at < part.to);
  const within = reals.filter(({ from }) => from >= part.from && from < part.to);
  const falsePages = pages.filter((page) => realOf(page, reals) === null).length;
  const delay = { quiet: delaysIn('quiet', index, seen, part), busy: delaysIn('busy', index, seen, part) };
  const half = delay.quiet['50'] as Delay;
  return {
    setting,
    sigmas: thresholdOf(setting.pageWhen),
    pages,
    falsePages,
    realFound: within.filter((real) => pages.some((page) => realOf(page, [real]) !== null)).length,
    realOf: within.length,
    perYear: perYearOf(falsePages, part.judged / YEAR_SECONDS),
    delay,
    halfQuiet: half.tries === 0 ? null : half.found * (half.mean ?? 0) + (1 - half.found) * half.waitSeconds,
  };
}

/** With its 95 % interval; none in T years says fewer than 3 / T. */
function perYearOf(pages: number, years: number): Interval {
  const seen = rateInterval(pages, years);
  return pages > 0 ? seen : { ...seen, high: 3 / years };
}

/** The known outage that a page tells of, or null: then it is a false one. */
export function realOf({ from, at }: Pick<SentPage, 'from' | 'at'>, reals: readonly Real[]): Real | null {
  return reals.find((real) => from <= real.to && at >= real.from - REAL_BEFORE_SECONDS) ?? null;
}

function delaysIn(hour: Hour, index: number, { moments, delays, waits }: Seen, { at, from, to }: Part): Delays {
  const until = at + to - from;
  const tried = moments.flatMap((moment, i) => (moment.hour === hour && moment.at >= at && moment.at < until ? [i] : []));
  return Object.fromEntries(
    LOST.map((lost, i) => [
      String(Math.round(lost * 100)),
      delayOf(
        tried.map((moment) => delays[i]?.[moment]?.[index] ?? Number.NaN),
        waits[i]?.[hour] ?? 0,
      ),
    ]),
  );
}

function delayOf(tries: readonly number[], waitSeconds: number): Delay {
  const found = tries.filter((delay) => !Number.isNaN(delay));
  const share = tries.length === 0 ? { value: 0, low: 0, high: 1 } : shareInterval(found.length, tries.length, Z_95);
  const all = { found: share.value, foundLow: share.low, foundHigh: share.high, tries: tries.length, waitSeconds };
  if (found.length === 0) return { mean: null, low: null, high: null, ...all };
  const mean = found.reduce((sum, delay) => sum + delay, 0) / found.length;
  const variance = found.reduce((sum, delay) => sum + (delay - mean) ** 2, 0) / Math.max(1, found.length - 1);
  const half = Z_95 * Math.sqrt(variance / found.length);
  return { mean, low: Math.max(0, mean - half), high: mean + half, ...all };
}
