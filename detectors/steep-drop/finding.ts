/** What a detector says of one second, and of the fall behind a dropped metric. */

/** One closed second of one series. */
export interface Count {
  /** Since the epoch. */
  readonly second: number;
  /** Events, >= 0. */
  readonly n: number;
  /** Share of the usual traffic that was readable then, above 0.5 to 1; 1 = everything. */
  readonly share: number;
  /** A planned event, a sale: this time of day says nothing of it. Default false. */
  readonly expected?: boolean | undefined;
}

/** Shares are kept to this. */
const SHARE_MIN = 1 / 1024;

/** Beside a greater count the others would be lost in the running sums. */
export const COUNT_MAX = 1e15;

/** One minute of stored history: epoch minute and its events/s. */
export interface Minute {
  readonly minute: number;
  readonly rate: number;
  /** In a planned event. Default false. */
  readonly expected?: boolean | undefined;
}

export type State = 'warming' | 'normal' | 'falling' | 'dropped' | 'recovering' | 'too slow';

/** One fall, from its page until recovery. Seconds since the epoch, rates in events/s. */
export interface Fall {
  /** The first second of the fall. */
  readonly from: number;
  /** The second at which the rule paged. */
  readonly at: number;
  readonly rateBefore: number;
  rateAfter: number;
  /** Share lost, 0..1. */
  readonly drop: number;
  /** % of the usual rate per second, < 0; "at least" where the fall took one second. */
  readonly derivative: number;
  /** Sigmas, < 0, and the threshold (< 0) it passed. */
  readonly steepness: number;
  readonly threshold: number;
  /** What history raised it from (< 0), and by how many days of it; left out: it did not. */
  readonly raisedFrom?: number;
  readonly raisedByDays?: number;
  /** Length (s) of the window that shows the fall best. */
  readonly fallWindow: number;
  /** Events missing so far: usual minus actual, added up. */
  missing: number;
}

/**
 * What the rule finds in one second. Each detector has one Finding and writes it anew every second, so that nothing is
 * allocated: copy what is to be kept.
 */
export interface Finding {
  second: number;
  state: State;
  /** Paged and not yet recovered: true in `dropped` and `recovering`. */
  isDown: boolean;
  /** Events/s now, smoothed over as many seconds as hold 400 events (3 to 30), never over a fall's edge. */
  rate: number;
  /** Events/s just before; before the fall, while down. Null while not known, as the two normals. */
  usual: number | null;
  /** Events/s of the last hour, moved as the day moves. */
  hour: number | null;
  /** Events/s of this time of day. */
  day: number | null;
  /** % of the usual rate per second. */
  derivative: number;
  /** The same in events/s². */
  derivativePerSecond2: number;
  /** The least over all windows and references, in sigmas of the metric's own noise, <= 0. */
  steepness: number;
  /** Share of the usual rate that is lost, 0..1. */
  drop: number;
  /** Seconds without a would-be page, of the 3,600 that warming takes. */
  warmSeconds: number;
  /** Of the 60 that recovery takes, while recovering. */
  recoveredSeconds: number;
  /** While down. Made once for each page, and kept up to date. */
  fall: Fall | undefined;
}

/** Before the first second. */
export function emptyFinding(): Finding {
  const unknown = { usual: null, hour: null, day: null, fall: undefined };
  const zero = { second: 0, rate: 0, derivative: 0, derivativePerSecond2: 0, steepness: 0, drop: 0, warmSeconds: 0, recoveredSeconds: 0 };
  return { ...unknown, ...zero, state: 'warming', isDown: false };
}

/** Why a count means nothing, or null; plain numbers, because it is asked every second. */
export function countProblem(second: number, n: number, share: number, last: number | null): string | null {
  if (!(n >= 0 && n <= COUNT_MAX)) return `${n} events; a count is a number from 0 to ${COUNT_MAX}`;
  if (!(share >= SHARE_MIN && share <= 1)) return `a share of ${share} was readable; shares are above 0 to 1`;
  if (!Number.isSafeInteger(second) || second < 0) return 'seconds are whole numbers since the epoch';
  return last !== null && second <= last ? `second ${last} was taken before; seconds come in order, each once` : null;
}
