/** Is it over? The rate stands above the recovery line for a whole minute. */
import type { Seconds } from './rate.ts';

export const RECOVERY_SECONDS = 60;
/** A second counts towards recovery by the rate over as many seconds as hold this many events. */
const EVENTS = 60;
const SMOOTH_SECONDS_MIN = 3;
/** Of Poisson noise, between fallen and up. */
const SIGMAS = 3;
const TELLING_SECONDS_MAX = 512;
/** Shares of the line. */
const LEFT_MIN = 0.05;
const LEFT_MAX = 0.75;
/** Minutes that must stand above the line, each as a whole, where its seconds never do. */
const MINUTES = 5;

/** So many seconds after a page another fall is a fall of its own. */
export const AGAIN_SECONDS = 300;

/** Above (1 - drop / 2) of the lower of the rate before the fall and this time of day's: an evening outage mended at night must close. */
export function recoveryLine(before: number, day: number | null, drop: number): number {
  return (1 - drop / 2) * (day === null ? before : Math.min(before, day));
}

/**
 * Seconds that tell up from still fallen: z² (√up + √fallen)² / (up - fallen)² of Poisson counts, each z sigmas from the middle.
 * A minute from some 3/s up; half of 1/s takes four minutes.
 *
 * @param after  events/s that the fall left
 */
export function telling(line: number, after: number): number {
  const fallen = fallenBelow(line, after);
  if (line <= fallen) return RECOVERY_SECONDS;
  const apart = (SIGMAS * (Math.sqrt(line) + Math.sqrt(fallen))) / (line - fallen);
  return Math.min(TELLING_SECONDS_MAX, Math.max(RECOVERY_SECONDS, Math.ceil(apart ** 2)));
}

/** Whether the newest seconds are not clearly below the line (2 sigma of Poisson noise), nor more like what the fall left. */
export function looksUp(seconds: Seconds, line: number, after: number): boolean {
  const stretch = Math.min(telling(line, after), Math.max(SMOOTH_SECONDS_MIN, Math.ceil(EVENTS / line)));
  const from = Math.max(seconds.taken - seconds.kept, seconds.taken - stretch);
  const exposure = seconds.exposure(from, seconds.taken);
  const expected = line * exposure;
  const fallen = fallenBelow(line, after);
  const even = fallen < line ? ((line - fallen) * exposure) / Math.log(line / fallen) : 0;
  return seconds.sum(from, seconds.taken) >= Math.max(expected - 2 * Math.sqrt(expected), even);
}

/** What is left is known from few seconds, and never quite nothing: one stray event is no recovery. */
function fallenBelow(line: number, after: number): number {
  return Math.min(Math.max(after, LEFT_MIN * line), LEFT_MAX * line);
}

/** Looks are not enough at the end: a whole minute must be above the line, and as many seconds as it takes to tell. */
export function isUp(seconds: Seconds, line: number, after: number): boolean {
  return [RECOVERY_SECONDS, telling(line, after)].every((stretch) => {
    const from = Math.max(seconds.taken - seconds.kept, seconds.taken - stretch);
    return seconds.sum(from, seconds.taken) >= line * seconds.exposure(from, seconds.taken);
  });
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
