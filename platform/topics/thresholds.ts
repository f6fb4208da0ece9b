/** Topic `config`, too: what the tail of a series' own history asks of its threshold, and from which second that holds everywhere. */
import type { LogRecord, StoredRecord } from '../eventlog/eventlog.ts';

/** Shapes that a later program may not read alike carry another number. */
const VERSION = 1;
const KEY = 'threshold/';

/** A tail that was fitted. Sigmas > 0. */
export interface TailFit {
  /** The threshold that keeps the budget, and its 90 % interval. */
  readonly sigmas: number;
  readonly low: number;
  readonly high: number;
  /** Of z² over its level; 2 where all is chance. Null: it has no end. */
  readonly mean: number | null;
  /** False pages a year that it would cost to stay with the formula; null: nobody can say how many. */
  readonly falsePagesByFormula: number | null;
  /** More of the far ones than an exponential tail has. */
  readonly isHeavier: boolean;
}

export interface LearnedThreshold {
  readonly series: string;
  /** The process that learned it. */
  readonly by: string;
  /** The first second (since the epoch) that is decided on by it. */
  readonly from: number;
  /** The limits of `page_when` that it was learned for, as one text: for others it says nothing. */
  readonly asked: string;
  /** Sigmas > 0 that the budget asks for by itself. */
  readonly formula: number;
  /** Sigmas > 0 above the formula; null: it is not raised. `before` is what held until `from`. */
  readonly raised: number | null;
  readonly before: number | null;
  /** Days of history that were looked at; fewer than `ofDays`: nothing follows from them yet. */
  readonly days: number;
  readonly ofDays: number;
  /** Excursions that came near a page. */
  readonly peaks: number;
  /** Null where there were too few of them. */
  readonly fit: TailFit | null;
  /** The limit that a raise has hit. */
  readonly limitedBy: string | null;
}

export function thresholdRecord(learned: LearnedThreshold): LogRecord {
  return { key: `${KEY}${learned.series}`, value: JSON.stringify({ v: VERSION, is: 'threshold', ...learned }), partition: 0 };
}

/** @returns what the record says; null where it is of another kind or version: whoever wrote it knows more than this program */
export function decodeThreshold({ key, value }: StoredRecord): LearnedThreshold | null {
  if (!key.startsWith(KEY)) return null;
  const read = parsed(value);
  if (read?.v !== VERSION || read.is !== 'threshold' || `${KEY}${String(read.series)}` !== key) return null;
  const { v: _, is: __, ...learned } = read;
  return isWhole(learned) ? (learned as unknown as LearnedThreshold) : null;
}

function isWhole({ by, from, asked, formula, raised, before, days, ofDays, peaks, fit }: Record<string, unknown>): boolean {
  const texts = typeof by === 'string' && typeof asked === 'string' && Number.isSafeInteger(from);
  const numbers = [formula, days, ofDays, peaks].every(isNumber) && [raised, before].every((one) => one === null || isNumber(one));
  const { sigmas, low, high } = (fit ?? { sigmas: 0, low: 0, high: 0 }) as unknown as Record<string, unknown>;
  return texts && numbers && [sigmas, low, high].every(isNumber);
}

const isNumber = (value: unknown): boolean => typeof value === 'number' && Number.isFinite(value);

function parsed(text: string): Record<string, unknown> | null {
  try {
    return JSON.parse(text) as Record<string, unknown> | null;
  } catch {
    return null;
  }
}
