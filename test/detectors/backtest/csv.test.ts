import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CsvReader, LINE_BYTES_MAX } from '../../../detectors/backtest/csv.ts';
import { COUNT_MAX, CsvProblem, SECOND_MAX } from '../../../detectors/backtest/csv-line.ts';

interface Read {
  readonly rows: [number, number][];
  readonly lines: number[];
  readonly notes: string[];
}

/** Reads the text in chunks of so many bytes. */
function read(text: string | Uint8Array, chunkBytes = 1 << 20): Read {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  const rows: [number, number][] = [];
  const places: number[] = [];
  const reader = new CsvReader(({ seconds, counts, lines, length }) => {
    for (let i = 0; i < length; i++) {
      rows.push([seconds[i] as number, counts[i] as number]);
      places.push(lines[i] as number);
    }
  });
  for (let at = 0; at < bytes.length; at += chunkBytes) reader.read(bytes.subarray(at, at + chunkBytes));
  reader.end();
  return { rows, lines: places, notes: reader.notes };
}

function problemIn(text: string | Uint8Array, chunkBytes?: number): CsvProblem {
  try {
    read(text, chunkBytes);
  } catch (error) {
    if (error instanceof CsvProblem) return error;
    throw error;
  }
  throw new Error('nothing was wrong');
}

test('however rows are written, ended and cut into chunks, they are the same rows', () => {
  const row = fc.record({ step: fc.integer({ min: 1, max: 100 }), n: fc.nat(), end: fc.constantFrom('\n', '\r\n'), quoted: fc.boolean() });
  fc.assert(
    fc.property(
      fc.array(row, { minLength: 1, maxLength: 60 }),
      fc.integer({ min: 1, max: 50 }),
      fc.boolean(),
      (steps, chunkBytes, open) => {
        let second = 1_767_225_600;
        let text = '';
        const rows = steps.map(({ step, n, end, quoted }): [number, number] => {
          second += step;
          text += quoted ? `"${second}","${n}"${end}` : `${second},${n}${end}`;
          return [second, n];
        });
        const found = read(open ? text.trimEnd() : text, chunkBytes);
        expect(found.rows).toEqual(rows);
        expect(found.lines).toEqual(rows.map((_, i) => i + 1));
      },
    ),
  );
});

test('more rows than one batch holds all come, in order', () => {
  const count = 40_000;
  const text = Array.from({ length: count }, (_, i) => `${i},${i % 7}\n`).join('');
  for (const chunkBytes of [1 << 20, 10_007]) {
    const { rows, lines } = read(text, chunkBytes);
    expect(rows).toEqual(Array.from({ length: count }, (_, i) => [i, i % 7]));
    expect(lines.at(-1)).toBe(count);
  }
});

test('numbers are read in every form that programs write whole ones in', () => {
  for (const [text, value] of [
    ['118', 118],
    ['"118"', 118],
    [' 118 ', 118],
    ['+118', 118],
    ['118.0', 118],
    ['1.180000000000000000e+02', 118],
    ['0', 0],
    ['-0', 0],
  ] as const) {
    expect(read(`${text},7\n500,${text}\n`)).toMatchObject({
      rows: [
        [value, 7],
        [500, value],
      ],
      notes: [],
    });
  }
});

test('a byte order mark, blank lines and a missing last end are nothing to complain of', () => {
  expect(read('\ufeff1,2\r\n\r\n3,4\n  \n5,6').rows).toEqual([
    [1, 2],
    [3, 4],
    [5, 6],
  ]);
  expect(read('1,2\n\n\n').rows).toEqual([[1, 2]]);
});

test('a header is skipped and said, after a byte order mark too', () => {
  expect(read('epoch_second,count\n1,2\n')).toMatchObject({
    rows: [[1, 2]],
    lines: [2],
    notes: [expect.stringMatching(/^line 1 .*skipped/)],
  });
  expect(read('\ufeff"Time","orders placed"\r\n1,2\r\n').rows).toEqual([[1, 2]]);
  expect(problemIn('time,count\n')).toMatchObject({ line: null, message: expect.stringMatching(/after the header/) });
  expect(problemIn('1,2\ntime,count\n3,4\n')).toMatchObject({ line: 2, hint: expect.stringMatching(/first line/) });
  expect(problemIn('time,count\ntime,count\n3,4\n').line).toBe(2);
});

test('a count that is no whole number is taken as it is and said once', () => {
  expect(read('1,2.5\n2,3\n3,.25\n')).toMatchObject({
    rows: [
      [1, 2.5],
      [2, 3],
      [3, 0.25],
    ],
    notes: [expect.stringMatching(/^line 1 .*no whole number/)],
  });
});

