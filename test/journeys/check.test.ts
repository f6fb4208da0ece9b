/** `plummet check` as people run it: on recorded counts, and against a Plummet that runs. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Demo } from '../support/demo.ts';
import { type Ended, eventually, plummet, temporaryFolder } from '../support/process.ts';
import { daily, falls, type Shape, steady, Traffic } from '../support/traffic.ts';

const DAY = 86_400;
const FROM = Date.UTC(2026, 0, 5) / 1000;
const YAML = `
timezone: Europe/Berlin
metrics:
  orders: { event: order.placed, kind: write, critical: true }
  payments: { event: payment.taken, kind: write, critical: true }
  refunds: { event: refund.made, kind: write, critical: true }
  searches: { event: search.run, kind: read }
people: { ana: { email: ana@example.com } }
mail: { smtp: "smtp://127.0.0.1:9", from: plummet@example.com }
server: { port: 9 }
`;

const folder = temporaryFolder();
const check = async (...args: string[]): Promise<Ended> => {
  const ended = await plummet(['check', '--config', join(folder.path, 'plummet.yaml'), ...args]);
  return { ...ended, stdout: ended.stdout.replaceAll('\u00a0', ' ') };
};

function record(name: string, shape: Shape, seconds: number): string {
  const traffic = new Traffic(name.length);
  const file = join(folder.path, `${name}.csv`);
  writeFileSync(file, Array.from({ length: seconds }, (_, i) => `${FROM + i},${traffic.count(shape(i))}\n`).join(''));
  return `${name}=${file}`;
}

beforeAll(() => writeFileSync(join(folder.path, 'plummet.yaml'), YAML));
afterAll(() => folder.remove());

describe('on recorded counts', () => {
  const down = { at: DAY + 3600, left: 0.1, lasts: 600 };
  let csv: string[];
  beforeAll(() => {
    csv = [
      record('orders', falls(daily(40), down), 1.1 * DAY),
      record('payments', falls(daily(30), { ...down, at: down.at + 1 }), 1.1 * DAY),
      record('refunds', steady(0.02), DAY / 4),
    ];
  });

  test('it tells the times at the quietest hour and now, in aligned columns, and what would have paged', async () => {
    const { code, stdout } = await check('--csv', ...csv);
    expect(code).toBe(0);
    const lines = stdout.split('\n');
    const first = lines.indexOf("  Time to be sure, at each metric's quietest hour");
    expect(lines[first + 1]?.trim()).toBe('share lost');
    expect(lines[first + 2]).toMatch(/^ {2}metric +quietest hour +100% +80% +50% +pages$/);
    const [orders, payments, refunds] = lines.slice(first + 3, first + 6);
    expect(orders).toMatch(/^ {2}orders +1\d\/s {2}0\d:[0134]\d +4 s +\d(\.\d)? s +\d+(\.\d)? s +1 in 1\.1 days {2}6 Jan 02:00$/);
    expect(payments).toMatch(/^ {2}payments +1\d\/s {2}0\d:[0134]\d .* 1 in 1\.1 days {2}with orders$/);
    expect(refunds).toMatch(/^ {2}refunds +not known yet +– +– +– +0 in 6 h$/);
    expect(orders?.indexOf(' 1 in')).toBe(refunds?.indexOf(' 0 in'));
    expect(lines[first + 7]).toBe('  Time to be sure, now');
    expect(lines[first + 12]).toMatch(/^ {2}refunds +0\.0\d\/s +never +never +never$/);
    expect(stdout).toMatch(/1 more wakes nobody {2}plummet check --config \S+ --all/);
    expect(stdout).toMatch(/! refunds: 0\.0\d\/s is too slow to be sure of anything/);
    expect(stdout).toMatch(/✓ Dips of a deploy shorter than 2\.5 s seldom page \(for: 4s\)\./);
    expect(stdout).toMatch(/✓ Expected false pages: 2 a year at most, over the 2 metrics that can page\.\n$/);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(120);
  });

  test('a program reads the same, by names that stay', async () => {
    const { stdout } = await check('--json', '--csv', ...csv);
    const checked = JSON.parse(stdout);
    expect(checked).toMatchObject({ valid: true, timezone: 'Europe/Berlin', running: null, lost: [1, 0.8, 0.5], falsePagesPerYear: 2 });
    const [orders, , refunds] = checked.metrics;
    expect(orders).toMatchObject({
      name: 'orders',
      from: 'csv',
      seconds: [4, 4, expect.any(Number)],
      recorded: { pages: [expect.any(Number)] },
    });
    expect(orders.quietest.time).toMatch(/^0\d:\d\d$/);
    expect(orders.leastSeconds[0]).toBeCloseTo(17.27 / orders.quietest.rate, 1);
    expect(refunds).toMatchObject({ quietest: null, seconds: [null, null, null], falsePagesPerYear: 0 });
    expect(checked.advice.find(({ kind }: { kind: string }) => kind === 'too-slow')).toMatchObject({ metrics: ['refunds'] });
  });

  test('--all shows those that wake nobody, too', async () => {
    const { stdout } = await check('--all', '--csv', csv[2] as string);
    expect(stdout).toMatch(/\n {2}searches +– +– +– +–/);
    expect(stdout).not.toMatch(/wakes nobody/);
  });
});

test('what cannot be known is said, with what to do', async () => {
  const { code, stdout } = await check();
  expect(code).toBe(0);
  expect(stdout).toMatch(/How long orders, payments, refunds need[\s\S]*Start Plummet[\s\S]*--csv orders=FILE/);
  expect(stdout).not.toMatch(/Time to be sure/);
});

test.each([
  [['--csv', 'orders'], /not NAME=FILE/],
  [['--csv', 'order=a.csv'], /no metric "order"[\s\S]*Did you mean orders=a\.csv/],
  [['--csv', 'orders=none.csv'], /none\.csv: there is no such file/],
  [['--csv', 'orders=-', 'payments=-'], /stdin twice/],
])('%j is told as a usage mistake', async (args, told) => {
  const { code, stderr } = await check(...args);
  expect(code).toBe(2);
  expect(stderr).toMatch(told);
});

test('a broken CSV is told with its line, to a program in the words of the other commands', async () => {
  const file = join(folder.path, 'broken.csv');
  writeFileSync(file, `${FROM},4\n${FROM + 1},many\n`);
  const { code, stderr } = await check('--csv', `orders=${file}`);
  expect(code).toBe(2);
  expect(stderr).toMatch(/broken\.csv:2 /);
  const asked = await check('--json', '--csv', `orders=${file}`);
  const backtested = await plummet(['backtest', '--json', '--csv', file]);
  expect(JSON.parse(asked.stdout)).toMatchObject({ file, error: { line: 2, message: expect.stringMatching(/"many"/) } });
  expect(asked).toEqual(backtested);
});

test('a running Plummet tells what it has learned, at the limits of the YAML that is checked', async () => {
  const demo = await Demo.start({ weeks: false });
  try {
    await eventually('times of every metric', 60_000, async () => (await demo.metrics()).every(({ outlook }) => outlook?.now));
    const { code, stdout } = await check('--url', demo.url);
    expect(code).toBe(0);
    expect(stdout).toMatch(/\n {2}orders +\d+\/s {2}\d\d:\d\d +4 s +4 s +\d(\.\d)? s\n/);
    expect(stdout).toMatch(/Time to be sure, now[\s\S]*\n {2}payments +\d+\/s +4 s/);
    expect(stdout).toMatch(/! The Plummet at \S+ does not count refunds as this YAML says\./);
    writeFileSync(join(folder.path, 'plummet.yaml'), YAML.replace('order.placed,', 'order.placed, page_when: { for: 30s },'));
    expect((await check('--url', demo.url)).stdout).toMatch(/\n {2}orders +\d+\/s {2}\d\d:\d\d +30 s +30 s +30 s\n/);
  } finally {
    await demo.remove();
  }
}, 120_000);
