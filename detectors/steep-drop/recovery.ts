/** Is it over? The rate stands above the recovery line for a whole minute. */
import type { Seconds } from './rate.ts';

export const RECOVERY_SECONDS = 60;
/** A second counts towards recovery by the rate over as many seconds as hold this many events. */
const EVENTS = 60;
const SMOOTH_SECONDS_MIN = 3;
/** Minutes that must stand above the line, each as a whole, where its seconds never do. */
const MINUTES = 5;

/** So many seconds after a page another fall is a fall of its own. */
export const AGAIN_SECONDS = 300;

/** Above (1 - drop / 2) of the lower of the rate before the fall and this time of day's: an evening outage mended at night must close. */
export function recoveryLine(before: number, day: number | null, drop: number): number {
  return (1 - drop / 2) * (day === null ? before : Math.min(before, day));
}

/** Whether the newest seconds are not clearly below the line (2 sigma of Poisson noise). */
export function looksUp(seconds: Seconds, line: number): boolean {
  const stretch = Math.min(RECOVERY_SECONDS, Math.max(SMOOTH_SECONDS_MIN, Math.ceil(EVENTS / Math.max(line, 0.1))));
  const from = Math.max(0, seconds.taken - stretch);
  const expected = line * seconds.exposure(from, seconds.taken);
  return seconds.sum(from, seconds.taken) >= expected - 2 * Math.sqrt(expected);
}

/** Looks are not enough at the end: the whole minute must be above the line. */
export function isUp(seconds: Seconds, line: number): boolean {
  const from = Math.max(0, seconds.taken - RECOVERY_SECONDS);
  return seconds.sum(from, seconds.taken) >= line * seconds.exposure(from, seconds.taken);
}

/**
 * Producers that flush now and then leave empty seconds for ever: their minutes tell.
 *
 * @param since  position of the first second after the page
 */
export function isUpEachMinute(seconds: Seconds, line: number, since: number): boolean {
  for (let minute = 1; minute <= MINUTES; minute++) {
    const from = seconds.taken - minute * RECOVERY_SECONDS;
    const to = from + RECOVERY_SECONDS;
    if (from < since || seconds.sum(from, to) < line * seconds.exposure(from, to)) return false;
  }
  return true;
}

/** Why another fall does not page while a page is out: it is too soon after it, or the minutes are back up; null where it would. */
export function heldAfterPage(secondsSince: number, isBack: boolean): 'soon' | 'back' | null {
  if (isBack) return 'back';
  return secondsSince < AGAIN_SECONDS ? 'soon' : null;
}
