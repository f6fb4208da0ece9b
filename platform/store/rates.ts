/** Table rates: the records of topic counts, beside what was known of each second when it closed. */
import type { CountsRecord } from '../topics/counts.ts';
import type { Signal } from '../topics/signals.ts';
import type { Table } from './connect.ts';
import { safeText } from './row-text.ts';
import type { Store } from './store.ts';

const CLOSING = ['closed', 'state', 'share', 'usual', 'derivative', 'steepness'];
/** What a row says that is no closing. */
const NOT_CLOSED = 'null,"",1,null,null,null';

export const ratesTable: Table = {
  name: 'rates',
  columns: ['series', 'second', 'partition', 'block', 'to', 'n', 'sum', 'lost', ...CLOSING],
};

export function countRows({ partition, block, to, rows }: CountsRecord): string {
  let text = '';
  for (const [series, second, n, sum, lost] of rows) {
    text += `[${safeText(series)},${second},${partition},${block},${to},${n},${sum},${lost},${NOT_CLOSED}]\n`;
  }
  return text;
}

/** Offsets are smaller; what is blind stands behind whatever was decided, so that a second that closed at last is known. */
const DECIDED_FROM = 2 ** 52;
const BLIND_FROM = 2 ** 51;

/** The signals of a second as topic signals holds them at `offset`: of two about one second the first stands. */
export function closingRows(second: number, signals: readonly Signal[], offset: number): string {
  let text = '';
  for (const { series, state, n, share = 1, usual, derivative, steepness } of signals) {
    const to = (state === 'blind' ? BLIND_FROM : DECIDED_FROM) - offset;
    text += `[${safeText(series)},${second},-1,0,${to},0,0,0,${n},"${state}",${share},${usual},${derivative},${steepness}]\n`;
  }
  return text;
}

/** Counts of seconds that Plummet did not count itself: imported, from the archive, rehearsed. */
export const ELSEWHERE = -2;

/** @param writtenAt  ms since the epoch: of two rows about one second the newer stands */
export function elsewhereRow(series: string, second: number, { n, sum }: { n: number; sum: number }, writtenAt: number): string {
  return `[${safeText(series)},${second},${ELSEWHERE},0,${Math.round(writtenAt)},${n},${sum},0,${NOT_CLOSED}]\n`;
}

/** The same without what it leaves open, for millions of seconds of one series. */
export const elsewhereTable: Table = { name: 'rates', columns: ['series', 'partition', 'block', 'to', 'sum', 'n', 'second'] };

export function elsewhereRowsOf(series: string, writtenAt: number): (second: number, n: number, sum: number) => string {
  const head = `[${safeText(series)},${ELSEWHERE},0,${Math.round(writtenAt)},`;
  return (second, n, sum) => `${head}${sum},${n},${second}]\n`;
}

export interface StoredRate {
  /** The first second of the step, since the epoch. */
  readonly second: number;
  /** Events, those that came late too. */
  readonly n: number;
  readonly sum: number;
  readonly lost: number;
  /** Events as known when the seconds closed; of a metric with a value, their sum. */
  readonly closed: number;
  /** Seconds of the step that closed with a count. */
  readonly closedSeconds: number;
}

export interface RatesRange {
  readonly series: string;
  /** The first second, since the epoch. */
  readonly from: number;
  /** The first second after it. */
  readonly to: number;
  /** So many seconds become one; 1: every second. */
  readonly stepSeconds: number;
}

/** In order; steps of which nothing is known are left out. */
export async function ratesOf(store: Store, { series, from, to, stepSeconds }: RatesRange): Promise<StoredRate[]> {
  const found = await store.rows<Record<keyof StoredRate, number>>(
    `SELECT intDiv(toUnixTimestamp(rates.second), {step:UInt32}) * {step:UInt32} AS second, sum(rates.n) AS n, sum(rates.sum) AS sum,
       sum(rates.lost) AS lost, sum(ifNull(rates.closed, 0)) AS closed, countIf(rates.closed IS NOT NULL) AS closedSeconds
     FROM rates FINAL
     WHERE series = {series:String} AND rates.second >= toDateTime({from:UInt32}) AND rates.second < toDateTime({to:UInt32})
     GROUP BY second ORDER BY second`,
    { series, from, to, step: stepSeconds },
  );
  return found.map((row) => ({
    second: Number(row.second),
    n: Number(row.n),
    sum: Number(row.sum),
    lost: Number(row.lost),
    closed: Number(row.closed),
    closedSeconds: Number(row.closedSeconds),
  }));
}
