/**
 * A fall that never happened, in seconds that did: of the real counts from a moment on each event is left out by chance, and every limit
 * is asked when it would have paged, by a detector that goes on from what it had learned until then.
 */
import { binomial } from '../backtest/spread.ts';
import type { Evidence } from '../steep-drop/evidence.ts';
import type { PageWhen } from '../steep-drop/page-when.ts';
import type { SavedSteepDrop } from '../steep-drop/steep-drop.ts';
import { leastSeconds } from '../steep-drop/time-to-sure.ts';
import type { History } from './history.ts';
import type { Moment } from './moments.ts';
import { NONE, type Panel } from './panel.ts';

/** Shares lost that are tried. */
export const LOST: readonly number[] = [0.3, 0.5, 0.8, 1];

/** A fall that is not seen within so many times the least that any rule needs, and within an hour, is missed. */
const TIMES_LEAST_MAX = 20;
const WAIT_SECONDS_MIN = 120;
const WAIT_SECONDS_MAX = 3600;

/** @param rate  usual events/s there */
export function waitSeconds(rate: number, lost: number): number {
  if (rate <= 0) return WAIT_SECONDS_MAX;
  return Math.min(WAIT_SECONDS_MAX, WAIT_SECONDS_MIN + Math.ceil(TIMES_LEAST_MAX * leastSeconds(rate, lost, 1)));
}

export interface Fallen {
  readonly moment: Moment;
  /** What a detector knew before the second of the moment. */
  readonly saved: SavedSteepDrop;
  readonly lost: number;
  /** Seconds that are waited for a page. */
  readonly wait: number;
}

/** Seconds from the fall to the end of the second in which each limit pages, by limit; NaN where it does not. */
export function delaysOf(history: History, panel: Panel, { moment, saved, lost, wait }: Fallen, random: () => number): number[] {
  const { start, counts, shares, closed, expected } = history;
  const delays: number[] = Array(panel.size).fill(Number.NaN);
  const asked = new Int32Array(panel.size);
  let left = delays.map((_, limit) => limit);
  const detector = panel.detector(listening(panel, left), saved);
  const count = { second: 0, n: 0, share: 1, expected: false };
  let isHeld = false;
  let delay = 0;
  const witness = (evidence: Evidence): void => {
    const isQuiet = evidence.scan.sure.length === 0 && evidence.circumstances.alone === null;
    if (isHeld || isQuiet) return;
    panel.ask(evidence, left, asked);
    for (const limit of left) if (asked[limit] !== NONE) delays[limit] = delay;
    left = left.filter((limit) => asked[limit] === NONE);
  };
  const end = Math.min(counts.length, moment.at + wait);
  for (let at = moment.at; at < end && left.length > 0; at++) {
    const n = counts[at] as number;
    if (Number.isNaN(n)) continue;
    const gone = at === moment.at ? lost * (1 - moment.into) : lost;
    isHeld = closed?.[at] === 1;
    delay = at + 1 - moment.at - moment.into;
    count.second = start + at;
    count.n = panel.isOfSums ? n * (1 - gone) : thinned(n, gone, random);
    count.share = shares ? (shares[at] as number) : 1;
    count.expected = expected?.[at] === 1;
    detector.next(count, isHeld, witness);
  }
  return delays;
}

/** It scans at the laxest threshold and never pages itself: nothing lasts for ever. */
function listening(panel: Panel, limits: readonly number[]): PageWhen {
  const laxest = panel.laxest(limits);
  return { ...panel.pageWhen(laxest), drop: 1, forSeconds: Number.POSITIVE_INFINITY, sigmas: panel.sigmas(laxest) };
}

/** Events of a second when this share of them is lost. Where counts have fractions no single event is known: the share goes evenly. */
export function thinned(n: number, lost: number, random: () => number): number {
  if (lost <= 0 || n === 0) return n;
  if (lost >= 1) return 0;
  return Number.isInteger(n) ? n - binomial(n, lost, random) : n * (1 - lost);
}
