/** Which threshold holds after a fit: it rises at once, falls slowly, never flickers, and never lies below the formula. */
import type { Fitted } from './fit.ts';

/** Why a raise is less than the tail asks for. */
export type LimitedBy = 'RAISE_TIMES_MAX';

export interface Held {
  /** Sigmas > 0 above the formula; null: the formula holds. */
  readonly sigmas: number | null;
  readonly limitedBy: LimitedBy | null;
}

/** However heavy the tail: 2.25 times the evidence, which took 2.1 to 2.5 times as long to gather (measured at 5/s). */
export const RAISE_TIMES_MAX = 1.5;
/** Raises are whole tenths. */
const STEPS_PER_SIGMA = 10;
/** One that no longer needs to be as high by so much goes down, by a step a fit. */
const SLACK_SIGMAS = 0.2;

/**
 * @param before   the raise that held, sigmas; null: none did
 * @param formula  what the budget asks for by itself, sigmas > 0
 */
export function heldAfter(before: number | null, fitted: Fitted, formula: number): Held {
  const highest = floored(formula * RAISE_TIMES_MAX);
  const asked = fitted.is === 'fitted' ? askedBy(fitted, formula) : 0;
  const wanted = Math.min(highest, raised(asked));
  const limitedBy = raised(asked) > highest ? ('RAISE_TIMES_MAX' as const) : null;
  if (before !== null && wanted < before) {
    // Too little history to raise by is none to lower by.
    if (fitted.is === 'too short' || wanted >= before - SLACK_SIGMAS) return { sigmas: before, limitedBy: null };
    return { sigmas: aboveFormula(Math.min(highest, raised(before - 1.5 / STEPS_PER_SIGMA)), formula), limitedBy: null };
  }
  return { sigmas: aboveFormula(wanted, formula), limitedBy };
}

/** Chance alone never raises: all of the interval lies above the formula. Where the tail is heavier than what was fitted, its upper end. */
function askedBy({ sigmas, low, high, isHeavier }: Extract<Fitted, { is: 'fitted' }>, formula: number): number {
  if (low <= formula) return 0;
  return isHeavier ? high : sigmas;
}

/** A raise by less than a step is none. */
function aboveFormula(sigmas: number, formula: number): number | null {
  return sigmas - formula >= 1 / STEPS_PER_SIGMA ? sigmas : null;
}

const raised = (sigmas: number): number => Math.ceil(sigmas * STEPS_PER_SIGMA - 1e-6) / STEPS_PER_SIGMA;
const floored = (sigmas: number): number => Math.floor(sigmas * STEPS_PER_SIGMA + 1e-6) / STEPS_PER_SIGMA;
