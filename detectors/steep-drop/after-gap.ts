/** After a long gap nothing just before can be compared with: until the windows are full, this time of day alone is the reference. */
import type { Dispersion } from './dispersion.ts';
import type { Seconds } from './rate.ts';
import type { Pair } from './scan.ts';
import { poissonDeviance, sigmasBelow } from './steepness.ts';

/** Gaps up to this are cut out; after longer ones the windows begin anew. */
export const GAP_SECONDS_MAX = 300;
/** The windows are full again so many seconds later. */
const FULL_SECONDS = 300;
/** Only so deep a fall below the time of day's normal pages: it is a normal of other days. */
const DROP = 0.8;

/**
 * @param first  position at which data came back
 * @param day    events/s, null = not known
 * @returns      all seconds since, where they lie deep and surely below the time of day's normal
 */
export function lowSinceGap(
  seconds: Seconds,
  dispersion: Dispersion,
  first: number,
  day: number | null,
  { forSeconds, sigmas }: { readonly forSeconds: number; readonly sigmas: number },
): Pair | null {
  const window = seconds.taken - first;
  if (day === null || window >= FULL_SECONDS || window < Math.max(1, forSeconds)) return null;
  const recent = seconds.sum(first, seconds.taken);
  const exposure = seconds.exposure(first, seconds.taken);
  if (recent > (1 - DROP) * day * exposure) return null;
  const steepness = sigmasBelow(poissonDeviance(recent, day * exposure), dispersion.of(0, day));
  return steepness <= -sigmas ? { window, from: first, recent, exposure, usual: day, steepness } : null;
}
