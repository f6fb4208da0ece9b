/** A detector that has lived: days of quick history, an hour of seconds, then the traffic of a test. */
import { PAGE_WHEN_DEFAULT, type PageWhen } from '../../../detectors/steep-drop/page-when.ts';
import { type Fall, type SavedSteepDrop, type SteepDrop, steepDrop } from '../../../detectors/steep-drop/steep-drop.ts';
import type { Shape, Traffic } from '../../support/traffic.ts';

export const PAGE_WHEN: PageWhen = PAGE_WHEN_DEFAULT;
export const HOUR = 3600;
export const DAY = 86_400;
/** Monday 2026-01-05, 00:00 UTC: seconds of a test count from here. */
export const MONDAY = Date.UTC(2026, 0, 5) / 1000;

export interface Live {
  readonly pageWhen?: PageWhen;
  readonly traffic: Traffic;
  readonly shape: Shape;
  /** Seconds since MONDAY, `to` excluded. */
  readonly from: number;
  readonly to: number;
  readonly missing?: (second: number) => boolean;
  readonly closed?: (second: number) => boolean;
}

/** Taught from minutes of these days, then from seconds up to `at` (seconds since MONDAY). */
export function warm({ traffic, shape, at, days = 7, seconds = 2 * HOUR, pageWhen = PAGE_WHEN }: Warm): SteepDrop {
  const detector = steepDrop(pageWhen);
  const start = at - seconds;
  for (let minute = Math.floor((start - days * DAY) / 60); minute < Math.floor(start / 60); minute++) {
    const rate = shape(minute * 60 + 30);
    // A minute's mean of Poisson counts, drawn as a normal: history only needs its typical noise.
    detector.remember({ minute: MONDAY / 60 + minute, rate: Math.max(0, rate + Math.sqrt(rate / 60) * traffic.normal()) });
  }
  live(detector, { traffic, shape, from: start, to: at });
  return detector;
}

export interface Warm {
  readonly traffic: Traffic;
  readonly shape: Shape;
  readonly at: number;
  readonly days?: number;
  /** Noise is learned from these: 2 h are enough for short windows, a day for those that slow metrics need. */
  readonly seconds?: number;
  readonly pageWhen?: PageWhen;
}

/** Feeds the seconds. @returns each page in order: copies of its facts, seconds since MONDAY */
export function live(detector: SteepDrop, { traffic, shape, from, to, missing, closed }: Omit<Live, 'pageWhen'>): Fall[] {
  const pages: Fall[] = [];
  for (let second = from; second < to; second++) {
    const n = traffic.count(shape(second));
    if (missing?.(second)) continue;
    const { fall } = detector.next({ second: MONDAY + second, n, share: 1 }, closed?.(second));
    if (fall?.at === MONDAY + second) pages.push({ ...fall, from: fall.from - MONDAY, at: second });
  }
  return pages;
}

/** The same detector once more, from what it saved. */
export function again(detector: SteepDrop, pageWhen: PageWhen = PAGE_WHEN): SteepDrop {
  return steepDrop(pageWhen, JSON.parse(JSON.stringify(detector.save())) as SavedSteepDrop);
}
