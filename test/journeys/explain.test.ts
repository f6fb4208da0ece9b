/** `plummet explain` on a CSV: every question with its number, and a sentence that says why. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { plummet, temporaryFolder } from '../support/process.ts';
import { falls, steady, Traffic } from '../support/traffic.ts';

/** 2026-11-20, 12:00 UTC; the fall comes at 14:03:00. */
const START = Date.UTC(2026, 10, 20, 12) / 1000;
const FALL = 2 * 3600 + 180;

const folder = temporaryFolder();
const csv = join(folder.path, 'orders.csv');
const traffic = new Traffic(1);
const shape = falls(steady(100), { at: FALL, left: 0, lasts: 120 });
const seconds = Array.from({ length: FALL + 400 }, (_, at) => ({ second: START + at, n: traffic.count(shape(at)) }));
const text = (of: typeof seconds): string => of.map(({ second, n }) => `${second},${n}\n`).join('');
writeFileSync(csv, text(seconds));
afterAll(() => folder.remove());

const explain = (...args: string[]) => plummet(['explain', '--csv', csv, ...args]);

test('the second that pages', async () => {
  const { code, stdout, stderr } = await explain('2026-11-20T14:03:03Z');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/state\s+dropped since 14:03:03/);
  expect(stdout).toMatch(/time of day\s+not known: no whole day yet/);
  for (const question of ['sure', 'deep', 'fast', 'still down']) expect(stdout).toMatch(new RegExp(`✓ {2}${question} `));
  expect(stdout).not.toContain('✗');
  expect(stdout).toMatch(/\n! Pages: 100% below usual, \d+\/s to 0\/s/);
});

test('the second before it, and why not yet', async () => {
  const { code, stdout } = await explain('2026-11-20T14:03:02');
  expect(code).toBe(0);
  expect(stdout).toMatch(/✗ {2}still down/);
  expect(stdout).toMatch(/\n✓ Does not page: it has lasted 3\u00a0s so far, 4\u00a0s are asked\.\n$/);
});

test('one JSON object with the same facts, of a gzip file too, by epoch second', async () => {
  const packed = join(folder.path, 'orders.csv.gz');
  writeFileSync(packed, gzipSync(text(seconds)));
  const asked = String(START + FALL + 3);
  const [plain, gzip] = await Promise.all([explain(asked, '--json'), plummet(['explain', '--csv', packed, asked, '--json'])]);
  expect([plain.code, gzip.code]).toEqual([0, 0]);
  const told = JSON.parse(plain.stdout);
  expect(told).toMatchObject({
    second: START + FALL + 3,
    at: '2026-11-20T14:03:03Z',
    pages: true,
    reason: 'pages',
    state: 'dropped',
    count: 0,
    day: null,
    limits: { drop: 0.4, for: 4 },
    pairs: { all: 45 },
    fall: { at: START + FALL + 3 },
  });
  expect(told.questions[0]).toMatchObject({
    pages: true,
    sure: { holds: true },
    deep: { holds: true, day: null },
    fast: { holds: true },
    stillDown: { holds: true, recovered: null },
  });
  expect({ ...JSON.parse(gzip.stdout), file: told.file }).toEqual(told);
});

test('other limits give another answer', async () => {
  const { stdout } = await explain('2026-11-20T14:03:03Z', '--page-when', 'for=8s');
  expect(stdout).toMatch(/Does not page: it has lasted 4\u00a0s so far, 8\u00a0s are asked\.\n$/);
});

test('a second without a line says between which seconds there is none, and nothing is a page', async () => {
  const torn = join(folder.path, 'torn.csv');
  writeFileSync(torn, text(seconds.filter(({ second }) => second < START + FALL || second >= START + FALL + 60)));
  const { code, stdout } = await plummet(['explain', '--csv', torn, '2026-11-20T14:03:30Z']);
  expect(code).toBe(0);
  expect(stdout).toContain('no data between 14:02:59 and 14:04:00, and nothing is decided without.');
  const zero = await plummet(['explain', '--csv', torn, '2026-11-20T14:03:03Z', '--missing', 'zero']);
  expect(zero.stdout).toMatch(/! Pages:/);
});

test('what is wrong ends with 2 and says what is allowed', async () => {
  const wrong: [string[], RegExp][] = [
    [['2026-11-20T11:59:59Z'], /is before the file[\s\S]*reaches from 2026-11-20 12:00:00 to 2026-11-20 14:09:39 UTC/],
    [['2026-11-20T15:00+00:00'], /allowed is one second/],
    [['2026-11-20T15:00:00Z'], /is after the file/],
    [['yesterday'], /2026-11-20T14:03:08Z[\s\S]*A date without a zone is UTC/],
    [['2026-11-20'], /Add a time to it/],
    [[`${START}000`], /looks like milliseconds/],
    [['2026-11-20T14:03:03Z', '--page-when', 'drop=0%'], /--page-when drop/],
    [['2026-11-20T14:03:03Z', '--missing', 'maybe'], /zero, nodata/],
    [[], /a TIME is missing/],
    [['orders', '2026-11-20T14:03:03Z'], /--csv and a metric exclude each other/],
    [['2026-11-20T14:03:03Z', '--jsn'], /no option --jsn/],
  ];
  for (const [args, says] of wrong) {
    const { code, stderr } = await explain(...args);
    expect({ args, code, stderr }).toEqual({ args, code: 2, stderr: expect.stringMatching(says) });
    expect(stderr).not.toMatch(/\n\s+at /);
  }
});

test('a mistake in the CSV is told with its line', async () => {
  const bad = join(folder.path, 'bad.csv');
  writeFileSync(bad, `${START},100\n${START + 1},-3\n`);
  const { code, stderr } = await plummet(['explain', '--csv', bad, String(START + 1)]);
  expect(code).toBe(2);
  expect(stderr).toMatch(/bad\.csv:2 {1,2}the count -3 is negative/);
});

test('where many seconds are missing it is asked what that means', async () => {
  const sparse = join(folder.path, 'sparse.csv');
  writeFileSync(sparse, text(seconds.filter(({ second }) => second % 5 === 0)));
  const { code, stderr } = await plummet(['explain', '--csv', sparse, String(START + 3000)]);
  expect(code).toBe(2);
  expect(stderr).toContain('--missing zero');
});
