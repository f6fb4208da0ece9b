/** Rows as a source gave them, checked and put aside on disk until all of them are known to be right: 16 bytes a second. */
import { closeSync, mkdtempSync, openSync, readSync, rmSync, unlinkSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Rows } from '../../detectors/backtest/csv.ts';
import { CsvProblem } from '../../detectors/backtest/csv-line.ts';
import { demandFewZeros, type Missing } from '../../detectors/backtest/replay.ts';
import { showSecond } from './backtest-words.ts';
import { UserError } from './output.ts';

export interface GatherOptions {
  /** The metric counts events: a part of one is a mistake. */
  readonly whole: boolean;
  /** The first second that is not over. */
  readonly now: number;
  readonly missing: Missing;
}

const NUMBER_BYTES = 8;

/** What is in one source. It takes as much memory as the newest rows. */
export class Gathered {
  readonly #options: GatherOptions;
  #file: number | null = null;
  #bytes = 0;
  #from: number | null = null;
  #last = 0;
  #rows = 0;
  #step = Number.POSITIVE_INFINITY;

  constructor(options: GatherOptions) {
    this.#options = options;
  }

  /** First and last second; null without a row. */
  get from(): number | null {
    return this.#from;
  }

  get to(): number | null {
    return this.#from === null ? null : this.#last;
  }

  get rows(): number {
    return this.#rows;
  }

  /** Seconds between the first and the last without a row. */
  get missing(): number {
    return this.#from === null ? 0 : this.#last - this.#from + 1 - this.#rows;
  }

  /** The least distance of two rows; null with one row. */
  get stepSeconds(): number | null {
    return Number.isFinite(this.#step) ? this.#step : null;
  }

  /** @throws CsvProblem, UserError where there is no room on the disk */
  take(rows: Rows): void {
    const { seconds, counts, length } = rows;
    for (let i = 0; i < length; i++) {
      const second = seconds[i] as number;
      if (this.#from === null) this.#from = second;
      else this.#step = Math.min(this.#step, second - this.#last);
      this.#check(second, counts[i] as number, rows.lines[i] as number);
      this.#last = second;
    }
    this.#rows += length;
    this.#keep(seconds.subarray(0, length), counts.subarray(0, length));
  }

  /** Seconds without a row that are read as zeros. */
  get zeros(): number {
    return this.#options.missing === 'zero' ? this.missing : 0;
  }

  /** All of it once more, missing zeros filled in; `take` is waited for where it says so. */
  async each(take: (second: number, count: number) => Promise<void> | undefined): Promise<void> {
    let last = Number.POSITIVE_INFINITY;
    for (const [seconds, counts] of this.#kept()) {
      for (let i = 0; i < seconds.length; i++) {
        const second = seconds[i] as number;
        if (this.#options.missing === 'zero') {
          for (let at = last + 1; at < second; at++) await take(at, 0);
        }
        const waiting = take(second, counts[i] as number);
        if (waiting) await waiting;
        last = second;
      }
    }
  }

  close(): void {
    if (this.#file !== null) closeSync(this.#file);
    this.#file = null;
  }

  #check(second: number, count: number, line: number): void {
    const { now, whole, missing } = this.#options;
    if (second >= now) {
      const found = `second ${second} (${showSecond(second)} UTC) is not over yet: now is ${showSecond(now)}.`;
      const hint = "History holds what has been. Leave it out with all that follows it, or set this machine's clock right.";
      throw new CsvProblem(line, found, hint);
    }
    if (whole && !Number.isInteger(count)) {
      const hint = 'This metric counts events; averages are no counts. A metric with `value:` takes sums with fractions.';
      throw new CsvProblem(line, `the count ${count} is no whole number.`, hint);
    }
    if (missing === 'zero' && this.#from !== second) demandFewZeros(second - this.#last - 1, second, line);
  }

  #keep(seconds: Float64Array, counts: Float64Array): void {
    try {
      this.#file ??= unnamedFile();
      for (const part of [Float64Array.of(seconds.length), seconds, counts]) {
        this.#bytes += writeWhole(this.#file, part, this.#bytes);
      }
    } catch (error) {
      const { code = String(error) } = error as NodeJS.ErrnoException;
      const hint = 'Make room there, or name another folder in the environment variable TMPDIR. Nothing was imported.';
      throw new UserError(`the rows cannot be put aside in ${tmpdir()} until they are checked (${code}).`, { hint, exit: 1 });
    }
  }

  *#kept(): Generator<[Float64Array, Float64Array]> {
    const head = new Float64Array(1);
    for (let at = 0; this.#file !== null && at < this.#bytes; ) {
      at += readSync(this.#file, head, 0, NUMBER_BYTES, at);
      const columns = [new Float64Array(head[0] as number), new Float64Array(head[0] as number)] as const;
      for (const column of columns) at += readSync(this.#file, column, 0, column.byteLength, at);
      yield [...columns];
    }
  }
}

/** It has no name any more when it is written: however this process ends, nothing is left behind. */
function unnamedFile(): number {
  const folder = mkdtempSync(join(tmpdir(), 'plummet-import-'));
  try {
    const path = join(folder, 'rows');
    const file = openSync(path, 'wx+', 0o600);
    unlinkSync(path);
    return file;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A disk that is filling up takes less than it is given first. */
function writeWhole(file: number, numbers: Float64Array, at: number): number {
  const bytes = Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength);
  for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done, bytes.length - done, at + done);
  return bytes.length;
}
