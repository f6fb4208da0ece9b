/** Is it fast? The fall itself took no longer than `within`; a slow metric's evidence may take longer than that. */
import { type Seconds, WINDOWS } from './rate.ts';
import { poissonDeviance } from './steepness.ts';

/**
 * Over `within` alone the seconds before have too little evidence: a slide of ten minutes paged 14 % of the time. All up to this
 * are asked.
 */
const BEFORE_SECONDS = 30;
const LONG_BEFORE_SECONDS = 300;
/** 3 and 4 sigma. */
const ALREADY_LOW_DEVIANCE = 9;
const LOWER_STILL_DEVIANCE = 16;
/** Evidence of a fall that a gap may have hidden is looked for so long after it. */
const GAP_MEMORY_SECONDS = 1024;

export interface Fast {
  readonly holds: boolean;
  /** The longest window (s) that is fast enough at this rate. */
  readonly longest: number;
  /** The stretch (s) before the window that was low already; 0 where none was. */
  readonly alreadyLow: number;
}

export interface Falling {
  readonly window: number;
  /** Position of its first second, and its events over its exposure, events/s. */
  readonly from: number;
  readonly rate: number;
  readonly exposure: number;
  /** The lower of hour and day, or the usual rate where neither is known. Events/s. */
  readonly normal: number;
  /** Dispersion of a window by its index in WINDOWS. */
  readonly dispersionAt: (window: number) => number;
}

export interface Limits {
  readonly drop: number;
  readonly withinSeconds: number;
  /** z*, > 0 */
  readonly sigmas: number;
  /** Position at which data came back after the newest gap, and how many seconds of a fall it may have hidden. */
  readonly backAt: number | null;
  readonly hidden: number;
  /** Positions before this one are not comparable. */
  readonly first: number;
}

export function fast(seconds: Seconds, falling: Falling, limits: Limits): Fast {
  const longest = longestWindow(seconds, falling, limits);
  if (falling.window > longest) return { holds: false, longest, alreadyLow: 0 };
  // A smaller `within` asks all that a larger one asks, and more: so it never pages where that does not.
  const shortest = Math.min(BEFORE_SECONDS, Math.max(1, Math.round(limits.withinSeconds)));
  for (let stretch = shortest; stretch <= BEFORE_SECONDS; stretch++) {
    if (wasLow(seconds, falling, limits, stretch)) return { holds: false, longest, alreadyLow: stretch };
  }
  return { holds: true, longest, alreadyLow: 0 };
}

function longestWindow({ taken }: Seconds, { rate, normal, dispersionAt }: Falling, limits: Limits): number {
  const { withinSeconds, sigmas } = limits;
  const lost = Math.max(0, 1 - rate / normal);
  // Information (nats) a second per unit of the normal rate, of a fall to what is left; Lorden's bound.
  const information = lost >= 1 ? 1 : lost + (1 - lost) * Math.log(1 - lost);
  const sure = WINDOWS.findIndex((window, i) => 2 * normal * information * window >= sigmas * sigmas * dispersionAt(i));
  const needed = sure < 0 ? 0 : 2 * (WINDOWS[sure] as number);
  return Math.max(withinSeconds, needed, longestSinceGap(taken, limits));
}

/** A gap of a second hides a second of a fall, not the slide of the ten minutes around it. */
export function longestSinceGap(
  taken: number,
  { withinSeconds, backAt, hidden }: Pick<Limits, 'withinSeconds' | 'backAt' | 'hidden'>,
): number {
  return backAt !== null && taken - backAt < GAP_MEMORY_SECONDS ? Math.min(taken - backAt, withinSeconds + hidden) : 0;
}

/** Whether the seconds just before the window were low already, and the window is no deeper fall on top of that. */
function wasLow(seconds: Seconds, falling: Falling, { drop, first }: Limits, stretch: number): boolean {
  const from = falling.from - stretch;
  if (from < first) return false;
  const exposure = seconds.exposure(from, falling.from);
  const events = seconds.sum(from, falling.from);
  const longFrom = Math.max(first, from - LONG_BEFORE_SECONDS);
  const longExposure = seconds.exposure(longFrom, from);
  const before = longExposure > 0 ? seconds.sum(longFrom, from) / longExposure : falling.normal;
  const healthy = (1 - drop / 4) * Math.min(falling.normal, before) * exposure;
  const index = WINDOWS.findIndex((window) => window >= stretch);
  if (poissonDeviance(events, healthy) / falling.dispersionAt(index) < ALREADY_LOW_DEVIANCE) return false;
  const rateThen = events / exposure;
  const recent = falling.rate * falling.exposure;
  const lower = poissonDeviance(recent, (1 - drop / 2) * rateThen * falling.exposure);
  const own = falling.dispersionAt(WINDOWS.findIndex((window) => window >= falling.window));
  return !(falling.rate <= (1 - drop) * rateThen && lower / own >= LOWER_STILL_DEVIANCE);
}
