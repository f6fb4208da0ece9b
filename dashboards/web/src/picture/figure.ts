/** Everything that is drawn of one metric, as numbers: the picture's content without its looks. */
import { bandAround } from '../../../../platform/charts/band.ts';
import { meanLine, secondsToAverage } from '../../../../platform/charts/mean.ts';
import type { FallStretch } from './falls.ts';
import { gapsOf, type Span, type Stretch } from './span.ts';

export interface Figure {
  /** Epoch seconds at which each second ended: there its point stands. */
  readonly x: number[];
  readonly raw: (number | null)[];
  /** The mean, in two parts that share their joints. */
  readonly calm: (number | null)[];
  readonly fallen: (number | null)[];
  readonly usual: (number | null)[];
  readonly low: (number | null)[];
  readonly high: (number | null)[];
  readonly derivative: (number | null)[];
  readonly gaps: readonly Stretch[];
  readonly falls: readonly FallStretch[];
  /** Slower than one event a second: each event is a tick on the axis instead of a raw line. */
  readonly slow: boolean;
  /** Index of the newest second that is known; -1 before any. */
  readonly newest: number;
}

export interface FigureOptions {
  readonly falls: readonly FallStretch[];
  /** Variance over mean of healthy seconds. */
  readonly dispersion: number;
}

export function figureOf(span: Span, { falls, dispersion }: FigureOptions): Figure {
  const { from, n, derivative, state } = span;
  const usual = carriedOn(span);
  const level = usual.findLast((value) => value !== null) ?? averageOf(n);
  const restarts = new Set(falls.flatMap((fall) => [fall.from - from, ...(fall.to === null ? [] : [fall.to - from])]));
  const width = secondsToAverage(level);
  const slow = level < 1;
  const mean = meanLine(n, { width, dispersion, restarts });
  const down = n.map((_, i) => falls.some((fall) => from + i >= fall.from && (fall.to === null || from + i < fall.to)));
  const unjudged = state.map((one) => one === 'warming');
  // Of a slow metric only the mean is drawn, so the band is that of means.
  const bands = usual.map((value, i) => (value === null || unjudged[i] ? null : bandAround(value, slow ? dispersion / width : dispersion)));
  return {
    x: n.map((_, i) => from + i + 1),
    raw: [...n],
    calm: mean.map((value, i) => (down[i] ? null : value)),
    fallen: mean.map((value, i) => (down[i] || down[i + 1] || down[i - 1] ? value : null)),
    usual: usual.map((value, i) => (unjudged[i] ? null : value)),
    low: bands.map((band) => band?.[0] ?? null),
    high: bands.map((band) => band?.[1] ?? null),
    derivative: [...derivative],
    gaps: gapsOf(span),
    falls,
    slow,
    newest: n.findLastIndex((count) => count !== null),
  };
}

/** The mean of the newest known second: the number that stands beside the picture. */
export function rateOf({ calm, fallen, newest }: Figure): number | null {
  return calm[newest] ?? fallen[newest] ?? null;
}

/** How much the y axis has to hold: 1.5 times usual, the whole band, the whole mean. */
export function heightNeeded({ raw, calm, fallen, usual, high }: Figure): number {
  const largest = (values: readonly (number | null)[]): number => values.reduce<number>((most, value) => Math.max(most, value ?? 0), 0);
  const judged = Math.max(1.5 * (usual.findLast((value) => value !== null) ?? 0), largest(high));
  const drawn = Math.max(largest(calm), largest(fallen)) * 1.08;
  return Math.max(judged, drawn, judged === 0 ? largest(raw) * 1.2 : 0);
}

/** While it is blind nothing is usual: the last one stands. */
function carriedOn({ usual }: Span): (number | null)[] {
  let last: number | null = null;
  return usual.map((value) => {
    last = value ?? last;
    return last;
  });
}

function averageOf(n: readonly (number | null)[]): number {
  const known = n.filter((count) => count !== null);
  return known.length === 0 ? 0 : known.reduce((sum, count) => sum + count, 0) / known.length;
}
