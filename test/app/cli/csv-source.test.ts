import { execFileSync } from 'node:child_process';
import { createWriteStream, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { readCsv, shownCsv, sizeOf } from '../../../app/cli/csv-source.ts';
import { CsvProblem } from '../../../detectors/backtest/csv-line.ts';
import { temporaryFolder } from '../../support/process.ts';

const folder = temporaryFolder();
afterAll(() => folder.remove());

const LINES = 200_000;
const text = Array.from({ length: LINES }, (_, i) => `${1_767_225_600 + i},${(i * 7919) % 101}\n`).join('');
const total = Array.from({ length: LINES }, (_, i) => (i * 7919) % 101).reduce((sum, n) => sum + n, 0);

function put(name: string, bytes: string | Uint8Array): string {
  const path = join(folder.path, name);
  writeFileSync(path, bytes);
  return path;
}

async function read(path: string): Promise<{ rows: number; events: number; heard: number; notes: readonly string[] }> {
  let [rows, events, heard] = [0, 0, 0];
  const { notes } = await readCsv(
    path,
    ({ counts, length }) => {
      rows += length;
      for (let i = 0; i < length; i++) events += counts[i] as number;
    },
    (bytes) => {
      heard += bytes;
    },
  );
  return { rows, events, heard, notes };
}

async function problemIn(path: string): Promise<CsvProblem> {
  const problem = await read(path).catch((error: unknown) => error);
  expect(problem).toBeInstanceOf(CsvProblem);
  return problem as CsvProblem;
}

test('plain and gzip are told by their bytes, not by their name, and every byte on disk is heard of', async () => {
  const packed = gzipSync(text);
  for (const [name, bytes] of [
    ['a.csv', text],
    ['b.csv.gz', packed],
    ['plain.gz', text],
    ['packed.csv', packed],
  ] as const) {
    const path = put(name, bytes);
    expect(await read(path)).toEqual({ rows: LINES, events: total, heard: bytes.length, notes: [] });
    expect(sizeOf(path)).toBe(bytes.length);
  }
});

test('gzip files one after the other in one file are read as one', async () => {
  const path = put('two.gz', Buffer.concat([gzipSync('1,1\n2,2\n3,'), gzipSync('3\n4,4\n')]));
  expect(await read(path)).toMatchObject({ rows: 4, events: 10 });
});

test('a pipe is read too, byte after byte', async () => {
  const pipe = join(folder.path, 'pipe');
  execFileSync('sh', ['-c', 'mkfifo "$0"', pipe]);
  const writer = createWriteStream(pipe);
  const packed = gzipSync('1,1\n2,2\n');
  for (const byte of packed) writer.write(Buffer.of(byte));
  writer.end();
  expect(sizeOf(pipe)).toBeNull();
  expect(await read(pipe)).toMatchObject({ rows: 2, events: 3 });
});

test('a gzip file that was cut off says up to which line it was whole', async () => {
  const packed = gzipSync(text);
  const { line, message, hint } = await problemIn(put('cut.gz', packed.subarray(0, packed.length / 2)));
  expect(line).toBeNull();
  const whole = Number(/cut off.*whole up to line ([\d,]+)\./.exec(message)?.[1]?.replaceAll(',', ''));
  expect(whole).toBeGreaterThan(0.4 * LINES);
  expect(whole).toBeLessThan(0.6 * LINES);
  expect(hint).toMatch(/again/);
  expect((await problemIn(put('head.gz', packed.subarray(0, 12)))).message).toMatch(/cut off.*line 0/);
});

test('a damaged gzip file is told as such, not by the wrong line that it brings, and up to which line it could be read', async () => {
  const packed = gzipSync(text);
  for (const share of [1, 0.5, 0.3]) {
    const bytes = Uint8Array.from(packed);
    const at = Math.floor(share * packed.length) - 6;
    bytes[at] = (bytes[at] as number) ^ 0x55;
    const { message } = await problemIn(put('damaged.gz', bytes));
    const lines = Number(/damaged.*read at least up to line ([\d,]+)\./.exec(message)?.[1]?.replaceAll(',', ''));
    expect(lines).toBeGreaterThan(0.85 * share * LINES);
    expect(lines).toBeLessThanOrEqual(LINES);
  }
});

test('what follows a gzip file and is none is told with the line before it, however little it is', async () => {
  const few = text.slice(0, text.indexOf('\n', 75_000) + 1);
  for (const [lines, whole] of [
    [few.split('\n').length - 1, gzipSync(few)],
    [LINES, gzipSync(text)],
    [4, Buffer.concat([gzipSync('1,1\n2,2\n'), gzipSync('3,3\n4,4\n')])],
  ] as const) {
    for (const more of ['x', 'trailing', '5,5\n6,6\n']) {
      const { message, hint } = await problemIn(put('followed.gz', Buffer.concat([whole, Buffer.from(more)])));
      expect(message).toBe(`the gzip file is whole up to line ${lines.toLocaleString('en-US')}, but what follows is no gzip.`);
      expect(hint).toMatch(/gzip -dc FILE/);
    }
  }
  const wrong = Buffer.concat([gzipSync('1,1\n2,x\n'), Buffer.from('trailing')]);
  expect((await problemIn(put('both.gz', wrong))).line).toBe(2);
});

test('a mistake inside a gzip file has its line', async () => {
  expect(await problemIn(put('wrong.gz', gzipSync('1,1\n2,x\n')))).toMatchObject({ line: 2, message: expect.stringMatching(/"x"/) });
});

test('what cannot be read is told with what to do', async () => {
  mkdirSync(join(folder.path, 'folder'));
  const wrong: [string, RegExp][] = [
    [join(folder.path, 'none.csv'), /no such file/],
    [join(folder.path, 'folder'), /folder/],
    [put('empty.csv', ''), /no line/],
    [put('empty.gz', gzipSync('')), /no line/],
    [put('a.zip', Buffer.from('PK\u0003\u0004....')), /zip file/],
    [put('a.zst', Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 0])), /zstd file/],
    [put('one.csv', '7'), /one column/],
  ];
  for (const [path, message] of wrong) {
    const problem = await problemIn(path);
    expect(problem.message).toMatch(message);
    expect(problem.hint).not.toBe('');
  }
});

test('what the taker throws ends the reading, of a gzip file too', async () => {
  const enough = new Error('enough');
  for (const path of [put('c.csv', text), put('c.gz', gzipSync(text))]) {
    let batches = 0;
    const reading = readCsv(
      path,
      () => {
        batches++;
        throw enough;
      },
      () => {},
    );
    await expect(reading).rejects.toBe(enough);
    expect(batches).toBe(1);
  }
});

test('a file is named as a person would, stdin by its name', () => {
  expect(shownCsv('-')).toBe('stdin');
  expect(shownCsv('a/b.csv')).toBe('a/b.csv');
});
