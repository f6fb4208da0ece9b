/** Is it still down? The newest seconds look more like fallen than like recovered. */
import type { Seconds } from './rate.ts';
import { WINDOWS } from './rate.ts';

/** A total loss is compared as if this share of the usual rate were left, so that one stray event does not end it. */
const LEFT_MIN = 0.05;

/** A dip and the burst after it fit in. */
const RUN_SECONDS = 4;

export interface StillDown {
  readonly holds: boolean;
  /** The first stretch of newest seconds that looked recovered, and what it held; null where none did. */
  readonly recovered: Recovered | null;
}

export interface Recovered {
  readonly seconds: number;
  /** Seconds since it ended: as long has the fall lasted, as far as this stretch tells. */
  readonly ago: number;
  readonly events: number;
  readonly allowed: number;
}

export interface Fallen {
  /** The window that shows the fall, and its rate. */
  readonly window: number;
  readonly rate: number;
  /** The lowest of usual and normals, events/s. */
  readonly upper: number;
}

/**
 * Poisson likelihoods of a stretch of v seconds with n events at the rates L (fallen) and U (recovered) are equal at
 * n = (U - L) v / ln(U / L). Doubt in favour of a fall, by a factor e, let 3 to 5 % of dips of 2 s page at 20/s; it saved 0.05 s.
 */
export function stillDown(seconds: Seconds, fallen: Fallen, drop: number, forSeconds: number): StillDown {
  const recovered = lookedRecovered(seconds, fallen, forSeconds);
  if (!recovered) return { holds: true, recovered: null };
  return { holds: rhythmic(seconds, fallen, drop, forSeconds), recovered };
}

function lookedRecovered(seconds: Seconds, { window, rate, upper }: Fallen, forSeconds: number): Recovered | null {
  const lower = Math.max(rate, LEFT_MIN * upper);
  if (lower >= upper) return { seconds: window, ago: 0, events: rate * window, allowed: 0 };
  const slope = (upper - lower) / Math.log(upper / lower);
  const end = seconds.taken;
  const look = (from: number, to: number): Recovered | null => {
    const events = seconds.sum(from, to);
    const allowed = slope * seconds.exposure(from, to);
    return events <= allowed ? null : { seconds: to - from, ago: end - to, events, allowed };
  };
  for (let back = 1; back <= Math.min(forSeconds, seconds.kept); back++) {
    const found = look(end - back, end - back + 1);
    if (found) return found;
  }
  for (const tail of WINDOWS) {
    if (tail >= window) break;
    const found = look(end - tail, end);
    if (found) return found;
  }
  return null;
}

/**
 * A dead node behind a round robin: two seconds nothing, one second all. No run of seconds looks healthy, over a time that grows with
 * `for`; the run does not, or a longer `for` would find rhythms that a shorter one misses.
 */
function rhythmic(seconds: Seconds, { window, upper }: Fallen, drop: number, forSeconds: number): boolean {
  const over = 3 * Math.max(forSeconds, RUN_SECONDS);
  if (window < over || seconds.kept < over) return false;
  const end = seconds.taken;
  for (let from = end - over; from <= end - RUN_SECONDS; from++) {
    const allowed = (1 - drop / 2) * upper * seconds.exposure(from, from + RUN_SECONDS);
    if (seconds.sum(from, from + RUN_SECONDS) > allowed) return false;
  }
  return true;
}
