/** After a long gap nothing just before can be compared with: until the windows are full, this time of day alone is the reference. */
import type { Circumstances } from './judge.ts';
import { WINDOWS } from './rate.ts';
import type { Pair } from './scan.ts';
import { poissonDeviance, sigmasBelow } from './steepness.ts';

/** Gaps up to this are cut out; after longer ones the windows begin anew. */
export const GAP_SECONDS_MAX = 300;
/** The windows are full again so many seconds later. */
export const SINCE_GAP_SECONDS = 300;
/** Only so deep a fall below the time of day's normal pages: it is a normal of other days. */
export const SINCE_GAP_DROP = 0.8;

export interface SinceGap {
  readonly pair: Pair;
  readonly isDeep: boolean;
  readonly isSure: boolean;
}

/** @returns the newest seconds since, in the shortest window that lies deep and surely below the time of day's normal */
export function lowSinceGap(circumstances: Circumstances): Pair | null {
  for (const window of WINDOWS) {
    const asked = askedSinceGap(window, circumstances);
    if (asked?.isDeep && asked.isSure) return asked.pair;
  }
  return null;
}

/** What is asked of one window since the gap; null where nothing is: the windows are full, or it is too short or too long. */
export function askedSinceGap(window: number, { seconds, dispersion, pageWhen, limits, day }: Circumstances): SinceGap | null {
  const end = seconds.taken;
  const since = end - limits.first;
  if (day === null || since >= SINCE_GAP_SECONDS || window < pageWhen.forSeconds || window > since) return null;
  const from = end - window;
  const recent = seconds.sum(from, end);
  const exposure = seconds.exposure(from, end);
  const noise = dispersion.of(0, day);
  const steepness = sigmasBelow(poissonDeviance(recent, day * exposure), noise);
  const pair = { window, from, recent, exposure, usual: day, reference: 0, steepness, dispersion: noise };
  return { pair, isDeep: recent <= (1 - SINCE_GAP_DROP) * day * exposure, isSure: steepness <= -limits.sigmas };
}
