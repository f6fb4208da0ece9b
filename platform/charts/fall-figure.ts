/** A fall as numbers second by second: what its picture draws, without its looks. */
import { stretchFor } from '../../detectors/steep-drop/derivative.ts';
import { bandAround, dispersionOf } from './band.ts';
import { meanLine, secondsToAverage } from './mean.ts';

/** A metric's seconds around a fall, and what the rule said about it. Times are epoch seconds, rates events/s. */
export interface FallScene {
  readonly name: string;
  /** The first second of the fall, and the one in which it paged. */
  readonly from: number;
  readonly at: number;
  /** The second of counts[0]. */
  readonly start: number;
  /** Events of each second; null: no data. */
  readonly counts: readonly (number | null)[];
  readonly usual: number;
  readonly rateAfter: number;
  /** Share lost, 0..1. */
  readonly drop: number;
  /** Percent of the usual rate per second, < 0. */
  readonly derivative: number;
  /** Sigmas, < 0, and what would have paged. */
  readonly steepness: number;
  readonly threshold: number;
  /** What the last hour and this time of day promise. */
  readonly hour: number | null;
  readonly day: number | null;
  /** Whose clock the times are told by; UTC unless said. */
  readonly timeZone?: string;
  /** The derivative that pages, in percent of the usual rate per second: -3 unless said; null draws none. */
  readonly derivativeThreshold?: number | null;
  /** Told while it lasts: the ten minutes end with the newest second, wherever in them the fall lies, or before them. */
  readonly isLive?: boolean;
  /** Its sentence stands beside it already. */
  readonly isBare?: boolean;
}

type Known = readonly (number | null)[];

export interface FallFigure {
  /** The second of the first entry of each list. */
  readonly start: number;
  readonly raw: Known;
  /** The calm line, and the part of it that fell; they share their joint. */
  readonly calm: Known;
  readonly fallen: Known;
  /** Percent of usual per second: of the noise by two stretches, of the fall as the rule told it. */
  readonly slopes: Known;
  /** Index of the fall's first second, and of the first after it had fallen as deep as it did. */
  readonly fellAt: number;
  readonly downAt: number;
  readonly usual: number;
  readonly band: readonly [low: number, high: number];
  /** Slower than one event a second: each event is a tick instead of a raw line. */
  readonly slow: boolean;
}

/** Seconds before the fall that are looked at, however many there are. */
const LOOKED_BACK_SECONDS_MAX = 3600;
/** Seconds after the fall. */
const LOOKED_ON_SECONDS_MAX = 3600;
/** A mean is drawn from so many events on: two values of three lie within a third of the truth. */
const MEAN_EVENTS_MIN = 9;
/** A rate is back from this share of usual on. */
const BACK_SHARE = 0.8;

export function figureOf(scene: FallScene): FallFigure {
  const start = Math.max(scene.start, scene.from - LOOKED_BACK_SECONDS_MAX);
  const end = scene.isLive ? scene.counts.length : Math.max(0, scene.from + LOOKED_ON_SECONDS_MAX - scene.start);
  const raw = scene.counts.slice(start - scene.start, end).map(knownCount);
  const fellAt = scene.from - start;
  const before = raw.slice(0, Math.max(0, fellAt));
  const usual = scene.usual > 0 ? scene.usual : averageOf(before) || 1;
  const dispersion = dispersionOf({ n: before, usual: before.map(() => usual), state: before.map(() => null) });
  const downAt = fellAt + rampSeconds(scene);
  const width = secondsToAverage(usual);
  const slow = usual < 1;
  const mean = meanLine(raw, { width, dispersion, restarts: new Set([fellAt, downAt]) });
  const settled = mean.map((value, i) => (isSettled(mean, i, Math.min(width / 3, MEAN_EVENTS_MIN / usual)) ? value : null));
  const backAt = backIndex(mean, scene.at - start, usual);
  return {
    start,
    raw,
    calm: settled.map((value, i) => (i < fellAt || i >= backAt ? value : null)),
    fallen: fallenLine(scene, { settled, mean, raw, fellAt, downAt, backAt, pagedAt: scene.at - start, usual }),
    slopes: slopesOf(scene, { raw, usual, stretch: stretchFor(usual, dispersion), fellAt, downAt }),
    fellAt,
    downAt,
    usual,
    band: bandAround(usual, slow ? dispersion / width : dispersion),
    slow,
  };
}

