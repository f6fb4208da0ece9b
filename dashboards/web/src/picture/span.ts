/** Seconds in a row of one metric: what every picture is drawn from. */
import type { RatesAnswer } from '../../../live-frames.ts';

export type State = 'warming' | 'normal' | 'falling' | 'dropped' | 'recovering' | 'blind' | 'too slow';

export interface Span {
  /** Epoch second of the first entry. */
  readonly from: number;
  /** Events of each second; null where nobody knows. */
  readonly n: readonly (number | null)[];
  /** Events/s. */
  readonly usual: readonly (number | null)[];
  /** Percent of the usual rate per second. */
  readonly derivative: readonly (number | null)[];
  /** null: never decided, or this page never heard of it. */
  readonly state: readonly (State | null)[];
}

export function spanOf(answer: RatesAnswer): Span {
  return {
    from: Math.round(Date.parse(answer.from) / 1000),
    n: answer.counts,
    usual: answer.usual,
    derivative: answer.derivative,
    state: answer.state,
  };
}

/** Half open, epoch seconds. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** Stretches in which nothing was known: blind ones, and holes between seconds that are known. */
export function gapsOf({ from, n, state }: Span): Stretch[] {
  const last = n.findLastIndex((count, i) => count !== null || state[i] != null);
  const first = n.findIndex((count, i) => count !== null || state[i] != null);
  const gaps: Stretch[] = [];
  for (let i = Math.max(0, first); i <= last; i++) {
    if (n[i] !== null && state[i] !== 'blind') continue;
    const second = from + i;
    const before = gaps.at(-1);
    if (before?.to === second) gaps[gaps.length - 1] = { from: before.from, to: second + 1 };
    else gaps.push({ from: second, to: second + 1 });
  }
  return gaps;
}
