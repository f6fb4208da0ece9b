/** What no rule can beat: the information in a fall, and how long it takes to gather. */
import { natsOf } from './threshold.ts';

/** Information (nats) an event of the usual rate carries, when this share of them is lost: Kullback-Leibler, Poisson. */
export function informationOf(lost: number): number {
  return lost >= 1 ? 1 : lost + (1 - lost) * Math.log(1 - lost);
}

/**
 * Seconds that any rule with this budget needs, on average, until it can be sure of a fall of this depth (Lorden 1971). Noise beyond
 * Poisson only adds to it.
 *
 * @param rate  usual events/s, > 0
 * @param lost  share lost, 0..1
 */
export function leastSeconds(rate: number, lost: number, falsePagesPerYear: number): number {
  return natsOf(falsePagesPerYear) / (rate * informationOf(lost));
}
