/** Which range of seconds is asked for, and in which steps: as it was asked, or as many as a screen can draw. */
import { parseDuration } from '../../platform/units/duration.ts';
import { parseRfc3339 } from '../../platform/units/rfc3339.ts';
import { POINTS_MAX } from './history-pace.ts';

export interface RatesQuery {
  readonly from?: string;
  readonly to?: string;
  /** `1s`, or `auto`. */
  readonly step?: string;
  /** How many steps `auto` makes at most. */
  readonly points?: string;
}

/** Epoch seconds; `to` is the first one left out. */
export interface Zoom {
  readonly from: number;
  readonly to: number;
  readonly stepSeconds: number;
  /** As it was asked for, or chosen: `1s`. */
  readonly step: string;
}

const FROM_DEFAULT_MS = 300_000;
/** Years 1970 to 9999. */
const MOMENT_MS_MAX = 253_402_300_800_000;
/** A wall's chart is so many pixels wide. */
const POINTS_DEFAULT = 1280;
/** Longer steps are whole tens of seconds, which are rolled up. */
const ODD_SECONDS_MAX = 10;
const ZOOMS = ['1s', '2s', '5s', '10s', '30s', '1m', '2m', '5m', '10m', '30m', '1h', '3h', '6h', '12h', '1d', '7d', '30d'];

/** @param now  ms since the epoch @returns what is asked for, or what is wrong with it */
export function zoomOf({ from, to, step, points }: RatesQuery, now: number): Zoom | string {
  const end = to === undefined ? now : parseRfc3339(to);
  if (end === null) return `to: "${to}" is no moment. Write it like 2025-11-21T14:03:07Z.`;
  const start = from === undefined ? end - FROM_DEFAULT_MS : parseRfc3339(from);
  if (start === null) return `from: "${from}" is no moment. Write it like 2025-11-21T14:03:07Z.`;
  if (start < 0 || end > MOMENT_MS_MAX) return 'from and to lie between the years 1970 and 9999.';
  if (start > end) return 'from is after to. Swap them.';
  const wanted = points === undefined ? POINTS_DEFAULT : Number(points);
  if (!Number.isInteger(wanted) || wanted < 1 || wanted > POINTS_MAX) {
    return `points: "${points}" is no whole number from 1 to ${POINTS_MAX}.`;
  }
  const seconds = Math.ceil(end / 1000) - Math.floor(start / 1000);
  const chosen = step ?? (points === undefined && seconds <= POINTS_MAX ? '1s' : 'auto');
  const name = chosen === 'auto' ? ZOOMS.find((zoom) => seconds <= wanted * secondsOf(zoom)) : chosen;
  if (name === undefined) return tooMany(seconds, wanted);
  const stepSeconds = secondsOf(name);
  if (Number.isNaN(stepSeconds)) return `step: "${step}" is no whole number of seconds. Write it like 1s, 10s or 1m, or auto.`;
  if (stepSeconds > ODD_SECONDS_MAX && stepSeconds % ODD_SECONDS_MAX !== 0) {
    return `step: "${step}" is longer than ${ODD_SECONDS_MAX}s and no multiple of it. Take ${roundUp(stepSeconds)}s, or auto.`;
  }
  if (Math.ceil(seconds / stepSeconds) > POINTS_MAX) return tooMany(seconds, POINTS_MAX);
  // Steps begin at multiples of their length, so that a chart that moves on does not flicker.
  const first = Math.floor(start / 1000 / stepSeconds) * stepSeconds;
  return { from: first, to: Math.ceil(end / 1000 / stepSeconds) * stepSeconds, stepSeconds, step: name };
}

function tooMany(seconds: number, points: number): string {
  return `These are more than ${points} points. The smallest step for this range is ${roundUp(Math.ceil(seconds / points))}s.`;
}

function roundUp(seconds: number): number {
  return seconds <= ODD_SECONDS_MAX ? seconds : Math.ceil(seconds / ODD_SECONDS_MAX) * ODD_SECONDS_MAX;
}

/** NaN where it is no whole number of seconds. */
function secondsOf(step: string): number {
  const ms = parseDuration(step);
  return ms === null || ms < 1000 || ms % 1000 !== 0 ? Number.NaN : ms / 1000;
}
