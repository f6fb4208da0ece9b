/** After a long gap nothing just before can be compared with: until the windows are full, this time of day alone is the reference. */
import type { Dispersion } from './dispersion.ts';
import { type Seconds, WINDOWS } from './rate.ts';
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
 * @returns      the newest seconds since, in the shortest window that lies deep and surely below the time of day's normal
 */
export function lowSinceGap(
  seconds: Seconds,
  dispersion: Dispersion,
  first: number,
  day: number | null,
  { forSeconds, sigmas }: { readonly forSeconds: number; readonly sigmas: number },
): Pair | null {
  const end = seconds.taken;
  const since = end - first;
  if (day === null || since >= FULL_SECONDS) return null;
  for (const window of WINDOWS) {
    if (window < forSeconds) continue;
    if (window > since) return null;
    const from = end - window;
    const recent = seconds.sum(from, end);
    const exposure = seconds.exposure(from, end);
    if (recent > (1 - DROP) * day * exposure) continue;
    const steepness = sigmasBelow(poissonDeviance(recent, day * exposure), dispersion.of(0, day));
    if (steepness <= -sigmas) return { window, from, recent, exposure, usual: day, steepness };
  }
  return null;
}
