/**
 * Which setting to commit: of those whose false pages stay within the budget and that find every known outage that the one in force finds,
 * the one that sees half lost at the quiet hour soonest. Chosen by the first part of the history, asked again of the last.
 */
import { falsePagesPerYearOf } from '../steep-drop/threshold.ts';
import type { Setting } from './grid.ts';
import type { Row } from './rows.ts';

/** Delays that differ by less than either are one: then whatever differs least from the setting in force is better. */
const ALIKE_SECONDS = 0.5;
const ALIKE_SHARE = 0.05;
const ROUNDING = 1e-6;

export interface Recommended {
  /** Index of the setting. */
  readonly index: number;
  /** Settings that were within the budget. */
  readonly among: number;
  /** None was: the one in force stays, for want of a better one. */
  readonly isForWant: boolean;
  readonly heldOut: HeldOut;
}

/** What the part that had no say showed of the recommended setting. */
export interface HeldOut {
  readonly row: Row;
  readonly inForce: Row;
  readonly isConfirmed: boolean;
  /** Why not. */
  readonly doubts: readonly Doubt[];
}

export type Doubt = 'false pages' | 'missed an outage' | 'slower' | 'not tried';

/** False pages a year to expect: what was seen, but never fewer than the setting itself allows. */
export function expectedPerYear({ perYear, setting: { pageWhen }, sigmas }: Row): number {
  const allowed = pageWhen.sigmas === undefined ? pageWhen.falsePagesPerYear : falsePagesPerYearOf(sigmas);
  return Math.max(allowed, perYear.value);
}

/**
 * @param first    rows of the part that chooses
 * @param last     rows of the part that is held out
 * @param inForce  index of the setting in force
 * @param budget   false pages a year
 */
export function recommend(first: readonly Row[], last: readonly Row[], inForce: number, budget: number): Recommended {
  const own = first[inForce] as Row;
  const fit = first.flatMap((row, index) => (isWithin(row, budget) && row.realFound >= own.realFound ? [index] : []));
  const delays = fit.map((index) => first[index]?.halfQuiet ?? Number.POSITIVE_INFINITY);
  const soonest = Math.min(...delays);
  const alike = fit.filter((_, i) => (delays[i] as number) <= Math.max(soonest + ALIKE_SECONDS, soonest * (1 + ALIKE_SHARE)));
  const best = (alike.length > 0 ? alike : fit).sort((a, b) => preferred(first[a] as Row, first[b] as Row, own.setting))[0];
  const index = best ?? inForce;
  const heldOut = heldOutOf(last[index] as Row, last[inForce] as Row, budget);
  return { index, among: fit.length, isForWant: best === undefined, heldOut };
}

/** What it allows itself is within the budget, and what was seen does not speak against it. */
function isWithin(row: Row, budget: number): boolean {
  const { pageWhen } = row.setting;
  const allowed = pageWhen.sigmas === undefined ? pageWhen.falsePagesPerYear : falsePagesPerYearOf(row.sigmas);
  return allowed <= budget * (1 + ROUNDING) && row.perYear.low <= budget;
}

function preferred(a: Row, b: Row, inForce: Setting): number {
  const [one, other] = [a.setting.pageWhen, b.setting.pageWhen];
  return (
    knobsApart(a.setting, inForce) - knobsApart(b.setting, inForce) ||
    expectedPerYear(a) - expectedPerYear(b) ||
    other.drop - one.drop ||
    other.forSeconds - one.forSeconds
  );
}

/** Of the four knobs, how many stand elsewhere. */
function knobsApart({ file }: Setting, { file: other }: Setting): number {
  const keys = ['drop', 'derivative', 'within', 'false_pages', 'for'] as const;
  return keys.filter((key) => file[key] !== other[key]).length;
}

function heldOutOf(row: Row, inForce: Row, budget: number): HeldOut {
  const doubts: Doubt[] = [];
  if (row.perYear.low > budget) doubts.push('false pages');
  if (row.realFound < inForce.realFound) doubts.push('missed an outage');
  if (row.halfQuiet === null || inForce.halfQuiet === null) doubts.push('not tried');
  else if (row.halfQuiet > Math.max(inForce.halfQuiet + ALIKE_SECONDS, inForce.halfQuiet * (1 + ALIKE_SHARE))) doubts.push('slower');
  return { row, inForce, isConfirmed: doubts.length === 0, doubts };
}

/** Settings that no other beats in both: fewer false pages to expect, and half lost seen sooner. By false pages, ascending. */
export function frontierOf(rows: readonly Row[]): number[] {
  const points = rows.map((row, index) => ({ index, x: expectedPerYear(row), y: row.halfQuiet ?? Number.POSITIVE_INFINITY }));
  const frontier: number[] = [];
  let least = Number.POSITIVE_INFINITY;
  for (const { index, y } of points.sort((a, b) => a.x - b.x || a.y - b.y)) {
    if (y >= least) continue;
    least = y;
    frontier.push(index);
  }
  return frontier;
}
