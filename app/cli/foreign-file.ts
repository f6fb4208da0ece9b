/** Files that are taken for a CSV and are none, by their first bytes: what they are, and what to do. */
import { CsvProblem } from '../../detectors/backtest/csv-line.ts';

/** Enough to know them by. */
export const MAGIC_BYTES = 64;

const UNPACK = (command: string): string => `Unpack it: \`${command} FILE | plummet … --csv -\``;
const SAVE_AS = 'Open it where it was made and save it as CSV, with lines of epoch_second,count.';
const EXPORT = 'Export it as CSV, with lines of epoch_second,count.';

interface Kind {
  readonly name: string;
  readonly magic: string;
  readonly hint: string;
}

/** In this order: a workbook is a zip file, too. */
const KINDS: readonly Kind[] = [
  { name: 'a zip file', magic: 'PK\x03\x04', hint: UNPACK('unzip -p') },
  { name: 'a zstd file', magic: '\x28\xb5\x2f\xfd', hint: UNPACK('zstd -dc') },
  { name: 'an xz file', magic: '\xfd7zXZ', hint: UNPACK('xz -dc') },
  { name: 'a bzip2 file', magic: 'BZh', hint: UNPACK('bzip2 -dc') },
  { name: 'an old Excel workbook (XLS)', magic: '\xd0\xcf\x11\xe0', hint: SAVE_AS },
  { name: 'a PDF', magic: '%PDF', hint: EXPORT },
  { name: 'a Parquet file', magic: 'PAR1', hint: EXPORT },
  { name: 'a SQLite database', magic: 'SQLite format 3', hint: EXPORT },
];
/** Names that begin a workbook's own zip file. */
const WORKBOOK = /\[Content_Types\]\.xml|_rels\/|xl\//;

/** @param first  bytes of the file, `MAGIC_BYTES` where it has so many; @returns null where it may be a CSV, or gzip */
export function foreignProblem(first: Uint8Array): CsvProblem | null {
  const text = Buffer.from(first.subarray(0, MAGIC_BYTES)).toString('latin1');
  const kind = KINDS.find(({ magic }) => text.startsWith(magic));
  if (kind?.magic.startsWith('PK') && WORKBOOK.test(text)) return problemOf('an Excel workbook (XLSX)', SAVE_AS);
  if (kind) return problemOf(kind.name, kind.hint);
  const begins = text.replace(/^\xef\xbb\xbf/, '').trimStart();
  if (/^<(!doctype|html|head|body|script|!--)/i.test(begins)) {
    return problemOf('an HTML page', 'Often it is a login or error page: look at it in a browser, and download the CSV itself.');
  }
  if (begins.startsWith('<')) return problemOf('XML', EXPORT);
  if (/^[{[]/.test(begins))
    return problemOf('JSON', "Turn it into lines: `jq -r '.[] | [.second, .count] | @csv'` where it is a list of objects.");
  return null;
}

function problemOf(name: string, hint: string): CsvProblem {
  return new CsvProblem(null, `this is ${name}; allowed are plain text and gzip.`, hint);
}
