/** A counts CSV as it lies there: a file or stdin, plain or gzip, read in chunks; every mistake told with its line. */
import { createReadStream, statSync } from 'node:fs';
import { CsvReader, type Rows } from '../../detectors/backtest/csv.ts';
import { CsvProblem } from '../../detectors/backtest/csv-line.ts';
import { shownPath } from './config-file.ts';
import { foreignProblem, MAGIC_BYTES } from './foreign-file.ts';
import { GzipProblem, gunzip } from './gzip.ts';

const CHUNK_BYTES = 1 << 20;
const GZIP = [0x1f, 0x8b];
/** After a mistake in a gzip file so much more of its text is unpacked, to see whether the file itself is damaged. */
const READ_ON_BYTES_MAX = 64 << 20;

export interface CsvRead {
  /** What was handled and should be said. */
  readonly notes: readonly string[];
  readonly lines: number;
}

/** As a person named it. */
export function shownCsv(file: string): string {
  return file === '-' ? 'stdin' : shownPath(file);
}

/** Bytes on disk; null where that is not known. @throws CsvProblem where there is nothing to be read */
export function sizeOf(file: string): number | null {
  if (file === '-') return null;
  try {
    const stat = statSync(file);
    if (stat.isDirectory()) throw new CsvProblem(null, 'this is a folder.', 'Name the CSV in it.');
    return stat.isFile() ? stat.size : null;
  } catch (error) {
    throw problemOf(error);
  }
}

/**
 * Reads a file to its end, in bounded memory.
 *
 * @param take   is handed the rows of each chunk; what it throws ends the reading
 * @param heard  is told the bytes of each chunk, as they lie on disk
 * @throws CsvProblem
 */
export async function readCsv(file: string, take: (rows: Rows) => void, heard: (bytes: number) => void): Promise<CsvRead> {
  sizeOf(file);
  const reader = new CsvReader(take);
  try {
    const source = file === '-' ? process.stdin : createReadStream(file, { highWaterMark: CHUNK_BYTES });
    const packed = await begin(source, heard);
    if (packed.isGzip) await readGzip(packed.bytes, reader);
    else for await (const chunk of packed.bytes) reader.read(chunk);
    reader.end();
  } catch (error) {
    throw problemOf(error);
  }
  return { notes: reader.notes, lines: reader.lines };
}

interface Begun {
  readonly isGzip: boolean;
  /** All of them, the first ones too. */
  readonly bytes: AsyncIterable<Uint8Array>;
}

/** Looks at the first bytes; a pipe cannot be read twice. */
async function begin(source: AsyncIterable<Uint8Array>, heard: (bytes: number) => void): Promise<Begun> {
  const chunks = source[Symbol.asyncIterator]();
  let first: Uint8Array = new Uint8Array(0);
  while (first.length < MAGIC_BYTES) {
    const next = await chunks.next();
    if (next.done) break;
    first = first.length === 0 ? next.value : Buffer.concat([first, next.value]);
  }
  const foreign = foreignProblem(first);
  if (foreign) {
    await chunks.return?.();
    throw foreign;
  }
  return { isGzip: GZIP.every((byte, i) => first[i] === byte), bytes: rejoined(first, chunks, heard) };
}

async function* rejoined(first: Uint8Array, rest: AsyncIterator<Uint8Array>, heard: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  try {
    if (first.length > 0) {
      heard(first.length);
      yield first;
    }
    for (let next = await rest.next(); !next.done; next = await rest.next()) {
      heard(next.value.length);
      yield next.value;
    }
  } finally {
    await rest.return?.();
  }
}

/** Damage often shows as a wrong line first: then the damage is what is told. */
async function readGzip(bytes: AsyncIterable<Uint8Array>, reader: CsvReader): Promise<void> {
  let wrong: CsvProblem | undefined;
  let readOn = 0;
  try {
    for await (const text of gunzip(bytes)) {
      if (wrong) readOn += text.length;
      else wrong = mistakeIn(reader, text);
      if (readOn > READ_ON_BYTES_MAX) break;
    }
  } catch (error) {
    if (!(error instanceof GzipProblem)) throw error;
    // What only follows the text did not make its line wrong.
    if (!wrong || error.is !== 'followed') throw brokenGzip(error, wrong?.line ? wrong.line - 1 : reader.lines);
  }
  if (wrong) throw wrong;
}

function mistakeIn(reader: CsvReader, text: Uint8Array): CsvProblem | undefined {
  try {
    reader.read(text);
    return undefined;
  } catch (error) {
    if (error instanceof CsvProblem) return error;
    throw error;
  }
}

/** @param lines  that could be read */
function brokenGzip({ is, message }: GzipProblem, lines: number): CsvProblem {
  const line = `line ${lines.toLocaleString('en-US')}`;
  if (is === 'followed') {
    const hint = 'Fetch or pack all of it again, or do without what follows: `gzip -dc FILE | plummet … --csv -`';
    return new CsvProblem(null, `the gzip file is whole up to ${line}, but what follows is no gzip.`, hint);
  }
  const hint = 'Fetch or pack it again; `gzip -t FILE` tests it.';
  if (is === 'cut off') return new CsvProblem(null, `the gzip file is cut off: its end is missing. It was whole up to ${line}.`, hint);
  return new CsvProblem(null, `the gzip file is damaged (${message}). It could be read at least up to ${line}.`, hint);
}

/** What the file system says, in words. */
function problemOf(error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (error instanceof CsvProblem || typeof code !== 'string') return error;
  const said: Record<string, [string, string]> = {
    ENOENT: ['there is no such file.', 'Name one with --csv, or - for stdin.'],
    EACCES: ['it may not be read.', 'Allow it: `chmod +r FILE`.'],
    EISDIR: ['this is a folder.', 'Name the CSV in it.'],
  };
  const [message, hint] = said[code] ?? [`it cannot be read: ${(error as Error).message}.`, 'Name another with --csv.'];
  return new CsvProblem(null, message, hint);
}
