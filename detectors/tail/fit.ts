/** The threshold that the tail of a metric's own history asks for: peaks of nearness in, sigmas with their interval out. */
import { type Exponential, exponentialOf } from './exponential.ts';
import { NEAR_SIGMAS } from './near.ts';

/** One excursion: the second (since the epoch) of its nearest approach, and the threshold at which that would have paged, sigmas > 0. */
export interface Peak {
  readonly at: number;
  readonly sigmas: number;
}

export interface Asked {
  /** Sigmas > 0 that the budget asks for by itself. Nearer excursions were pages: of them is known that they reached it, not how far. */
  readonly formula: number;
  readonly falsePagesPerYear: number;
}

export type Fitted =
  /** Too short: `days` of the `ofDays` that it takes. */
  | { readonly is: 'too short'; readonly days: number; readonly ofDays: number }
  /** It came near a page too seldom to say how often it will: what the formula asks for is enough. */
  | { readonly is: 'quiet'; readonly days: number; readonly peaks: number }
  | {
      readonly is: 'fitted';
      readonly days: number;
      readonly peaks: number;
      /** Of z² over the level, in sigmas²: 2 where all is chance. Infinity where every excursion reached the formula. */
      readonly mean: number;
      /** Sigmas > 0 that keep the budget, with their 90 % interval. */
      readonly sigmas: number;
      readonly low: number;
      readonly high: number;
      /** False pages a year that it would cost to stay with the formula. */
      readonly falsePagesByFormula: number;
      /** More of the far ones than an exponential tail has: the true threshold may lie above the interval. */
      readonly isHeavier: boolean;
    };

/** One quiet week says little about a year, less says nothing. */
export const HISTORY_DAYS_MIN = 7;
/** Of fewer, the mean is known to no better than half of itself. */
export const PEAKS_MIN = 10;
/** The nearest so many of those that did not reach the formula: what is farther away says nothing of the tail. */
export const PEAKS_MAX = 300;
/** A part of the tail that is fitted by itself has at least so many. */
const PART_PEAKS_MIN = 20;
/** What is beyond is as good as infinite: no threshold is ever asked for as far. */
const SIGMAS_MAX = 99;
const DAY_SECONDS = 86_400;
const YEAR_DAYS = 365.25;
/** 90 % of a normal. */
const LIKELY_SIGMAS = 1.645;

/**
 * z*² = u + m ln(n T_budget / T_history) of the n peaks above level u, whose excesses have the mean m.
 *
 * @param peaks    of separate excursions, in any order
 * @param seconds  of history that were looked at
 */
export function fitTail(peaks: readonly Peak[], seconds: number, asked: Asked): Fitted {
  const days = seconds / DAY_SECONDS;
  if (days < HISTORY_DAYS_MIN) return { is: 'too short', days, ofDays: HISTORY_DAYS_MIN };
  const squares = peaks.map(({ sigmas }) => sigmas ** 2).filter((z2) => z2 > NEAR_SIGMAS ** 2);
  if (squares.length < PEAKS_MIN) return { is: 'quiet', days, peaks: squares.length };
  const limit = asked.formula ** 2;
  const { level, count, tail } = bestPart(
    squares.sort((a, b) => b - a),
    limit,
  );
  const yearly = count / (days / YEAR_DAYS);
  const sigmasAt = (mean: number): number => {
    if (!Number.isFinite(mean)) return SIGMAS_MAX;
    return Math.min(SIGMAS_MAX, Math.sqrt(level + mean * Math.log(Math.max(1, yearly / asked.falsePagesPerYear))));
  };
  const { mean, isHeavier } = tail;
  const sigmas = sigmasAt(mean);
  // How many there are is as uncertain as how far they reach: the two errors are independent.
  const byCount = Number.isFinite(mean) ? (LIKELY_SIGMAS * mean) / Math.sqrt(count) / (2 * sigmas) : 0;
  const low = sigmas - Math.hypot(sigmas - sigmasAt(tail.low), byCount);
  const high = Math.min(SIGMAS_MAX, sigmas + Math.hypot(sigmasAt(tail.high) - sigmas, byCount));
  const falsePagesByFormula = yearly * Math.exp(-(limit - level) / mean);
  return { is: 'fitted', days, peaks: count, mean, sigmas, low, high, falsePagesByFormula, isHeavier };
}

interface Part {
  /** u, in sigmas². */
  readonly level: number;
  readonly count: number;
  readonly tail: Exponential;
}

/**
 * All peaks, or the nearer half of those that did not reach the formula, or half of these: the first part that is exponential; else the
 * last, whose tail is heavier. Those that reached it belong to each part.
 */
function bestPart(squares: readonly number[], limit: number): Part {
  const below = squares.filter((z2) => z2 < limit);
  const beyond = squares.length - below.length;
  for (let nearest = Math.min(below.length, PEAKS_MAX); ; nearest = Math.floor(nearest / 2)) {
    const level = Math.max(NEAR_SIGMAS ** 2, below[nearest] ?? 0);
    const part = below.slice(0, nearest).filter((z2) => z2 > level);
    const tail = exponentialOf(
      part.map((z2) => z2 - level),
      beyond,
      limit - level,
    );
    if (!tail.isHeavier || Math.floor(nearest / 2) < PART_PEAKS_MIN) return { level, count: part.length + beyond, tail };
  }
}
