/** From when to when a metric lay low, for the line's colour and the tinted loss. */
import type { IncidentView } from '../../../live-frames.ts';
import type { Span } from './span.ts';

export interface FallStretch {
  /** Epoch second in which the fall began. */
  readonly from: number;
  /** The first second that was no longer down; null while it is. */
  readonly to: number | null;
  /** Percent of usual per second at its steepest. */
  readonly derivative: number | null;
}

/** A fall of which no incident tells is looked for so far back from where it was found. */
const BACK_SECONDS_MAX = 15;

export function fallsOf(name: string, span: Span, incidents: readonly IncidentView[]): FallStretch[] {
  const told = incidents.flatMap(({ metrics }) => metrics.filter((metric) => metric.name === name).map(({ fall }) => fall));
  const falls: FallStretch[] = told.map((fall) => ({ from: fall.from, to: endOf(span, fall.at), derivative: fall.derivative }));
  span.state.forEach((state, i) => {
    if (state !== 'dropped' || span.state[i - 1] === 'dropped') return;
    const second = span.from + i;
    if (falls.some(({ from, to }) => from <= second + 1 && (to === null || second < to))) return;
    falls.push({ from: beginningOf(span, i), to: endOf(span, second), derivative: null });
  });
  return falls.sort((a, b) => a.from - b.from);
}

/** The first second after `at` in which the metric was up again. */
function endOf({ from, state }: Span, at: number): number | null {
  for (let i = Math.max(0, at - from); i < state.length; i++) {
    if (state[i] === 'recovering' || state[i] === 'normal' || state[i] === 'falling') return from + i;
  }
  return null;
}

/** Back from where it was found, while the seconds lie clearly below usual. */
function beginningOf({ from, n, usual }: Span, found: number): number {
  let i = found;
  while (i > 0 && found - i < BACK_SECONDS_MAX) {
    const before = n[i - 1];
    const expected = usual[i - 1];
    if (before == null || expected == null || before > expected * 0.8) break;
    i--;
  }
  return from + i;
}
