/** Traffic that stands still now and then: a heavier tail than its dispersion says. */
import { prng } from './prng.ts';

const DAY_SECONDS = 86_400;

/**
 * @param perDay       pauses, at random moments
 * @param meanSeconds  they last, exponentially
 * @returns            of second after second the share (0..1) in which it did not stand still
 */
export function pauses(seed: number, perDay: number, meanSeconds: number): (second: number) => number {
  const random = prng(seed);
  const exponential = (mean: number): number => -mean * Math.log(1 - random());
  let from = exponential(DAY_SECONDS / perDay);
  let to = from + exponential(meanSeconds);
  return (second) => {
    let still = 0;
    while (from < second + 1) {
      still += Math.max(0, Math.min(to, second + 1) - Math.max(from, second));
      if (to > second + 1) break;
      from = to + exponential(DAY_SECONDS / perDay);
      to = from + exponential(meanSeconds);
    }
    return 1 - still;
  };
}
