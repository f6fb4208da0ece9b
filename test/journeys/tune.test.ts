import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { plummet, temporaryFolder } from '../support/process.ts';
import { ROOT } from '../support/sources.ts';
import { daily, Traffic } from '../support/traffic.ts';

const START = 1_793_577_600;
const HOUR = 3600;
const HOURS = 50;
const OUTAGE = 26 * HOUR + 900;

const folder = temporaryFolder();
afterAll(() => folder.remove());
const data = join(folder.path, 'data');

const traffic = new Traffic(6);
const rate = daily(30, 0.5);
const lines = Array.from({ length: HOURS * HOUR }, (_, at) => {
  const isDown = at >= OUTAGE && at < OUTAGE + 240;
  return `${START + at},${traffic.count(isDown ? 0 : rate(at))}\n`;
});
const csv = join(folder.path, 'orders.csv');
writeFileSync(csv, lines.join(''));

const GRID = ['--drop', '30%,50%', '--derivative', '-3', '--false-pages', '1/year', '--for', '2s,6s', '--data', data];
const iso = (at: number): string => new Date((START + at) * 1000).toISOString();
const REAL = `${iso(OUTAGE)}..${iso(OUTAGE + 300)}`;

interface Delay {
  readonly mean: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly found: number;
  readonly tries: number;
}

interface Point {
  readonly drop: number;
  readonly derivative: number;
  readonly for: number;
  readonly pages: number;
  readonly falsePages: number;
  readonly falsePagesPerYear: number;
  readonly falsePagesPerYearHigh: number;
  readonly delay: Record<'quiet' | 'busy', Record<string, Delay>>;
  readonly sent: { at: number; isReal: boolean }[];
  readonly isInForce: boolean;
}

interface Told {
  readonly grid: Point[];
  readonly recommended: Point & { yaml: string; heldOut: { confirmed: boolean } };
}

const last = (stdout: string): Told => JSON.parse(stdout.trim().split('\n').at(-1) as string) as Told;

/** Tuning takes seconds of two cores, which others may have. */
const TUNED_MS_MAX = 120_000;

test(
  'a tuning that is stopped goes on, names pages and delays of every setting, and recommends one',
  async () => {
    const child = spawn(process.execPath, [join(ROOT, 'dist/app/cli/main.js'), 'tune', '--csv', csv, ...GRID], { stdio: 'ignore' });
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    const kept = join(data, 'tune');
    const stop = setInterval(() => {
      if (!existsSync(kept) || !readdirSync(kept).some((name) => name.endsWith('.json'))) return;
      clearInterval(stop);
      child.kill('SIGINT');
    }, 5);
    expect(await ended).toBe(130);
    expect(readdirSync(kept)).toHaveLength(1);

    const { code, stdout, stderr } = await plummet([
      'tune',
      '--csv',
      csv,
      ...GRID,
      '--real',
      REAL,
      '--json',
      '--picture',
      join(folder.path, 'picture'),
    ]);
    expect({ code, stderr: stderr.replace(/^.*settings on 2\.1 days, going on where an earlier run stopped;.*\n/, '') }).toEqual({
      code: 0,
      stderr: '',
    });
    const { grid, recommended } = last(stdout);
    expect(grid).toHaveLength(5);
    expect(grid.filter(({ isInForce }) => isInForce)).toHaveLength(1);
    for (const point of grid) {
      expect(point).toMatchObject({ pages: 1, falsePages: 0, falsePagesPerYear: 0, sent: [{ isReal: true }] });
      expect(Math.abs(point.sent[0]!.at - (START + OUTAGE))).toBeLessThan(15);
      for (const hour of ['quiet', 'busy'] as const) expect(Object.keys(point.delay[hour]).sort()).toEqual(['100', '30', '50', '80']);
    }
    const asked = 'drop=30%,derivative=-3,false_pages=1/year,for=6s';
    const { stdout: played } = await plummet(['backtest', '--csv', csv, '--page-when', asked, '--json']);
    const { pages } = JSON.parse(played) as { pages: { at: number; resolvedAt: number }[] };
    const one = grid.find((point) => point.drop === 0.3 && point.for === 6)!;
    expect(one.sent).toEqual(pages.map(({ at, resolvedAt }) => expect.objectContaining({ at, resolvedAt })));
    const all = (point: Point): number => point.delay.busy['100']?.mean as number;
    const [quick, slow] = [grid.find((point) => point.for === 2)!, grid.find((point) => point.for === 6)!];
    expect(all(quick)).toBeLessThan(all(slow) - 2);
    expect(recommended.yaml).toMatch(/^page_when: \{ drop: \d+%, derivative: -3, false_pages: 1\/year, for: \ds \}$/);
    expect(readFileSync(join(folder.path, 'picture.svg'), 'utf8')).toContain('beaten by no other');
    expect(readFileSync(join(folder.path, 'picture.png')).subarray(1, 4).toString()).toBe('PNG');
  },
  TUNED_MS_MAX,
);

test(
  'what is known is told at once, in words: the frontier, the one in force, the lines to commit, the held-out part',
  async () => {
    const { code, stdout, stderr } = await plummet(['tune', '--csv', csv, ...GRID]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('5 settings on 2.1\u00a0days');
    expect(stdout).toContain(`Was it an outage? Then say so: --real ${iso(OUTAGE).slice(0, 13)}`);
    expect(stdout).toMatch(/^ {4}page_when: \{ drop: /m);
    expect(stdout).toMatch(/which had no say, showed/);
  },
  TUNED_MS_MAX,
);

test.each([
  [['--csv', 'short.csv'], /too short a history to tune on: 2\u00a0h of counts are there, 46\u00a0h more are needed[\s\S]*plummet import/],
  [['--csv', 'broken.csv'], /broken\.csv:2 /],
  [['--csv', 'orders.csv', '--derivative', '-3', '--within', '13s'], /--within: .*the same knob/],
  [['--csv', 'orders.csv', '--drop', '0%'], /--drop: found 0%/],
  [['--csv', 'orders.csv', '--real', 'yesterday'], /--real "yesterday" is no stretch of time/],
  [['--csv', 'orders.csv', '--hold-out', '3d'], /--hold-out 3d: allowed is 1h to /],
  [['--csv', 'orders.csv', '--metric', 'orders'], /exclude each other/],
  [['--metric', 'oders', '--config', 'plummet.yaml'], /no metric "oders"\.\s+Did you mean orders\?/],
])('a person is told what to do: %o', async (flags, words) => {
  writeFileSync(join(folder.path, 'short.csv'), lines.slice(0, 2 * HOUR).join(''));
  writeFileSync(join(folder.path, 'broken.csv'), `${lines[0]}one,two,three\n`);
  writeFileSync(join(folder.path, 'plummet.yaml'), YAML);
  const paths = flags.map((flag) => (/\.(csv|yaml)$/.test(flag) ? join(folder.path, flag) : flag));
  const { code, stderr } = await plummet(['tune', ...paths, '--data', data]);
  expect(stderr).toMatch(words);
  expect(code).toBe(2);
});

const YAML = 'metrics:\n  orders: { event: order.placed, kind: write }\n';