const knownCount = (count: number | null): number | null => (count !== null && Number.isFinite(count) ? count : null);

/** Seconds the fall itself took, by its depth and its derivative. */
function rampSeconds({ drop, derivative, from, at }: FallScene): number {
  const seconds = Math.round((100 * drop) / Math.abs(derivative || 100));
  return Math.max(1, Math.min(seconds, at - from + 1));
}

/** A mean that has only begun, after a start or a gap, says nothing yet. */
function isSettled(mean: Known, i: number, secondsMin: number): boolean {
  for (let back = 0; back < secondsMin - 1; back++) if (mean[i - back] == null) return false;
  return true;
}

function backIndex(mean: Known, pagedAt: number, usual: number): number {
  const found = mean.findIndex((value, i) => i > pagedAt && value !== null && value >= BACK_SHARE * usual);
  return found < 0 ? mean.length : found;
}

interface Fallen {
  readonly settled: Known;
  readonly mean: Known;
  readonly raw: Known;
  readonly fellAt: number;
  readonly downAt: number;
  readonly backAt: number;
  readonly pagedAt: number;
  readonly usual: number;
}

/** Up to the page the ramp that the rule fitted, so that line and words say the same; then the mean, until it is back. */
function fallenLine({ rateAfter }: FallScene, { settled, mean, raw, fellAt, downAt, backAt, pagedAt, usual }: Fallen): (number | null)[] {
  const edge = settled[fellAt - 1] ?? usual;
  return raw.map((count, i) => {
    if (count === null || i < fellAt - 1 || i > backAt) return null;
    if (i > pagedAt) return mean[i] ?? null;
    const done = Math.min(1, (i + 1 - fellAt) / (downAt - fellAt));
    return edge + (rateAfter - edge) * done;
  });
}

interface Slopes {
  readonly raw: Known;
  readonly usual: number;
  /** Seconds of each of the two stretches that are compared. */
  readonly stretch: number;
  readonly fellAt: number;
  readonly downAt: number;
}

/** Never across the fall: two stretches would smear one second's loss over many. */
function slopesOf({ derivative }: FallScene, { raw, usual, stretch, fellAt, downAt }: Slopes): (number | null)[] {
  const events = [0];
  const known = [0];
  for (const count of raw) {
    events.push((events.at(-1) as number) + (count ?? 0));
    known.push((known.at(-1) as number) + (count === null ? 0 : 1));
  }
  const within = (sums: readonly number[], from: number, to: number): number => (sums[to] as number) - (sums[from] as number);
  return raw.map((count, i) => {
    if (count === null) return null;
    if (i >= fellAt && i < downAt) return derivative;
    const [old, middle, end] = [i + 1 - 2 * stretch, i + 1 - stretch, i + 1];
    if (old < (i < fellAt ? 0 : Math.max(0, downAt))) return null;
    const [older, newer] = [within(known, old, middle), within(known, middle, end)];
    if (Math.min(older, newer) < stretch / 2) return null;
    return (100 * (within(events, middle, end) / newer - within(events, old, middle) / older)) / (stretch * usual);
  });
}

function averageOf(counts: Known): number {
  const known = counts.filter((count) => count !== null);
  return known.length === 0 ? 0 : known.reduce((sum, count) => sum + count, 0) / known.length;
}

/** A stretch of no data, epoch seconds, half open; what came before the first second that is known is no gap. */
export interface Gap {
  readonly from: number;
  readonly to: number;
}

/** @param end  the second before which every one should be known */
export function gapsOf({ raw, start }: FallFigure, end: number): Gap[] {
  const first = raw.findIndex((count) => count !== null);
  if (first < 0) return [];
  const gaps: Gap[] = [];
  let from: number | null = null;
  for (let i = first; i <= end - start; i++) {
    const missing = i < end - start && raw[i] == null;
    if (missing && from === null) from = start + i;
    if (missing || from === null) continue;
    gaps.push({ from, to: start + i });
    from = null;
  }
  return gaps;
}
