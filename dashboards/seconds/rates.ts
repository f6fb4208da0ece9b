/** A range of seconds in steps, as `GET /api/metrics/NAME/rates` tells it. */
import type { SignalState } from '../../platform/topics/signals.ts';
import type { RatesAnswer } from '../live-frames.ts';
import type { Moment } from './series-seconds.ts';

/** Of the states within a step the first of these stands for all. */
const WORST_FIRST: readonly SignalState[] = ['dropped', 'blind', 'falling', 'recovering', 'warming', 'too slow', 'normal'];

export interface RatesRange {
  /** Epoch seconds; `to` is the first one left out. */
  readonly from: number;
  readonly to: number;
  readonly stepSeconds: number;
  /** As it was asked for: `1s`. */
  readonly step: string;
}

/**
 * A step's count is the sum of the seconds in it that are known; null where none is. Its smallest and largest second
 * stand beside it, so that a cliff of one second is never averaged away.
 *
 * @param known  no second outside of it (epoch, `to` left out) is looked at: a step may be a year
 */
export function ratesBetween(
  { from, to, stepSeconds, step }: RatesRange,
  at: (second: number) => Moment,
  known: { readonly from: number; readonly to: number } = { from, to },
): RatesAnswer {
  const answer = {
    from: new Date(from * 1000).toISOString(),
    step,
    counts: [] as (number | null)[],
    min: [] as (number | null)[],
    max: [] as (number | null)[],
    state: [] as (SignalState | null)[],
    usual: [] as (number | null)[],
    derivative: [] as (number | null)[],
  };
  for (let start = from; start < to; start += stepSeconds) {
    const whole = inOne(Math.max(start, known.from), Math.min(start + stepSeconds, to, known.to), at);
    answer.counts.push(whole.n);
    answer.min.push(whole.min);
    answer.max.push(whole.max);
    answer.state.push(whole.state);
    answer.usual.push(whole.usual);
    answer.derivative.push(whole.derivative);
  }
  return answer;
}

interface Whole extends Moment {
  readonly min: number | null;
  readonly max: number | null;
}

/** Of the slopes the farthest from zero, of the usual rates the last. One loop without lists: a request has up to 10,800 seconds. */
function inOne(from: number, to: number, at: (second: number) => Moment): Whole {
  let n: number | null = null;
  let min: number | null = null;
  let max: number | null = null;
  let usual: number | null = null;
  let derivative: number | null = null;
  let worst = Number.POSITIVE_INFINITY;
  for (let second = from; second < to; second++) {
    const moment = at(second);
    if (moment.n !== null) {
      n = (n ?? 0) + moment.n;
      if (min === null || moment.n < min) min = moment.n;
      if (max === null || moment.n > max) max = moment.n;
    }
    if (moment.state !== null) worst = Math.min(worst, WORST_FIRST.indexOf(moment.state));
    usual = moment.usual ?? usual;
    const slope = moment.derivative;
    if (slope !== null && (derivative === null || Math.abs(slope) > Math.abs(derivative))) derivative = slope;
  }
  return { n, min, max, state: WORST_FIRST[worst] ?? null, usual, derivative };
}
