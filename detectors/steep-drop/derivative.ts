/** How fast the rate changes, in percent of the usual rate per second: what people see and set. */
import type { Seconds } from './rate.ts';

/** The strip is calm: two standard deviations of healthy noise stay within this many %/s. */
const CALM_PERCENT = 1.4;
const SECONDS_MIN = 3;
const SECONDS_MAX = 60;

/** Two stretches of this many seconds are compared, so that Poisson noise of this rate stays calm. */
export function stretchFor(usual: number, dispersion: number): number {
  if (usual <= 0) return SECONDS_MAX;
  const sigma = CALM_PERCENT / 200;
  const cube = (2 * dispersion) / (usual * sigma * sigma);
  let stretch = SECONDS_MIN;
  // Asked every second: some multiplications are quicker than a root.
  while (stretch < SECONDS_MAX && stretch * stretch * stretch < cube) stretch++;
  return stretch;
}

/**
 * @param stretch  seconds of each of the two stretches
 * @param since    position before which nothing is looked at
 * @returns        % of usual per second; 0 where there is too little to tell
 */
export function slope(seconds: Seconds, usual: number, stretch: number, since: number): number {
  const end = seconds.taken;
  if (usual <= 0 || end - 2 * stretch < since) return 0;
  const newer = seconds.sum(end - stretch, end) / seconds.exposure(end - stretch, end);
  const older = seconds.sum(end - 2 * stretch, end - stretch) / seconds.exposure(end - 2 * stretch, end - stretch);
  return (100 * (newer - older)) / (stretch * usual);
}
