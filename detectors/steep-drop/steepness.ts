/** How many sigmas of its own noise a window lies below its reference. */

/**
 * Squared standardised difference of a window's count from what the reference promises (binomial, given both): needs no
 * logarithm, and below 6 no decision depends on more.
 *
 * @param recent    events in the window
 * @param expected  events in window and reference together, times `share`; > 0
 * @param share     window exposure / (window + reference exposure), 0..1
 */
export function pearson(recent: number, expected: number, share: number): number {
  return (recent - expected) ** 2 / (expected * (1 - share));
}

/**
 * Deviance of the window's count against the reference: twice the log likelihood ratio of a changed to an unchanged rate.
 *
 * @param recent     events in the window
 * @param reference  events in the reference before it
 * @param share      as in `pearson`
 * @returns          >= 0
 * @see McCullagh & Nelder, Generalized Linear Models, 2nd ed., section 2.3
 */
export function deviance(recent: number, reference: number, share: number): number {
  const total = recent + reference;
  const expected = total * share;
  return Math.max(0, 2 * (xlogy(recent, expected) + xlogy(reference, total - expected)));
}

/** Deviance of a count that fell below a known expectation (Poisson). 0 where it did not fall. */
export function poissonDeviance(count: number, expected: number): number {
  if (count >= expected) return 0;
  return 2 * (xlogy(count, expected) - (count - expected));
}

/** Sigmas (<= 0) of a deviance under noise of this dispersion (variance over mean, >= 1). */
export function sigmasBelow(deviance: number, dispersion: number): number {
  return -Math.sqrt(deviance / dispersion);
}

function xlogy(count: number, expected: number): number {
  return count === 0 ? 0 : count * Math.log(count / expected);
}
