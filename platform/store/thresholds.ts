/** Table thresholds: what the tail of each series' history asked of its threshold, and from which second that held. */
import type { LearnedThreshold } from '../topics/thresholds.ts';
import type { Table } from './connect.ts';
import { safeText } from './row-text.ts';
import type { Store } from './store.ts';

export const thresholdsTable: Table = {
  name: 'thresholds',
  columns: [
    ...['series', 'second', 'offset', 'asked', 'formula', 'raised', 'before', 'days', 'of_days', 'peaks'],
    ...['fitted', 'low', 'high', 'mean', 'false_pages', 'heavier', 'limited_by', 'writer'],
  ],
};

/** The newest ones are told; one a day is written. */
const READ_MAX = 4000;

/** @param offset  of the record in topic config */
export function thresholdRow(learned: LearnedThreshold, offset: number): string {
  const { series, by, from, asked, formula, raised, before, days, ofDays, peaks, fit, limitedBy } = learned;
  const { sigmas = null, low = null, high = null, mean = null, falsePagesByFormula = null, isHeavier = false } = fit ?? {};
  const held = [safeText(series), from, offset, safeText(asked), formula, raised, before, days, ofDays, peaks];
  const tail = [sigmas, low, high, mean, falsePagesByFormula, isHeavier ? 1 : 0, safeText(limitedBy ?? ''), safeText(by)];
  return `[${[...held, ...tail].map((value) => value ?? 'null').join(',')}]\n`;
}

interface Row {
  readonly from: number;
  readonly asked: string;
  readonly formula: number;
  readonly raised: number | null;
  readonly before: number | null;
  readonly days: number;
  readonly ofDays: number;
  readonly peaks: number;
  readonly fitted: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly mean: number | null;
  readonly falsePages: number | null;
  readonly heavier: number;
  readonly limitedBy: string;
  readonly by: string;
}

/**
 * What was learned of a series and holds in some second before `to`, the oldest first: with it a backtest decides as live did.
 *
 * @param to  second since the epoch, left out
 * @throws StoreError
 */
export async function readRaises(store: Store, series: string, to: number): Promise<LearnedThreshold[]> {
  const found = await store.rows<Row>(
    `SELECT toUnixTimestamp(found.second) AS from, found.asked AS asked, found.formula AS formula, found.raised AS raised,
       found.before AS before, found.days AS days, found.of_days AS ofDays, found.peaks AS peaks, found.fitted AS fitted,
       found.low AS low, found.high AS high, found.mean AS mean, found.false_pages AS falsePages, found.heavier AS heavier,
       found.limited_by AS limitedBy, found.writer AS by
     FROM thresholds AS found FINAL
     WHERE found.series = {series:String} AND found.second < toDateTime({to:UInt32})
     ORDER BY found.second DESC LIMIT {most:UInt32}`,
    { series, to, most: READ_MAX },
  );
  return found.reverse().map((row) => learnedOf(series, row));
}

function learnedOf(series: string, row: Row): LearnedThreshold {
  const { from, asked, formula, raised, before, days, ofDays, peaks, limitedBy, by } = row;
  const { fitted, low, high, mean, falsePages, heavier } = row;
  const interval = { sigmas: fitted as number, low: low as number, high: high as number };
  const fit = fitted === null ? null : { ...interval, mean, falsePagesByFormula: falsePages, isHeavier: Number(heavier) === 1 };
  const history = { days, ofDays, peaks: Number(peaks), fit, limitedBy: limitedBy === '' ? null : limitedBy };
  return { series, by, from: Number(from), asked, formula, raised, before, ...history };
}
