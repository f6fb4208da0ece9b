import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { addressFile } from '../../platform/store/embedded/address.ts';
import { counted, ImportWorld, ORDERS_SERIES, REVENUE_SERIES, type Rows } from '../support/imported.ts';
import { eventually, PlummetProcess } from '../support/process.ts';
import { ROOT } from '../support/sources.ts';

const HOUR = 3600;
/** Two days ago, so that nothing is too old and nothing Plummet's own. */
const START = Math.floor(Date.now() / 1000) - 48 * HOUR;
/** Five times what one import takes where nothing runs, its engine's start included. */
const IMPORT_MS_MAX = 30_000;

function world(more?: string): ImportWorld {
  const made = new ImportWorld(more);
  onTestFinished(() => made.end());
  return made;
}

const rowsOf = (from: number, seconds: number, count: (at: number) => number): Rows =>
  Array.from({ length: seconds }, (_, at) => [from + at, count(at)] as const);

test(
  'what is imported while nothing runs is in the store exactly, and the newer of two imports stands',
  async () => {
    const shop = world();
    const first = rowsOf(START, HOUR, (at) => at % 97);
    const done = await shop.import(['--csv', shop.csv('first.csv', first)]);
    expect(done).toMatchObject({ code: 0, stderr: '' });
    const about = {
      metric: 'orders',
      series: ORDERS_SERIES,
      rows: HOUR,
      from: START,
      to: START + HOUR - 1,
      replaced: 0,
      kept: 0,
      missing: 0,
    };
    expect(done.told).toMatchObject(about);
    expect(await shop.elsewhere()).toEqual(counted(first));
    // Written by a machine whose clock is a century ahead.
    const ahead = `INSERT INTO rates (series, second, partition, block, to, n, sum, lost)
      SELECT {series:String}, toDateTime({at:UInt32}), -2, 0, 5000000000000, 1, 0, 0`;
    await shop.ask(ahead, { series: ORDERS_SERIES, at: START + HOUR - 600 });
    const second = rowsOf(START + HOUR - 600, HOUR, (at) => 1000 + at);
    const again = await shop.import(['--csv', shop.put('second.csv.gz', gzipSync(second.map(([s, n]) => `${s},${n}`).join('\n')))]);
    expect(again.told).toMatchObject({ rows: HOUR, replaced: 600, kept: 0 });
    expect(await shop.elsewhere()).toEqual(counted([...first.slice(0, HOUR - 600), ...second]));
  },
  5 * IMPORT_MS_MAX,
);

test(
  'a running Plummet lends its store to the same user, and what it counted itself stays',
  async () => {
    const shop = world();
    const { child } = await PlummetProcess.start(shop.path, shop.yaml);
    onTestFinished(() => void child.kill('SIGKILL'));
    const closings = `SELECT toUnixTimestamp(second) AS at FROM rates WHERE series = {series:String} AND partition = -1`;
    const own = await eventually('closed seconds', 30_000, async () => {
      const found = await shop.ask<{ at: number }>(closings, { series: ORDERS_SERIES });
      return found.length > 2 && found.map(({ at }) => at).sort((a, b) => a - b);
    });
    expect(statSync(addressFile(join(shop.data, 'store'))).mode & 0o777).toBe(0o600);
    const from = (own[0] as number) - 100;
    const imported = rowsOf(from, 103, () => 7);
    const { code, told } = await shop.import(['--csv', shop.csv('counts.csv', imported)]);
    const kept = imported.filter(([second]) => own.includes(second)).length;
    expect({ code, told }).toMatchObject({ code: 0, told: { rows: 103 - kept, kept, replaced: 0 } });
    expect(kept).toBeGreaterThan(0);
    expect(await shop.elsewhere()).toEqual(counted(imported.filter(([second]) => !own.includes(second))));
    expect((await child.kill()).code).toBe(0);
    expect(() => statSync(addressFile(join(shop.data, 'store')))).toThrow(/ENOENT/);
  },
  5 * IMPORT_MS_MAX,
);

test(
  'an import that was killed in the middle and is said again gives the same history',
  async () => {
    const shop = world();
    const rows = rowsOf(START - 60 * HOUR, 60 * HOUR, (at) => at % 89);
    const file = shop.csv('long.csv', rows);
    const { child } = await PlummetProcess.start(shop.path, shop.yaml);
    onTestFinished(() => void child.kill('SIGKILL'));
    const killed = new PlummetProcess([...shop.flags(), '--csv', file]);
    await eventually('rows of it', IMPORT_MS_MAX, async () => {
      const [found] = await shop.ask<{ n: number }>('SELECT count() AS n FROM rates WHERE partition = -2');
      return Number(found?.n) > 1000;
    });
    await killed.kill('SIGKILL');
    const { told } = await shop.import(['--csv', file]);
    expect(told).toMatchObject({ rows: rows.length, kept: 0 });
    expect(told.replaced).toBeGreaterThan(1000);
    expect(JSON.stringify(await shop.elsewhere()) === JSON.stringify(counted(rows))).toBe(true);
  },
  5 * IMPORT_MS_MAX,
);

