/** Table rates as tests write and read it: rows of what was counted elsewhere, and what Plummet itself counted. */
import { ELSEWHERE } from '../../platform/store/rates.ts';
import type { Store } from '../../platform/store/store.ts';

/** @param writtenAt  ms since the epoch: of two rows about one second the newer stands */
export function elsewhereRow(series: string, second: number, { n, sum }: { n: number; sum: number }, writtenAt: number): string {
  const row = [series, second, ELSEWHERE, 0, Math.round(writtenAt), n, sum, 0, null, '', 1, null, null, null];
  return `${JSON.stringify(row)}\n`;
}

interface StoredRate {
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

interface RatesRange {
  readonly series: string;
  /** The first second, since the epoch. */
  readonly from: number;
  /** The first second after it. */
  readonly to: number;
  /** So many seconds become one; 1: every second. */
  readonly stepSeconds: number;
}

/** What Plummet counted itself, in order; steps of which nothing is known are left out. */
export async function ratesOf(store: Store, { series, from, to, stepSeconds }: RatesRange): Promise<StoredRate[]> {
  const found = await store.rows<Record<keyof StoredRate, number>>(
    `SELECT intDiv(toUnixTimestamp(rates.second), {step:UInt32}) * {step:UInt32} AS second, sum(rates.n) AS n, sum(rates.sum) AS sum,
       sum(rates.lost) AS lost, sum(ifNull(rates.closed, 0)) AS closed, countIf(rates.closed IS NOT NULL) AS closedSeconds
     FROM rates FINAL
     WHERE series = {series:String} AND rates.partition > ${ELSEWHERE}
       AND rates.second >= toDateTime({from:UInt32}) AND rates.second < toDateTime({to:UInt32})
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
