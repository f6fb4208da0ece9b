import { expect, test } from 'vitest';
import { foreignProblem } from '../../../app/cli/foreign-file.ts';

const about = (text: string): string | undefined => foreignProblem(Buffer.from(text, 'latin1'))?.message;

test.each([
  ['PK\x03\x04\x14\x00\x06\x00\x08\x00\x00\x00!\x00[Content_Types].xml', 'an Excel workbook (XLSX)'],
  ['PK\x03\x04\x14\x00\x00\x00orders.csv', 'a zip file'],
  ['\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', 'an old Excel workbook (XLS)'],
  ['%PDF-1.7', 'a PDF'],
  ['PAR1\x15\x04', 'a Parquet file'],
  ['SQLite format 3\x00', 'a SQLite database'],
  ['\xef\xbb\xbf  \n<!doctype html><html>', 'an HTML page'],
  ['<script>location = "/login"</script>', 'an HTML page'],
  ['<?xml version="1.0"?>', 'XML'],
  ['{"status":"success"}', 'JSON'],
  ['[[1767225600,118]]', 'JSON'],
])('%j is told as what it is', (text, name) => {
  expect(about(text)).toBe(`this is ${name}; allowed are plain text and gzip.`);
});

test.each(['', '\n', '1767225600,118\n', 'second,count\n', '"1767225600","118"', '\xef\xbb\xbf1767225600,1', '-5,3', '\x1f\x8b\x08\x00'])(
  '%j may be a CSV, or its lines are looked at',
  (text) => {
    expect(foreignProblem(Buffer.from(text, 'latin1'))).toBeNull();
  },
);
