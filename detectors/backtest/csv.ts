/** Bytes of `epoch_second,count` lines → rows in columns: no string a line, no object a row; only odd lines go the slow way. */
import { COUNT_MAX, CsvProblem, fieldsOf, isHeader, loneReturns, quote, rowOf, SECOND_MAX } from './csv-line.ts';

/** Rows in columns, used again for the next ones: the first `length` of each hold. */
export interface Rows {
  /** Since the epoch, ascending. */
  readonly seconds: Float64Array;
  /** Events, >= 0. */
  readonly counts: Float64Array;
  /** Line of the file, from 1. */
  readonly lines: Float64Array;
  /** What was readable of each, above 0 to 1; left out: all of it. */
  readonly shares?: Float64Array;
  length: number;
}

/** Of a line with its end. Two numbers need 40 bytes; whatever is longer than this is no CSV. */
export const LINE_BYTES_MAX = 4096;
const ROWS_MAX = 16_384;

const [LF, CR, COMMA, ZERO] = [10, 13, 44, 48];

/** A fold over the bytes of one file, in chunks of any size. */
export class CsvReader {
  readonly #take: (rows: Rows) => void;
  readonly #rows: Rows = {
    seconds: new Float64Array(ROWS_MAX),
    counts: new Float64Array(ROWS_MAX),
    lines: new Float64Array(ROWS_MAX),
    length: 0,
  };
  /** The beginning of a line whose end comes with the next chunk. */
  readonly #begun = new Uint8Array(LINE_BYTES_MAX + 1);
  #begunBytes = 0;
  #lines = 0;
  /** Second of the newest row and its line. */
  #last = -1;
  #lastLine = 0;
  /** What is said of it. */
  #header: string | null = null;
  #fractionLine: number | null = null;
  readonly #decoder = new TextDecoder();

  /** @param take  is handed the rows of each chunk, before the next is read */
  constructor(take: (rows: Rows) => void) {
    this.#take = take;
  }

  /** Lines that were whole so far. */
  get lines(): number {
    return this.#lines;
  }

  /** What was handled and should be said. */
  get notes(): string[] {
    const notes: string[] = [];
    if (this.#header !== null) notes.push(this.#header);
    if (this.#fractionLine !== null) {
      notes.push(
        `line ${this.#fractionLine} has the first count that is no whole number; averages are no counts, and sums of values want --sum`,
      );
    }
    return notes;
  }

  /** @throws CsvProblem */
  read(chunk: Uint8Array): void {
    let from = 0;
    if (this.#begunBytes > 0) {
      const end = chunk.indexOf(LF);
      this.#begin(chunk.subarray(0, end < 0 ? chunk.length : end + 1));
      if (end < 0) return;
      this.#parse(this.#begun, 0, this.#begunBytes);
      this.#begunBytes = 0;
      from = end + 1;
    }
    const whole = chunk.lastIndexOf(LF) + 1;
    if (whole > from) this.#parse(chunk, from, whole);
    this.#begin(chunk.subarray(Math.max(from, whole)));
    this.#flush();
  }

  /** The last line needs no end. @throws CsvProblem, also where there was no row */
  end(): void {
    if (this.#begunBytes > 0) this.#parse(this.#begun, 0, this.#end());
    this.#flush();
    if (this.#lastLine > 0) return;
    const what = this.#header === null ? 'there is no line in it.' : 'there is no line after the header.';
    throw new CsvProblem(null, what, 'Each line is epoch_second,count: 1767225600,118');
  }

  /** Ends the line that is begun. @returns its bytes */
  #end(): number {
    this.#begun[this.#begunBytes] = LF;
    return this.#begunBytes + 1;
  }

  #begin(bytes: Uint8Array): void {
    if (this.#begunBytes + bytes.length > LINE_BYTES_MAX) {
      this.#begun.set(bytes.subarray(0, this.#begun.length - this.#begunBytes), this.#begunBytes);
      throw tooLong(this.#begun, this.#lines + 1);
    }
    this.#begun.set(bytes, this.#begunBytes);
    this.#begunBytes += bytes.length;
  }

  /** Whole lines only: the byte before `end` is the end of one, so that every run of digits stops inside. */
  #parse(bytes: Uint8Array, from: number, end: number): void {
    const { seconds, counts, lines } = this.#rows;
    let at = from;
    while (at < end) {
      const start = at;
      let second = 0;
      let digit = (bytes[at] as number) - ZERO;
      while (digit >= 0 && digit <= 9) {
        second = second * 10 + digit;
        digit = (bytes[++at] as number) - ZERO;
      }
      const comma = at;
      let count = 0;
      digit = (bytes[++at] as number) - ZERO;
      while (digit >= 0 && digit <= 9) {
        count = count * 10 + digit;
        digit = (bytes[++at] as number) - ZERO;
      }
      const hasBoth = comma > start && at > comma + 1 && bytes[comma] === COMMA;
      if (bytes[at] === CR) at++;
      // The first row is looked at the slow way, for what only a first line can be.
      if (hasBoth && bytes[at] === LF && second > this.#last && second < SECOND_MAX && count <= COUNT_MAX && this.#lastLine > 0) {
        at++;
        this.#last = second;
        this.#lastLine = ++this.#lines;
        const { length } = this.#rows;
        seconds[length] = second;
        counts[length] = count;
        lines[length] = this.#lines;
        this.#rows.length = length + 1;
        if (this.#rows.length === ROWS_MAX) this.#flush();
      } else {
        const stop = bytes.indexOf(LF, start);
        this.#odd(bytes.subarray(start, stop));
        at = stop + 1;
      }
    }
  }

  #odd(bytes: Uint8Array): void {
    const line = this.#lines + 1;
    if (bytes.length >= LINE_BYTES_MAX) throw tooLong(bytes, line);
    const fields = fieldsOf(this.#decoder.decode(bytes), line);
    this.#lines = line;
    if (!fields) return;
    const isFirst = this.#lastLine === 0;
    if (isFirst && this.#header === null && isHeader(fields, line)) {
      this.#header = `line ${line} is a header, ${quote(fields.join(','))}, and was skipped`;
      return;
    }
    const { second, count } = rowOf(fields, line, isFirst);
    if (second <= this.#last) throw this.#outOfOrder(second, line);
    if (!Number.isInteger(count)) this.#fractionLine ??= line;
    const { length } = this.#rows;
    this.#rows.seconds[length] = second;
    this.#rows.counts[length] = count;
    this.#rows.lines[length] = line;
    this.#rows.length = length + 1;
    this.#last = second;
    this.#lastLine = line;
    if (this.#rows.length === ROWS_MAX) this.#flush();
  }

  #outOfOrder(second: number, line: number): CsvProblem {
    if (second === this.#last) {
      const hint = 'One line a second is allowed; add up the counts of each second first.';
      return new CsvProblem(line, `second ${second} stands on line ${this.#lastLine} already.`, hint);
    }
    const found = `second ${second} comes after ${this.#last} of line ${this.#lastLine}; allowed is ascending order.`;
    return new CsvProblem(line, found, 'Sort it: `sort -t, -k1,1n counts.csv > sorted.csv`');
  }

  #flush(): void {
    if (this.#rows.length > 0) this.#take(this.#rows);
    this.#rows.length = 0;
  }
}

/** @param bytes  of the line, at least as many as are allowed */
function tooLong(bytes: Uint8Array, line: number): CsvProblem {
  const at = bytes.indexOf(CR);
  if (at >= 0 && at + 1 < bytes.length && bytes[at + 1] !== LF) return loneReturns(line);
  const found = `no end of the line within ${LINE_BYTES_MAX.toLocaleString('en-US')} bytes.`;
  return new CsvProblem(line, found, 'Each line is epoch_second,count and ends with a line feed.');
}