describe('what is wrong is told with its line and what to do', () => {
  const wrong: [string, string, number | null, RegExp, RegExp][] = [
    ['unsorted', '1,1\n5,1\n3,1\n', 3, /second 3 comes after 5 of line 2/, /sort/],
    ['a second twice', '1,1\n\n1,2\n', 3, /second 1 stands on line 1 already/, /add up/i],
    ['the first second twice', '0,1\n0,2\n', 2, /second 0 stands on line 1/, /add up/i],
    ['a negative count', '1,1\n2,-3\n', 2, /count -3 is negative/, /leave the line out/],
    ['a negative time', '-5,1\n', 1, /time -5 is negative/, /epoch_second/],
    ['a fractional time', '1,1\n2.5,1\n', 2, /no whole second/, /Add up/],
    ['milliseconds', '1767225600000,1\n', 1, /looks like milliseconds/, /Divide by 1000:/],
    ['microseconds', '1767225600000000,1\n', 1, /looks like microseconds/, /Divide by 1,000,000:/],
    ['nanoseconds', '1,1\n1767225600000000000,1\n', 2, /looks like nanoseconds/, /Divide by 1,000,000,000:/],
    ['fractional milliseconds', '1767225600000.5,1\n', 1, /looks like milliseconds/, /Divide/],
    ['a date', '2026-01-01T00:00:00Z,5\n', 1, /found the date/, /date -u/],
    ['NaN as a count', '1,1\n2,NaN\n', 2, /found "NaN" as a count/, /leave the line out/],
    ['NaN as a time', 'NaN,NaN\n', 1, /found "NaN" as a time/, /epoch_second/],
    ['infinity', '1,Infinity\n', 1, /found "Infinity"/, /leave the line out/],
    ['a count that overflows', '1,1e999\n', 1, /beyond/, /epoch_second/],
    ['hexadecimal', '1,0x10\n', 1, /found "0x10"/, /leave the line out/],
    ['text', '1,1\n2,many\n', 2, /found "many" as a count/, /leave the line out/],
    ['no count', '1,1\n2,\n', 2, /there is no count/, /write 0/],
    ['no time', ',7\n', 1, /found "" as a time/, /epoch_second/],
    ['one column', '1,1\n2\n', 2, /found one column, "2"/, /epoch_second/],
    ['three columns', '1,1\n2,3,4\n', 2, /found 3 columns/, /cut -d, -f1,2/],
    ['carriage returns alone', '1,1\r2,3\r3,4\r', 1, /carriage returns alone/, /tr '\\r' '\\n'/],
    ['many of them', '1,1\n2,3\r'.padEnd(9000, '1767225600,1\r'), 2, /carriage returns alone/, /tr '\\r' '\\n'/],
    ['a header of three columns', 'time,orders,visits\n1,2,3\n', 1, /found 3 columns/, /cut/],
    ['semicolons', '1;2\n', 1, /one column/, /semicolon/],
    ['tabs', '1\t2\n', 1, /one column/, /tab/],
    ['swapped columns', '118,1767225600\n119,1767225601\n', 1, /other way round/, /epoch_second/],
    ['swapped names', 'count,epoch_second\n', 1, /other way round/, /epoch_second/],
    ['UTF-16', '1\0,\x002\0\n\0', 1, /NUL/, /UTF-8/],
    ['an empty file', '', null, /no line/, /epoch_second/],
    ['blank lines alone', '\n\r\n  \n', null, /no line/, /epoch_second/],
  ];
  test.each(wrong)('%s', (_, text, line, message, hint) => {
    for (const chunkBytes of [1 << 20, 3]) {
      expect(problemIn(text, chunkBytes)).toMatchObject({
        line,
        message: expect.stringMatching(message),
        hint: expect.stringMatching(hint),
      });
    }
  });

  test('a found text is short and harmless to a terminal', () => {
    const { message } = problemIn(`1,\u001b[2J\u009b${'x'.repeat(500)}\n`);
    expect(message).not.toMatch(/\p{Cc}/u);
    expect(message.length).toBeLessThan(200);
    const digits = '9'.repeat(3000);
    for (const line of [`1,${digits}`, `1,-${digits}`, `-${digits},1`, `1.5${digits},1`, `${digits},1`]) {
      expect(problemIn(`${line}\n`).message.length).toBeLessThan(200);
    }
  });
});

test('a line is read up to its limit and refused one byte beyond, wherever chunks end', () => {
  const padded = (bytes: number): string => `1,2\n3,4${' '.repeat(bytes - 4)}\n5,6\n`;
  for (const chunkBytes of [1 << 20, 1000]) {
    expect(read(padded(LINE_BYTES_MAX), chunkBytes).rows).toHaveLength(3);
    expect(problemIn(padded(LINE_BYTES_MAX + 1), chunkBytes)).toMatchObject({
      line: 2,
      message: expect.stringMatching(/no end of the line/),
    });
    expect(problemIn(`1,2\n${'7'.repeat(LINE_BYTES_MAX + 1)}`, chunkBytes).line).toBe(2);
    expect(problemIn(`1,2\n${'7'.repeat(LINE_BYTES_MAX - 1)}\r\n`, chunkBytes).message).toMatch(/no end of the line/);
  }
});

test('times and counts are taken up to their limits', () => {
  expect(read(`${SECOND_MAX - 1},1\n`).rows).toEqual([[SECOND_MAX - 1, 1]]);
  expect(problemIn(`1,1\n${SECOND_MAX},1\n`).line).toBe(2);
  expect(read(`1,1\n1767225600,${COUNT_MAX}\n`).rows[1]).toEqual([1_767_225_600, COUNT_MAX]);
  expect(problemIn(`1,1\n1767225600,${COUNT_MAX + 1}\n`).line).toBe(2);
});

test('whatever the bytes, they are rows or a problem', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.integer({ min: 1, max: 64 }), (bytes, chunkBytes) => {
      try {
        for (const [second, n] of read(bytes, chunkBytes).rows) expect(second >= 0 && n >= 0 && Number.isSafeInteger(second)).toBe(true);
      } catch (error) {
        expect(error).toBeInstanceOf(CsvProblem);
      }
    }),
  );
});
