/** How long it takes to be sure of a fall: what no rule can beat, and what this one needs. */

/** Information (nats) an event of the usual rate carries, when this share of them is lost: Kullback-Leibler, Poisson. */
export function informationOf(lost: number): number {
  return lost >= 1 ? 1 : lost + (1 - lost) * Math.log(1 - lost);
}

/**
 * Seconds until a fall of this depth is sure.
 *
 * @param rate        usual events/s, > 0
 * @param lost        share lost, 0..1
 * @param sigmas      the threshold z*, > 0
 * @param dispersion  variance over mean of the metric's noise, >= 1
 */
export function secondsToSure(rate: number, lost: number, sigmas: number, dispersion = 1): number {
  return (sigmas * sigmas * dispersion) / (2 * rate * informationOf(lost));
}
