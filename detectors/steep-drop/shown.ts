/** What people see of a second: the rate, the share lost and the derivative, calm where nothing falls and quick where something does. */
import { slope, stretchFor } from './derivative.ts';
import type { Dispersion } from './dispersion.ts';
import type { Fall, Finding } from './finding.ts';
import type { Seconds } from './rate.ts';
import type { Scan } from './scan.ts';

/** Drawn as falling. */
export const FALLING_SIGMAS = 4;
/** The derivative strip shows the fall itself from here on: -4 happens 60 times a day, and bars should mean something. */
const STRIP_SIGMAS = 5;
/** The rate shown holds so many events, over 3 to 30 s. */
const RATE_EVENTS = 400;
/** Noise of 4 s against 4 s before: about the stretches that the slope compares. */
const STRETCH_PAIR = 9;

/** @param first  positions before this one are not comparable */
export function showWatched(
  finding: Finding,
  usual: number | null,
  { seconds, scan, dispersion, first }: { seconds: Seconds; scan: Scan; dispersion: Dispersion; first: number },
): void {
  const { steepest, window, drop } = scan;
  const known = usual ?? 0;
  finding.usual = usual;
  finding.steepness = steepest;
  const smooth = smoothSeconds(known);
  finding.rate = seconds.rate(steepest <= -FALLING_SIGMAS ? Math.min(window, smooth) : smooth);
  finding.drop = known <= 0 ? 0 : Math.max(0, 1 - finding.rate / known);
  const calm = slope(seconds, known, stretchFor(known, dispersion.of(STRETCH_PAIR, known)), first);
  finding.derivative = steepest <= -STRIP_SIGMAS ? Math.min(calm, (-100 * drop) / window) : calm;
  finding.derivativePerSecond2 = (finding.derivative / 100) * known;
}

/** While down nothing is averaged over the fall's edge. */
export function showDown(finding: Finding, fall: Fall, seconds: Seconds, first: number): void {
  const since = finding.second - fall.from;
  finding.usual = fall.rateBefore;
  finding.rate = seconds.rate(Math.max(1, Math.min(since, smoothSeconds(fall.rateBefore))));
  fall.rateAfter = finding.rate;
  finding.drop = Math.max(0, 1 - finding.rate / fall.rateBefore);
  finding.steepness = fall.steepness;
  const stretch = stretchFor(fall.rateBefore, 1);
  const fresh = since < stretch ? Math.min(0, (-100 * finding.drop) / Math.max(1, since)) : 0;
  finding.derivative = since < 2 * stretch ? fresh : slope(seconds, fall.rateBefore, stretch, first);
  finding.derivativePerSecond2 = (finding.derivative / 100) * fall.rateBefore;
}

function smoothSeconds(usual: number): number {
  return Math.min(30, Math.max(3, Math.ceil(RATE_EVENTS / Math.max(usual, 1))));
}
