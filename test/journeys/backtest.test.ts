import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { plummet, temporaryFolder } from '../support/process.ts';
import { ROOT } from '../support/sources.ts';
import { Traffic } from '../support/traffic.ts';

const START = 1_767_225_600;
const HOUR = 3600;
const OUTAGE = 2 * HOUR;

const folder = temporaryFolder();
afterAll(() => folder.remove());

function put(name: string, text: string | Uint8Array): string {
  const path = join(folder.path, name);
  writeFileSync(path, text);
  return path;
}

function traffic(share: (at: number) => number | null): string {
  const made = new Traffic(5);
  const lines = Array.from({ length: OUTAGE + HOUR }, (_, at) => {
    const here = share(at);
    return here === null ? '' : `${START + at},${made.count(80 * here)}\n`;
  });
  return lines.join('');
}

const outage = traffic((at) => (at >= OUTAGE && at < OUTAGE + 300 ? 0.1 : 1));
const calm = traffic(() => 1);

interface Told {
  readonly file: string;
  readonly seconds: number;
  readonly pages: { from: number; at: number; resolvedAt: number | null; rateBefore: number; rateAfter: number; drop: number }[];
  readonly error?: { line: number | null; message: string; hint: string };
}

const told = (stdout: string): Told[] =>
  stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Told);

test('a program gets one line of JSON for each file, plain or gzip', async () => {
  const files = [put('outage.csv', outage), put('calm.csv.gz', gzipSync(calm))];
  const pageWhen = 'drop=40%,derivative=-3,false_pages=1/year,for=4s';
  const { code, stdout, stderr } = await plummet(['backtest', '--csv', files[0]!, '--csv', files[1]!, '--page-when', pageWhen, '--json']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const [fell, stayed, ...rest] = told(stdout);
  expect(rest).toEqual([]);
  expect(stayed).toMatchObject({ file: files[1], seconds: OUTAGE + HOUR, pages: [], missing: 0, warmingSeconds: HOUR, state: 'normal' });
  expect(fell).toMatchObject({
    seconds: OUTAGE + HOUR,
    from: START,
    to: START + OUTAGE + HOUR - 1,
    pageWhen: { drop: 0.4, forSeconds: 4 },
  });
  expect(fell?.pages).toHaveLength(1);
  const page = fell?.pages[0] as Told['pages'][0];
  expect(page).toMatchObject({
    rateBefore: expect.closeTo(80, -1),
    rateAfter: expect.closeTo(8, -1),
    derivative: expect.any(Number),
    steepness: expect.any(Number),
    fallWindow: expect.any(Number),
  });
  expect(Math.abs(page.from - (START + OUTAGE))).toBeLessThanOrEqual(1);
  expect(page.at).toBeLessThan(START + OUTAGE + 8);
  expect(page.resolvedAt).toBeGreaterThan(START + OUTAGE + 300);
  expect(page.drop).toBeGreaterThan(0.8);
});

test('a person gets a table, or a sentence where nothing would have paged', async () => {
  const { code, stdout } = await plummet(['backtest', '--csv', put('outage.csv', outage), put('calm.csv', calm)]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/outage\.csv {2}10,800 seconds from 2026-01-01 00:00:00 to 2026-01-01 02:59:59 UTC/);
  expect(stdout).toMatch(/paged at \(UTC\).*\n {2}2026-01-01 02:00:0\d +\d\d\/s +\d+(\.\d)?\/s +−[89]\d% .*%\/s .*σ .*min/);
  expect(stdout).toMatch(/One page in/);
  expect(stdout).toMatch(/No page in .* after 60.min of warming/);
  expect(stdout).not.toMatch(/NaN|undefined/);
});

test('where no page is expected, one ends it with 1', async () => {
  const found = await plummet(['backtest', '--csv', put('outage.csv', outage), '--expect-none', '--json']);
  expect(found.code).toBe(1);
  expect(found.stderr).toMatch(/no page was expected, 1 was found/);
  expect(told(found.stdout)[0]?.pages).toHaveLength(1);
  expect((await plummet(['backtest', '--csv', put('calm.csv', calm), '--expect-none'])).code).toBe(0);
});

test('each page becomes a picture', async () => {
  const pictures = join(folder.path, 'falls');
  const { code } = await plummet(['backtest', '--csv', put('outage.csv', outage), '--pictures', pictures, '--timezone', 'Europe/Berlin']);
  expect(code).toBe(0);
  const [png, svg] = readdirSync(pictures).sort();
  expect(png).toMatch(/^outage-20260101T02000\dZ\.png$/);
  expect(
    readFileSync(join(pictures, png as string))
      .subarray(1, 4)
      .toString(),
  ).toBe('PNG');
  expect(readFileSync(join(pictures, svg as string), 'utf8')).toMatch(/^<svg[\s\S]*outage fell/);
});

test('many missing seconds need a word on what they mean', async () => {
  const holed = put(
    'holed.csv',
    traffic((at) => (at >= OUTAGE && at < OUTAGE + 900 ? null : 1)),
  );
  const asked = await plummet(['backtest', '--csv', holed]);
  expect(asked.code).toBe(2);
  expect(asked.stderr).toMatch(/900 of 10,800 seconds \(8\.3%\)[\s\S]*--missing zero[\s\S]*--missing nodata/);
  const zero = await plummet(['backtest', '--csv', holed, '--missing', 'zero', '--json']);
  expect(told(zero.stdout)[0]).toMatchObject({ missing: 900, missingAs: 'zero', pages: [{ rateAfter: 0 }] });
  const nothing = await plummet(['backtest', '--csv', holed, '--missing', 'nodata', '--json']);
  expect(told(nothing.stdout)[0]).toMatchObject({ missing: 900, missingAs: 'nodata', pages: [] });
});

test('a wrong file has its line and does not keep the others from being read', async () => {
  const wrong = put('wrong.csv', '1,1\n2,2\n2,3\n');
  const { code, stdout, stderr } = await plummet(['backtest', '--csv', wrong, put('calm.csv', calm), '--json']);
  expect(code).toBe(2);
  expect(told(stdout)).toMatchObject([{ file: wrong, error: { line: 3 } }, { pages: [] }]);
  expect(stderr).toMatch(/wrong\.csv:3 {2}second 2 stands on line 2 already/);
  expect(stderr).not.toMatch(/\n\s+at /);
});

test('a mistake in the flags is told before anything is read', async () => {
  const wrong: [string[], RegExp][] = [
    [[], /--csv/],
    [['--csv', 'none.csv'], /no such file/],
    [['--csv', 'a.csv', '--page-when', 'drp=40%'], /Did you mean `drop`/],
    [['--csv', 'a.csv', '--closed', 'Sunday'], /no planned closing/],
    [['--csv', 'a.csv', '--timezone', 'Mars/Olympus'], /no time zone/],
  ];
  for (const [args, message] of wrong) {
    const { code, stderr } = await plummet(['backtest', ...args]);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n\s+at /);
  }
});

