/** A metric's past in steps, as it is drawn: of each step its least and largest second and their mean. */
import { dispersionOf } from '../../../../platform/charts/band.ts';
import { meanLine, secondsToAverage } from '../../../../platform/charts/mean.ts';
import type { IncidentView, RatesAnswer } from '../../../live-frames.ts';
import { fallsOf } from '../picture/falls.ts';
import { figureOf } from '../picture/figure.ts';
import { type State, type Stretch, spanOf } from '../picture/span.ts';

export interface PastFigure {
  /** Epoch seconds of the picture's edges. */
  readonly from: number;
  readonly to: number;
  /** Epoch second at which the first step begins: at the left edge or before it. */
  readonly begins: number;
  readonly stepSeconds: number;
  /** Events of the quietest and of the busiest second of each step. */
  readonly min: readonly (number | null)[];
  readonly max: readonly (number | null)[];
  /** Events/s; null also where it is not known of how many seconds. */
  readonly mean: readonly (number | null)[];
  /** The same over as many seconds as the noise needs: what is drawn. */
  readonly line: readonly (number | null)[];
  readonly usual: readonly (number | null)[];
  readonly state: readonly (State | null)[];
  /** Nothing is known of these. */
  readonly gaps: readonly Stretch[];
  /** Of these steps some seconds are not known. */
  readonly partlyBlind: readonly number[];
}

/** @param window  epoch seconds of the edges */
export function pastFigure(answer: RatesAnswer, window: Stretch, { name, incidents }: Told): PastFigure {
  const span = spanOf(answer);
  const { from: begins, n, state, usual } = span;
  const stepSeconds = stepOf(answer.step);
  const { min, max } = answer;
  const edges = { ...window, begins, stepSeconds, min, max, usual, state };
  if (stepSeconds === 1) {
    const figure = figureOf(span, { falls: fallsOf(name, span, incidents), dispersion: dispersionOf(span) });
    const line = figure.calm.map((value, i) => value ?? figure.fallen[i] ?? null);
    return { ...edges, mean: line, line, gaps: figure.gaps, partlyBlind: [] };
  }
  const last = n.findLastIndex((count, i) => count !== null || state[i] != null);
  const mean = n.map((count, i) => {
    if (count === null) return null;
    const seconds = Math.min(window.to, begins + (i + 1) * stepSeconds) - (begins + i * stepSeconds);
    const rate = count / Math.max(1, seconds);
    // Lower than its quietest second: of how many seconds anything is known nobody can say, and so no mean.
    return rate < (min[i] ?? 0) * (1 - ROUNDING) ? null : Math.min(max[i] ?? rate, rate);
  });
  const unknown: Stretch[] = [];
  for (let i = Math.max(0, firstKnown(n)); i <= last; i++) {
    if (n[i] !== null) continue;
    const at = begins + i * stepSeconds;
    const before = unknown.at(-1);
    if (before?.to === at) unknown[unknown.length - 1] = { from: before.from, to: at + stepSeconds };
    else unknown.push({ from: at, to: at + stepSeconds });
  }
  const partlyBlind = n.flatMap((count, i) => (count !== null && state[i] === 'blind' ? [i] : []));
  return { ...edges, mean, line: calmLine(mean, edges), gaps: unknown, partlyBlind };
}

/** Steps that are shorter than what a mean needs are averaged as seconds are: a cliff stays a cliff. */
function calmLine(
  mean: readonly (number | null)[],
  { usual, state, stepSeconds }: Pick<PastFigure, 'usual' | 'state' | 'stepSeconds'>,
): readonly (number | null)[] {
  const known = mean.filter((value) => value !== null);
  const level = known.reduce((sum, value) => sum + value, 0) / Math.max(1, known.length);
  const width = Math.ceil(secondsToAverage(level) / stepSeconds);
  if (width <= 1) return mean;
  const inStep = (values: readonly (number | null)[]): (number | null)[] =>
    values.map((value) => (value === null ? null : value * stepSeconds));
  const n = inStep(mean);
  const dispersion = dispersionOf({ n, usual: inStep(usual), state });
  return meanLine(n, { width, dispersion, restarts: new Set() }).map((value) => (value === null ? null : value / stepSeconds));
}

/** Counts are told with three digits after the point. */
const ROUNDING = 1e-4;

interface Told {
  readonly name: string;
  readonly incidents: readonly IncidentView[];
}

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** `30m` in seconds. */
export function stepOf(step: string): number {
  return Number.parseInt(step, 10) * (UNITS[step.at(-1) ?? 's'] ?? 1);
}

function firstKnown(n: readonly (number | null)[]): number {
  return n.findIndex((count) => count !== null);
}

/** How much the y axis has to hold: every second, and 1.5 times usual. */
export function pastHeight({ max, usual }: PastFigure): number {
  const largest = (values: readonly (number | null)[]): number => values.reduce<number>((most, value) => Math.max(most, value ?? 0), 0);
  return Math.max(1.06 * largest(max), 1.5 * (usual.findLast((value) => value !== null) ?? 0));
}

interface Overall {
  readonly least: number;
  /** Events/s; null where it is not known of how many seconds. */
  readonly mean: number | null;
  readonly most: number;
}

/** The least, the mean, the most of some steps; null where nothing is known of any. */
export function overall({ min, max, mean }: PastFigure, from = 0, to = min.length): Overall | null {
  const known = <T>(list: readonly (T | null)[]): T[] => list.slice(from, to).filter((value) => value !== null);
  const means = known(mean);
  const quietest = known(min);
  if (quietest.length === 0) return null;
  const least = quietest.reduce((one, other) => Math.min(one, other));
  const most = known(max).reduce((one, other) => Math.max(one, other), 0);
  return { least, mean: means.length === 0 ? null : means.reduce((sum, value) => sum + value, 0) / means.length, most };
}
