/** Table rates: the records of topic counts, beside what was known of each second when it closed. */
import type { CountsRecord } from '../topics/counts.ts';
import type { Signal } from '../topics/signals.ts';
import type { Table } from './connect.ts';
import { safeText } from './row-text.ts';

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

/** The same without what it leaves open, for millions of seconds of one series. */
export const elsewhereTable: Table = { name: 'rates', columns: ['series', 'partition', 'block', 'to', 'sum', 'n', 'second'] };

export function elsewhereRowsOf(series: string, writtenAt: number): (second: number, n: number, sum: number) => string {
  const head = `[${safeText(series)},${ELSEWHERE},0,${Math.round(writtenAt)},`;
  return (second, n, sum) => `${head}${sum},${n},${second}]\n`;
}