test('stdin is read, gzip too, and nothing pages in a planned closing', () => {
  const main = join(ROOT, 'dist/app/cli/main.js');
  const args = [main, 'backtest', '--csv', '-', '--json', '--closed', 'daily 03:00-03:30', '--timezone', 'Europe/Berlin'];
  const { status, stdout } = spawnSync(process.execPath, args, { input: gzipSync(outage) });
  expect(status).toBe(0);
  expect(told(stdout.toString())).toMatchObject([{ file: 'stdin', seconds: OUTAGE + HOUR, pages: [] }]);
});

test('sums of values are judged as sums, and a second of them is explained in the same unit', async () => {
  const made = new Traffic(6);
  const lines = Array.from({ length: OUTAGE + 60 }, (_, at) => {
    let sum = 0;
    for (let left = made.count(at < OUTAGE ? 40 : 0); left > 0; left--) sum -= 25 * Math.log(1 - made.random());
    return `${START + at},${sum.toFixed(2)}\n`;
  });
  const file = put('revenue.csv', lines.join(''));
  const { code, stdout, stderr } = await plummet(['backtest', '--csv', file, '--sum', '--json']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const [page, ...others] = told(stdout)[0]?.pages ?? [];
  expect(others).toEqual([]);
  expect(page?.from).toBe(START + OUTAGE);
  expect(page?.rateBefore).toBeGreaterThan(850);
  const plain = await plummet(['backtest', '--csv', file]);
  expect(plain.stderr).toContain('sums of values want --sum');
  const { stdout: why } = await plummet(['explain', '--csv', file, '--sum', String(page?.at)]);
  expect(why).toMatch(/asked; 0 \(0 times (4\d|5\d)\), [\d,]+ expected/);
  const metric = await plummet(['backtest', '--metric', 'revenue', '--sum']);
  expect(metric.stderr).toContain('--sum says how to read a CSV');
});
