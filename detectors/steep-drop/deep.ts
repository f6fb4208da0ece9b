/** Is it deep? Below the usual rate just before, the last hour's and this time of day's, each significantly. */
import { poissonDeviance } from './steepness.ts';

/** 3.7 sigma. This, not the budget of false pages, decides how long half a loss takes: with 4, half of 100/s in noise of 5 takes 8.3 s. */
const DEEP_DEVIANCE_MIN = 14;
/**
 * 5 sigma where a normal lies below half of just before: the end of a sale, or a closing, falls that far by itself, and nothing but this
 * tells them from an outage. With 4, one in 25 closings to 5 % pages on the first quiet weekend;
 * with 3, the end of a spike in 3 to 10 % of cases at 5 and 20/s.
 */
const EXPECTED_DEVIANCE_MIN = 25;

export interface Depth {
  readonly holds: boolean;
  /** Share lost against the usual rate just before. */
  readonly drop: number;
  /** Deviance from half the depth below each normal, over dispersion; null where that normal is not known. */
  readonly hour: number | null;
  readonly day: number | null;
}

export interface Window {
  /** Events in the window and its exposure in seconds. */
  readonly recent: number;
  readonly exposure: number;
  /** Events/s of the reference just before. */
  readonly usual: number;
}

/**
 * @param normals     events/s; null = not known, which hides nothing
 * @param drop        share that must be lost, 0..1
 * @param dispersion  the lesser of the window's two short references
 */
export function deep(
  window: Window,
  normals: { readonly hour: number | null; readonly day: number | null },
  drop: number,
  dispersion: number,
): Depth {
  const rate = window.recent / window.exposure;
  const below = (normal: number | null): number | null => (normal === null ? null : belowNormal(window, normal, drop) / dispersion);
  const hour = below(normals.hour);
  const day = below(normals.day);
  const passes = (deviance: number | null, normal: number | null): boolean =>
    deviance === null || normal === null || deviance >= deepDevianceMin(normal, window.usual);
  const holds = rate <= (1 - drop) * window.usual && passes(hour, normals.hour) && passes(day, normals.day);
  return { holds, drop: window.usual > 0 ? 1 - rate / window.usual : 0, hour, day };
}

/** How far below half the depth a window must lie. */
export function deepDevianceMin(normal: number, usual: number): number {
  return normal < usual / 2 ? EXPECTED_DEVIANCE_MIN : DEEP_DEVIANCE_MIN;
}

/** 0 where the rate is not `drop` below the normal; else how unlikely that is of a fall of half the depth. */
function belowNormal({ recent, exposure }: Window, normal: number, drop: number): number {
  if (recent > (1 - drop) * normal * exposure) return 0;
  return poissonDeviance(recent, (1 - drop / 2) * normal * exposure);
}
