/** One odd line of a counts CSV: quoted, signed, spaced, a header, or wrong. What is wrong is said with what to do. */

/** A mistake in a file of counts; `line` counts from 1, null where the whole file is meant. */
export class CsvProblem extends Error {
  readonly line: number | null;
  /** What to do. */
  readonly hint: string;

  constructor(line: number | null, message: string, hint: string) {
    super(message);
    this.line = line;
    this.hint = hint;
  }
}

export interface Row {
  readonly second: number;
  readonly count: number;
}

/** Seconds from here on (the year 5138) are milliseconds since 1973 and later. */
export const SECOND_MAX = 1e11;
/** Events in a second; sums of an hour stay exact far beyond it. */
export const COUNT_MAX = 1e12;

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const FINER: readonly [number, string, string][] = [
  [SECOND_MAX, 'milliseconds', '1000'],
  [1e14, 'microseconds', '1,000,000'],
  [1e17, 'nanoseconds', '1,000,000,000'],
];
const FOUND_LENGTH_MAX = 60;
/** A count above `counts` in a second before `seconds` (1973) is a time. */
const SWAPPED = { counts: 1e9, seconds: 1e8 };
const FORM = 'Each line is epoch_second,count: 1767225600,118';

/** @returns the two fields of a line, without quotes and the spaces around them; null where the line is blank */
export function fieldsOf(text: string, line: number): readonly [string, string] | null {
  if (text.trim() === '') return null;
  if (text.includes('\0')) {
    throw new CsvProblem(line, 'there are NUL bytes: this is UTF-16 or no text at all.', 'Save it as plain CSV in UTF-8.');
  }
  const fields = text.split(',').map(bare);
  if (fields.length === 2) return fields as [string, string];
  if (text.trim().includes('\r')) throw loneReturns(line);
  const found = fields.length === 1 ? `one column, ${quote(text)}` : `${fields.length} columns, ${quote(text)}`;
  throw new CsvProblem(line, `found ${found}; allowed are two, with a comma between them.`, hintForColumns(text, fields.length));
}

/** A first line of names, like `epoch_second,count`. */
export function isHeader([first, second]: readonly [string, string], line: number): boolean {
  if (!/^[\p{L}_]/u.test(first) || !/^[\p{L}_]/u.test(second) || isNoNumber(first) || isNoNumber(second)) return false;
  if (/^(n|count|counts|events|value)$/i.test(first) && /time|second|epoch|^ts$/i.test(second)) {
    throw new CsvProblem(line, `the columns are ${quote(`${first},${second}`)}: the other way round.`, FORM);
  }
  return true;
}

export function rowOf([time, n]: readonly [string, string], line: number, isFirst: boolean): Row {
  const second = secondOf(time, line);
  const count = countOf(n, line);
  if (isFirst && count > SWAPPED.counts && second < SWAPPED.seconds) {
    throw new CsvProblem(line, `the columns ${quote(`${time},${n}`)} look the other way round.`, FORM);
  }
  return { second, count };
}

function secondOf(text: string, line: number): number {
  const wrong = (message: string, hint: string): CsvProblem => new CsvProblem(line, message, hint);
  if (!NUMBER.test(text)) {
    if (/^\d{4}-\d\d-\d\d/.test(text)) {
      throw wrong(
        `found the date ${quote(text)}; allowed are seconds since 1970 (UTC).`,
        'Convert it; `date -u +%s -d 2026-01-01` does one.',
      );
    }
    if (/^[\p{L}_]/u.test(text) && !isNoNumber(text)) {
      throw wrong(
        `found ${quote(text)} as a time; allowed are whole seconds since 1970.`,
        'Only the first line may be a header, with a name for each column.',
      );
    }
    throw wrong(`found ${quote(text)} as a time; allowed are whole seconds since 1970.`, FORM);
  }
  const second = Number(text);
  if (second < 0) throw wrong(`the time ${shortened(text)} is negative; allowed are whole seconds since 1970.`, FORM);
  const finer = FINER.findLast(([from]) => second >= from);
  if (finer) throw wrong(`the time ${quote(text)} looks like ${finer[1]}.`, `Divide by ${finer[2]}: times are whole seconds since 1970.`);
  if (!Number.isInteger(second)) {
    throw wrong(
      `the time ${shortened(text)} is no whole second; a count is that of one second.`,
      'Add up the counts of each second first.',
    );
  }
  return second + 0;
}

function countOf(text: string, line: number): number {
  const wrong = (message: string, hint: string): CsvProblem => new CsvProblem(line, message, hint);
  const leaveOut = 'Where nothing was counted write 0; where nothing is known leave the line out.';
  if (text === '') throw wrong('there is no count; allowed is a number from 0 up.', leaveOut);
  if (!NUMBER.test(text)) throw wrong(`found ${quote(text)} as a count; allowed is a number from 0 up.`, leaveOut);
  const count = Number(text);
  if (count < 0) throw wrong(`the count ${shortened(text)} is negative; allowed is a number from 0 up.`, leaveOut);
  if (count > COUNT_MAX) {
    throw wrong(`the count ${shortened(text)} is beyond 1,000,000,000,000 events in a second, the most that is allowed.`, FORM);
  }
  return count + 0;
}

/** What old Macs wrote, and spreadsheets that save for them. */
export function loneReturns(line: number): CsvProblem {
  const found = 'the lines end with carriage returns alone; allowed are line feeds, with or without one before.';
  return new CsvProblem(line, found, "Change them: `tr '\\r' '\\n' < counts.csv > mended.csv`");
}

function hintForColumns(text: string, columns: number): string {
  if (columns > 2) return 'Keep two columns: `cut -d, -f1,2` where they are the first two.';
  if (text.includes(';')) return "The separator is a semicolon: `tr ';' ','` changes it.";
  if (text.includes('\t')) return "The separator is a tab: `tr '\\t' ','` changes it.";
  return FORM;
}

/** What programs write where they have no number. */
function isNoNumber(text: string): boolean {
  return /^[+-]?(nan|inf|infinity|null|none|na|n\/a|undefined)$/i.test(text);
}

function bare(field: string): string {
  const text = field.trim();
  return text.length > 1 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1).trim() : text;
}

/** What was found, harmless to a terminal and never long. */
export function quote(text: string): string {
  return `"${shortened(text).replaceAll(/\p{Cc}/gu, '\ufffd')}"`;
}

function shortened(text: string): string {
  return text.length > FOUND_LENGTH_MAX ? `${text.slice(0, FOUND_LENGTH_MAX)}…` : text;
}
