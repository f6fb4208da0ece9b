/** What all lost together still lies in a segment's windows minutes after it is over: then one that came back with the whole is no news. */
import type { LastCounts } from './last-counts.ts';

/** The longest window, and the minute in which the whole recovered, rounded up. */
const AFTER_SECONDS = 600;
const MINUTE_SECONDS = 60;
/** Of what is usual in a minute, and of its Poisson noise: a segment with less has not come back, or is gone again. */
const LOW_SHARE = 0.5;
const LOW_SIGMAS = 3;

interface Segment {
  readonly counts: LastCounts;
  /** Events/s over the last hours, where no usual rate is known. */
  readonly traffic: number;
  readonly finding: { readonly usual: number | null } | null;
}

/**
 * Whether a segment's fall is left to the whole's, which is over.
 *
 * @param heldAt  the last second in which the whole was down; 0: none
 */
export function isLeftToWhole(segment: Segment | undefined, second: number, heldAt: number): boolean {
  if (!segment || second < heldAt || second - heldAt > AFTER_SECONDS) return false;
  const { n, seconds } = segment.counts.sum(second + 1 - MINUTE_SECONDS, second + 1);
  const usual = (segment.finding?.usual ?? segment.traffic) * seconds;
  return n >= Math.min(LOW_SHARE * usual, usual - LOW_SIGMAS * Math.sqrt(usual));
}
