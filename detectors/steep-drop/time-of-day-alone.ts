/**
 * After a long gap nothing just before can be compared with, and what fell inside a planned closing fell unjudged: until the
 * windows are full, this time of day alone is the reference.
 */
import type { Breaks } from './breaks.ts';
import type { Circumstances } from './judge.ts';
import { WINDOWS } from './rate.ts';
import type { Pair } from './scan.ts';
import { poissonDeviance, sigmasBelow } from './steepness.ts';

/** The windows are full again so many seconds later. */
const ALONE_SECONDS = 300;
/** Only so deep a fall below the time of day's normal pages: it is a normal of other days. */
export const ALONE_DROP = 0.8;
/** A closing that ends on the minute needs a minute until its traffic is back. */
const REOPENING_SECONDS = 60;

export interface Alone {
  readonly after: 'gap' | 'closing';
  /** Position of the first second that is compared. */
  readonly from: number;
  readonly windowMin: number;
}

/** Whether this time of day alone is compared with, too. */
export function aloneAfter({ longBackAt, closedUntil }: Breaks, first: number, taken: number, forSeconds: number): Alone | null {
  if (longBackAt !== null && longBackAt === first && taken - first < ALONE_SECONDS)
    return { after: 'gap', from: first, windowMin: windowMin('gap', forSeconds) };
  if (closedUntil === null || closedUntil < first || taken - closedUntil >= ALONE_SECONDS) return null;
  return { after: 'closing', from: closedUntil, windowMin: windowMin('closing', forSeconds) };
}

/** The same where it must have lasted so long. */
export function aloneFor({ after, from }: Alone, forSeconds: number): Alone {
  return { after, from, windowMin: windowMin(after, forSeconds) };
}

function windowMin(after: Alone['after'], forSeconds: number): number {
  return after === 'gap' ? forSeconds : Math.max(forSeconds, REOPENING_SECONDS);
}

export interface BelowDay {
  readonly pair: Pair;
  readonly isDeep: boolean;
  readonly isSure: boolean;
}

/** @returns the newest seconds since, in the shortest window that lies deep and surely below the time of day's normal */
export function belowDayAlone(circumstances: Circumstances): Pair | null {
  const { alone } = circumstances;
  if (alone === null) return null;
  for (const window of WINDOWS) {
    const asked = askedAlone(window, alone, circumstances);
    if (asked?.isDeep && asked.isSure) return asked.pair;
  }
  return null;
}

/** What is asked of one window since then; null where nothing is: it is too short or too long, or the time of day is not known. */
export function askedAlone(window: number, { from: since, windowMin }: Alone, circumstances: Circumstances): BelowDay | null {
  const { seconds, dispersion, limits, day } = circumstances;
  const end = seconds.taken;
  if (day === null || window < windowMin || window > end - since) return null;
  const from = end - window;
  const recent = seconds.sum(from, end);
  const exposure = seconds.exposure(from, end);
  const noise = dispersion.of(0, day);
  const steepness = sigmasBelow(poissonDeviance(recent, day * exposure), noise);
  const pair = { window, from, recent, exposure, usual: day, reference: 0, steepness, dispersion: noise };
  return { pair, isDeep: recent <= (1 - ALONE_DROP) * day * exposure, isSure: steepness <= -limits.sigmas };
}
