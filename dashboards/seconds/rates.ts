/** A range of seconds in steps, as `GET /api/metrics/NAME/rates` tells it. */
import { farthest, type HistorySteps, unknownSteps } from '../../platform/store/metric-history.ts';
import { WORST_FIRST } from '../../platform/store/moments.ts';
import type { RatesAnswer } from '../live-frames.ts';
import type { Moment } from './series-seconds.ts';

export interface RatesRange {
  /** Epoch seconds; `to` is the first one left out. */
  readonly from: number;
  readonly to: number;
  readonly stepSeconds: number;
  /** As it was asked for: `1s`. */
  readonly step: string;
}

export interface Span {
  /** Epoch seconds; `to` is the first one left out. */
  readonly from: number;
  readonly to: number;
}

export function noRates({ from, to, stepSeconds }: RatesRange): HistorySteps {
  return unknownSteps(Math.ceil((to - from) / stepSeconds));
}

export function answerOf({ from, step }: RatesRange, steps: HistorySteps): RatesAnswer {
  return { from: new Date(from * 1000).toISOString(), step, ...steps };
}

/**
 * Adds seconds to steps, in order. A step's count is the sum of the seconds in it that are known; null where none is. Its smallest and
 * largest second stand beside it, so that a cliff of one second is never averaged away.
 *
 * @param span  no second outside of it is looked at: a step may be a year
 */
export function addSeconds(steps: HistorySteps, range: RatesRange, span: Span, at: (second: number) => Moment): void {
  const to = Math.min(span.to, range.to);
  for (let second = Math.max(span.from, range.from); second < to; second++) {
    addSecond(steps, Math.floor((second - range.from) / range.stepSeconds), at(second));
  }
}

/** Of the slopes the farthest from zero, of the usual rates the last. */
function addSecond(steps: HistorySteps, i: number, { n, state, usual, derivative, closed, steepness }: Moment): void {
  if (n !== null) {
    const { counts, min, max } = steps;
    counts[i] = (counts[i] ?? 0) + n;
    min[i] = Math.min(min[i] ?? n, n);
    max[i] = Math.max(max[i] ?? n, n);
  }
  if (closed !== null) steps.closed[i] = (steps.closed[i] ?? 0) + closed;
  const before = steps.state[i] ?? null;
  if (state !== null && (before === null || WORST_FIRST.indexOf(state) < WORST_FIRST.indexOf(before))) steps.state[i] = state;
  if (usual !== null) steps.usual[i] = usual;
  if (derivative !== null) steps.derivative[i] = farther(steps.derivative[i] ?? null, derivative);
  if (steepness !== null) steps.steepness[i] = Math.min(steps.steepness[i] ?? steepness, steepness);
}

function farther(known: number | null, derivative: number): number | null {
  return known === null ? derivative : farthest(Math.min(known, derivative), Math.max(known, derivative));
}
