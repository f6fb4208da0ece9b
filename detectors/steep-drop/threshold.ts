/** How sure: false pages a year → sigmas, or more where the metric's history asks for it. */
import type { PageWhen } from './page-when.ts';

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

/** The budget that a threshold means: what `sigmasOf` makes of it again. */
export function falsePagesPerYearOf(sigmas: number): number {
  return (2 * DECISIONS_PER_YEAR) / Math.exp(sigmas ** 2 / 2);
}

/** Nats of evidence that any rule needs, on average, to page in vain no more often than this (Lorden 1971): 17.3 for one a year. */
export function natsOf(falsePagesPerYear: number): number {
  return Math.log(DECISIONS_PER_YEAR / falsePagesPerYear);
}

/** The threshold in force, sigmas > 0: what was written in sigmas, else what the budget asks for, or history where that asks for more. */
export function thresholdOf(pageWhen: PageWhen): number {
  return Math.max(formulaOf(pageWhen), raisedOf(pageWhen));
}

/** Without history, sigmas > 0. */
export function formulaOf({ sigmas, falsePagesPerYear }: Pick<PageWhen, 'sigmas' | 'falsePagesPerYear'>): number {
  return sigmas ?? sigmasOf(falsePagesPerYear);
}

/** What a page tells of a raise: what the threshold (< 0) was raised from, by how many days of history; nothing where there is none. */
export function raiseOf(pageWhen: PageWhen): { readonly raisedFrom?: number; readonly raisedByDays?: number } {
  const formula = formulaOf(pageWhen);
  if (raisedOf(pageWhen) <= formula) return {};
  return { raisedFrom: -formula, raisedByDays: pageWhen.raisedByDays ?? 0 };
}

/** A threshold that was written is that threshold. */
function raisedOf({ sigmas, raisedSigmas = 0 }: PageWhen): number {
  return sigmas === undefined ? raisedSigmas : 0;
}
