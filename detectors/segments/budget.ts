/** The false pages that a metric is allowed, shared out between its whole and its segments: parts cost what they are told to cost. */
import type { PageWhen } from '../steep-drop/page-when.ts';
import { falsePagesPerYearOf } from '../steep-drop/threshold.ts';

/** Half is the whole's, so that it is hardly less sure than without segments: 6.1 sigma in place of 6.0. */
export const WHOLE_SHARE = 0.5;

/** @returns the whole's limits, and the false pages a year that all its segments have together */
export function sharedOut(pageWhen: PageWhen): { readonly whole: PageWhen; readonly segmentsFalsePagesPerYear: number } {
  const { sigmas, falsePagesPerYear } = pageWhen;
  const budget = sigmas === undefined ? falsePagesPerYear : falsePagesPerYearOf(sigmas);
  // Sigmas that somebody wrote stand as they were written.
  const whole = sigmas === undefined ? { ...pageWhen, falsePagesPerYear: budget * WHOLE_SHARE } : pageWhen;
  return { whole, segmentsFalsePagesPerYear: budget * (1 - WHOLE_SHARE) };
}

/**
 * The limits of one of the metric's segments: 6.7 sigma for 50 of them at one false page a year.
 *
 * @param watched  segments that share the budget, at least 1
 */
export function pageWhenOfSegment(whole: PageWhen, segmentsFalsePagesPerYear: number, watched: number): PageWhen {
  const { sigmas: _, ...limits } = whole;
  return { ...limits, falsePagesPerYear: segmentsFalsePagesPerYear / Math.max(1, watched) };
}
