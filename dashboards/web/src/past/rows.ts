/** The steps of a picture as the rows of a table: few enough to be read, and beginning where hours and days do. */
import type { State } from '../picture/span.ts';
import type { PastFigure } from './figure.ts';
import { wallOf } from './zoned.ts';

export interface Row {
  /** Epoch second at which it begins, and its length. */
  readonly at: number;
  readonly seconds: number;
  /** Indices of its steps. */
  readonly first: number;
  readonly after: number;
  /** Events/s, the last one known. */
  readonly usual: number | null;
  readonly state: State | null;
}

const ROWS_MAX = 64;
const LENGTHS = [1, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 10_800, 21_600, 43_200, 86_400];
const WORST_FIRST: readonly State[] = ['dropped', 'blind', 'falling', 'recovering', 'warming', 'too slow', 'normal'];

/** The newest first. */
export function rowsOf({ begins, stepSeconds, min, usual, state, from, to }: PastFigure, timezone: string): Row[] {
  const seconds = LENGTHS.find((length) => (to - from) / length <= ROWS_MAX && length % stepSeconds === 0) ?? stepSeconds;
  const ahead = wallOf(begins, timezone) - begins;
  const rowOf = (i: number): number => Math.floor((begins + i * stepSeconds + ahead) / seconds);
  const rows: Row[] = [];
  for (let first = 0; first < min.length; ) {
    let after = first + 1;
    while (after < min.length && rowOf(after) === rowOf(first)) after++;
    const worst = state.slice(first, after).filter((one) => one !== null);
    rows.push({
      ...{ at: begins + first * stepSeconds, seconds, first, after },
      usual: usual.slice(first, after).findLast((value) => value !== null) ?? null,
      state: WORST_FIRST.find((one) => worst.includes(one)) ?? null,
    });
    first = after;
  }
  return rows.reverse();
}
