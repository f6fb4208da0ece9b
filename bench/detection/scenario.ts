/** One row of the judgement: what is tried, what was promised, and what was seen of it. */
import { type Interval, meanInterval, percentile, rateInterval, shareInterval } from '../../detectors/tuning/interval.ts';

export type Seen =
  | { readonly is: 'delays'; readonly delays: readonly number[]; readonly missed: number; readonly early: number }
  | { readonly is: 'share'; readonly hits: number; readonly trials: number }
  | { readonly is: 'pages'; readonly pages: number; readonly years: number }
  /** Steepest of each separate excursion, sigmas > 0, largest first. */
  | { readonly is: 'peaks'; readonly peaks: readonly number[]; readonly years: number };

/** `pass` is what must hold, `good` what we want; both as upper limits of the figure. */
export interface Promised {
  readonly pass: number;
  readonly good?: number;
  /** A threshold may also be too small. */
  readonly least?: number;
  /** Not one fall may be missed. */
  readonly allFound?: boolean;
}

export interface Scenario {
  /** Of detection.md's judgement: A1 to B14; N = drifting noise, S = segments, T = raises, V = sums, W = weeks, Q = own questions. */
  readonly part: string;
  readonly what: string;
  /** Absent: told, not judged. */
  readonly promised?: Promised;
  /** Trials (or days) of each form; 0 = left out of it. A chunk is one worker's turn. */
  readonly size: { readonly short: number; readonly long: number; readonly chunk: number };
  /** Lorden's bound in seconds, where it is known. */
  readonly floorSeconds?: number;
  /** Rows of one name are given the same seeds, so that rules are compared on the same seconds. */
  readonly seeds?: string;
  run(size: number, seed: number): Seen;
}

export function merge(a: Seen, b: Seen): Seen {
  if (a.is === 'delays' && b.is === 'delays')
    return { is: 'delays', delays: [...a.delays, ...b.delays], missed: a.missed + b.missed, early: a.early + b.early };
  if (a.is === 'share' && b.is === 'share') return { is: 'share', hits: a.hits + b.hits, trials: a.trials + b.trials };
  if (a.is === 'pages' && b.is === 'pages') return { is: 'pages', pages: a.pages + b.pages, years: a.years + b.years };
  if (a.is === 'peaks' && b.is === 'peaks')
    return { is: 'peaks', peaks: [...a.peaks, ...b.peaks].sort((x, y) => y - x), years: a.years + b.years };
  throw new Error(`${a.is} and ${b.is} are not of one scenario`);
}

export interface Verdict {
  readonly part: string;
  readonly what: string;
  /** s, share, pages a year or sigmas. */
  readonly unit: 's' | 'share' | '/year' | 'sigma';
  readonly seen: Interval;
  readonly p95?: number;
  readonly trials: number;
  readonly missed: number;
  readonly promised?: Promised;
  /** Excursions of healthy traffic to -6 sigma and below. */
  readonly atSix?: number;
  /** Mean delay over Lorden's bound. */
  readonly timesFloor?: number;
  readonly says: 'good' | 'pass' | 'missed' | 'told';
}

/** Missed only where the whole 99 % interval lies outside what was promised, or where a fall that must be found was not. */
export function judge({ part, what, promised, floorSeconds }: Scenario, seen: Seen): Verdict {
  const figures = figuresOf(seen);
  const all = { part, what, ...figures, ...(promised && { promised }) };
  const timesFloor = floorSeconds && seen.is === 'delays' ? { timesFloor: figures.seen.value / floorSeconds } : {};
  return { ...all, ...timesFloor, says: promised ? said(figures, promised) : 'told' };
}

type Figures = Pick<Verdict, 'unit' | 'seen' | 'p95' | 'trials' | 'missed' | 'atSix'>;

function figuresOf(seen: Seen): Figures {
  switch (seen.is) {
    case 'delays': {
      const { delays, missed, early } = seen;
      const trials = delays.length + missed + early;
      return { unit: 's', seen: meanInterval(delays), p95: percentile(delays, 0.95), trials, missed };
    }
    case 'share':
      return { unit: 'share', seen: shareInterval(seen.hits, seen.trials), trials: seen.trials, missed: 0 };
    case 'pages':
      return { unit: '/year', seen: rateInterval(seen.pages, seen.years, 0.99), trials: seen.pages, missed: 0 };
    case 'peaks': {
      const { peaks, years } = seen;
      const atSix = peaks.filter((peak) => peak >= 6).length;
      return { unit: 'sigma', seen: thresholdOf(peaks, years), trials: Math.round(years), missed: 0, atSix };
    }
  }
}

function said(
  { seen: { value, low, high }, missed }: Figures,
  { pass, good = pass, least = 0, allFound = false }: Promised,
): Verdict['says'] {
  if ((allFound && missed > 0) || low > pass || high < least) return 'missed';
  return value <= good && value >= least ? 'good' : 'pass';
}

/** The threshold that so many excursions pass as there were years; between those that none and two to four a year pass. */
function thresholdOf(peaks: readonly number[], years: number): Interval {
  const once = Math.max(1, Math.round(years));
  const at = (rank: number): number => peaks[Math.min(peaks.length - 1, rank)] ?? Number.NaN;
  const { low, high } = rateInterval(once, 1, 0.99);
  return { value: at(once - 1), low: at(Math.ceil(high)), high: low < 1 ? at(0) + 0.3 : at(Math.floor(low)) };
}
