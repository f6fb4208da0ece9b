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
 */
export function ratesBetween({ from, to, stepSeconds, step }: RatesRange, at: (second: number) => Moment): RatesAnswer {
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
    const moments: Moment[] = [];
    for (let second = start; second < Math.min(to, start + stepSeconds); second++) moments.push(at(second));
    const known = moments.flatMap(({ n }) => (n === null ? [] : [n]));
    const empty = known.length === 0;
    answer.counts.push(empty ? null : known.reduce((sum, n) => sum + n, 0));
    answer.min.push(empty ? null : Math.min(...known));
    answer.max.push(empty ? null : Math.max(...known));
    answer.state.push(WORST_FIRST.find((state) => moments.some((moment) => moment.state === state)) ?? null);
    answer.usual.push(moments.findLast(({ usual }) => usual !== null)?.usual ?? null);
    answer.derivative.push(steepest(moments));
  }
  return answer;
}

/** The derivative farthest from zero. */
function steepest(moments: readonly Moment[]): number | null {
  let found: number | null = null;
  for (const { derivative } of moments) {
    if (derivative !== null && (found === null || Math.abs(derivative) > Math.abs(found))) found = derivative;
  }
  return found;
}