test(
  'sums go where sums are, zeros where they are asked for, from stdin too; what is older than is kept is left out',
  async () => {
    const shop = world('retention: { rates: 3d }\n');
    const sums = shop.csv('sums.csv', [
      [START - 30 * 24 * HOUR, 1],
      [START, 12.5],
      [START + 1, 0],
    ]);
    const { told } = await shop.import(['--csv', sums, '--missing', 'nodata'], { metric: 'revenue' });
    expect(told).toMatchObject({ rows: 2, tooOld: 1, missingAs: 'nodata' });
    expect(await shop.elsewhere(REVENUE_SERIES)).toEqual([
      [START, 0, 12.5],
      [START + 1, 0, 0],
    ]);
    const input = `${START},4\n${START + 3},9\n`;
    const main = join(ROOT, 'dist/app/cli/main.js');
    const { status, stdout } = spawnSync(process.execPath, [main, ...shop.flags(), '--csv', '-', '--missing', 'zero'], { input });
    expect({ status, told: JSON.parse(stdout.toString()) }).toMatchObject({ status: 0, told: { source: 'stdin', rows: 4, missing: 2 } });
    expect(await shop.elsewhere()).toEqual(counted([4, 0, 0, 9].map((n, at) => [START + at, n] as const)));
  },
  5 * IMPORT_MS_MAX,
);

test('what cannot be history is told with its line and what to do, and nothing of it is written', async () => {
  const shop = world();
  const good = rowsOf(START, 100, () => 5);
  const soon = Math.floor(Date.now() / 1000) + 60;
  const wrong: [Rows | string | Uint8Array, number | null, RegExp][] = [
    [[...good, [soon, 5]], 101, /is not over yet/],
    [[...good, [START + 50, 5]], 101, /comes after .*Sort it/],
    [[...good, [START + 99, 6]], 101, /stands on line 100 already/],
    [[...good, [START + 100, -6]], 101, /negative/],
    [[...good, [START + 100, 2.5]], 101, /no whole number/],
    [[...good, [START + 900, 5]], null, /800 of 901 seconds .*--missing zero/],
    ['<!DOCTYPE html><html><body>Sign in</body></html>', null, /HTML page/],
    [Buffer.from('PK\u0003\u0004\u0014\u0000\u0006\u0000[Content_Types].xml'), null, /Excel workbook \(XLSX\).*save it as CSV/],
    [Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 0, 1, 10, 0, 0]), 1, /NUL bytes|one column/],
  ];
  for (const [text, line, message] of wrong) {
    const file = shop.put(
      'wrong.csv',
      typeof text === 'string' || text instanceof Uint8Array ? text : text.map((row) => `${row}\n`).join(''),
    );
    const { code, stderr, told } = await shop.import(['--csv', file]);
    expect({ code, told }).toMatchObject({ code: 2, told: { file, error: { line } } });
    expect(stderr.replace(/\s+/g, ' ')).toMatch(message);
    expect(stderr).toMatch(/Nothing was imported/);
    expect(stderr).not.toMatch(/\n\s+at /);
  }
  const twice = await shop.import([
    '--csv',
    shop.csv('b.csv', good),
    shop.csv(
      'a.csv',
      rowsOf(START - 50, 51, () => 1),
    ),
  ]);
  expect(twice.stderr).toMatch(/b\.csv: its first second, \d+, is in .*a\.csv already/);
  expect(await shop.elsewhere()).toEqual([]);
}, 60_000);

test('a mistake in the flags or the YAML is told before anything is read', async () => {
  const shop = world();
  const none = world('store: none\n');
  const range = ['--from', '2026-11-01T00:00:00Z', '--to', '2026-11-02T00:00:00Z'];
  const prometheus = ['--prometheus', 'http://127.0.0.1:9090', '--query', 'sum(increase(orders_total[5m]))'];
  const wrong: [Promise<{ code: number | null; stderr: string }>, RegExp][] = [
    [shop.import(['--csv', 'x.csv'], { metric: 'order' }), /no metric "order"[\s\S]*Did you mean orders/],
    [shop.import([]), /no source is named/],
    [shop.import(['--csv', 'x.csv', '--clickhouse', 'http://a']), /--csv and --clickhouse are named/],
    [shop.import(['--csv', 'none.csv']), /no such file/],
    [shop.import(['--csv', 'x.csv', '--from', '1']), /--from does not go with --csv/],
    [shop.import(['--clickhouse', 'ftp://ana:secret@a', '--query', 'SELECT 1']), /--clickhouse is no http address/],
    [shop.import(['--clickhouse', 'http://ana:${NOT_THERE}@a', '--query', 'SELECT 1']), /NOT_THERE is not set/],
    [shop.import(prometheus), /needs --from and --to/],
    [shop.import([...prometheus, ...range, '--step', '60s']), /each event 5 times: it looks back 5m, and is asked every 60 s/],
    [shop.import([...prometheus, '--from', '200', '--to', '100', '--step', '5m']), /is not before/],
    [shop.import([...prometheus, ...range, '--step', '1h']), /--step "1h" is not 1s to 5m/],
    [shop.import([...prometheus, ...range, '--step', '5m'], { metric: 'revenue' }), /only counts can be spread/],
    [none.import(['--csv', 'x.csv']), /`store: none`/],
  ];
  for (const [running, message] of wrong) {
    const { code, stderr } = await running;
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/secret|\n\s+at /);
  }
}, 60_000);
