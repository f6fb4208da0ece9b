/** `plummet backtest --candidate`: what another YAML would change, on the history of the store, before it is in force. */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { seriesOf } from '../../detectors/counting/metric.ts';
import { ratesTable } from '../../platform/store/rates.ts';
import { plummet, temporaryFolder } from '../support/process.ts';
import { elsewhereRow } from '../support/stored-rates.ts';
import { answering, testStore } from '../support/stores.ts';
import { falls, steady, Traffic } from '../support/traffic.ts';

/** 2026-11-20 10:00 UTC: an outage of three minutes at 12:00, a dip of two seconds at 12:30. */
const START = Date.UTC(2026, 10, 20, 10) / 1000;
const [OUTAGE, DIP, END] = [2 * 3600, 2.5 * 3600, 3 * 3600];
const AT_ONCE = 20_000;

const folder = temporaryFolder();
const data = join(folder.path, 'data');
const yaml = (name: string, text: string): string => {
  const path = join(folder.path, name);
  writeFileSync(path, text);
  return path;
};
const METRICS = `people: { ana: { email: ana@shop.example } }
mail: { smtp: "smtp://127.0.0.1:9", from: plummet@shop.example }
metrics:
  orders: { event: order.placed, kind: write, critical: true }
  payments: { event: payment.taken, kind: write, critical: true }
  searches: { event: search.run, kind: read }
`;
const inForce = yaml('plummet.yaml', `${METRICS}  refunds: { event: refund.made, kind: write }\n`);
const candidate = yaml(
  'candidate.yaml',
  METRICS.replace('event: order.placed,', 'event: order.placed, page_when: { drop: 20%, for: 1s, false_pages: 12/year },')
    .replace('event: payment.taken,', 'event: payment.taken, page_when: { for: 8s },')
    .concat('  signups: { event: user.registered, kind: write }\n'),
);

beforeAll(async () => {
  mkdirSync(data);
  const store = await answering(testStore({ folder: join(data, 'store') }));
  for (const [name, event, seed] of [
    ['orders', 'order.placed', 1],
    ['payments', 'payment.taken', 2],
  ] as const) {
    const traffic = new Traffic(seed);
    const shape = falls(falls(steady(60), { at: OUTAGE, left: 0, lasts: 180 }), { at: DIP, left: 0, lasts: 2 });
    const rows = Array.from({ length: END }, (_, at) =>
      elsewhereRow(seriesOf({ name, event }), START + at, { n: traffic.count(shape(at)), sum: 0 }, 1),
    );
    for (let at = 0; at < rows.length; at += AT_ONCE) await store.insert(ratesTable, rows.slice(at, at + AT_ONCE));
  }
  await store.close();
}, 60_000);
afterAll(() => folder.remove());

const backtest = (...args: string[]) => plummet(['backtest', '--config', inForce, '--data', data, ...args]);

interface Compared {
  readonly metrics: readonly {
    metric: string;
    more: { at: number }[];
    fewer: { at: number }[];
    both: { laterSeconds: number }[];
    candidate: { pages: number };
  }[];
  readonly sum: Readonly<Record<'more' | 'fewer' | 'both' | 'later' | 'earlier', number>>;
  readonly same: string[];
  readonly notPlayed: { metric: string; why: string }[];
  readonly onlyInForce: string[];
  readonly onlyCandidate: string[];
}

test('a candidate that adds a false page is shown doing so, with its picture, before it is in force', async () => {
  const pictures = join(folder.path, 'pictures');
  const { code, stdout, stderr } = await backtest('--candidate', candidate, '--pictures', pictures, '--expect-no-more', '--json');
  expect(code, stderr).toBe(1);
  expect(stderr).toMatch(/the candidate sends 1 page more than the YAML in force\./);
  const { metrics, sum, same, onlyInForce, onlyCandidate, notPlayed } = JSON.parse(stdout) as Compared;
  const [orders, payments] = metrics;
  expect(orders).toMatchObject({ metric: 'orders', fewer: [], both: [{ laterSeconds: -3 }], candidate: { pages: 2 } });
  expect(orders?.more.map(({ at }) => at)).toEqual([START + DIP]);
  expect(payments).toMatchObject({ metric: 'payments', more: [], fewer: [], both: [{ laterSeconds: 4 }] });
  expect(sum).toEqual({ more: 1, fewer: 0, both: 2, later: 1, earlier: 1 });
  expect({ same, onlyInForce, onlyCandidate, notPlayed }).toEqual({
    same: ['searches'],
    onlyInForce: ['refunds'],
    onlyCandidate: ['signups'],
    notPlayed: [],
  });
  const stamp = '20261120T123000Z';
  expect(readdirSync(pictures).sort()).toEqual([`orders-only-candidate-${stamp}.png`, `orders-only-candidate-${stamp}.svg`]);
}, 60_000);

test('a person reads which page, by whom, and the difference in a sentence', async () => {
  const { code, stdout } = await backtest('--candidate', candidate, '--from', '2026-11-20T11:30:00Z');
  expect(code).toBe(0);
  expect(stdout).toMatch(/2026-11-20 12:00:03 {3}both, candidate 3\u00a0s earlier/);
  expect(stdout).toMatch(/2026-11-20 12:30:00 {3}only the candidate/);
  expect(stdout).toMatch(/\n! orders: 1 page more, the one in both 3\u00a0s earlier\.\n/);
  expect(stdout).toMatch(/\n✓ payments: the one in both 4\u00a0s later\.\n/);
  expect(stdout).toMatch(/! Only in force: refunds\. [\s\S]*Only in the candidate: signups\. [\s\S]*not played: searches\./);
  expect(stdout).toMatch(/\n! In all: 1 page more, 1 of 2 in both 4\u00a0s later, 1 of 2 in both 3\u00a0s earlier\.\n$/);
}, 60_000);

test('the other way round the page is one fewer, and nobody minds', async () => {
  const { code, stdout } = await plummet([
    ...['backtest', '--config', candidate, '--data', data, '--candidate', inForce],
    ...['--metric', 'orders', '--expect-no-more'],
  ]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/✓ orders: 1 page fewer, the one in both 3\u00a0s later\./);
}, 60_000);

test('what differs in nothing is said, and what counts something else is played only where that has history', async () => {
  const same = await backtest('--candidate', yaml('same.yaml', `# As it is.\n${METRICS}  refunds: { event: refund.made, kind: write }\n`));
  expect([same.code, same.stdout]).toEqual([
    0,
    expect.stringMatching(/✓ Nothing differs: .*same\.yaml pages as .*plummet\.yaml does\.\n$/),
  ]);
  const filtered = METRICS.replace('event: order.placed,', 'event: order.placed, where: { plan: pro },').replace(
    'event: payment.taken,',
    'event: payment.taken, closed: ["daily 11:55-12:10"],',
  );
  const other = await backtest('--candidate', yaml('other.yaml', filtered));
  expect(other.code).toBe(0);
  expect(other.stderr).toMatch(/! orders is not compared: the candidate counts other events as orders, and of those there is no history/);
  expect(other.stdout).toMatch(/✓ payments: 1 page fewer\./);
}, 60_000);

test('many metrics are played at once, each with its line, in the order in which they are named', async () => {
  const { code, stdout, stderr } = await backtest('--metric', 'payments', 'refunds', 'orders', '--json');
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { file: string; pages?: unknown[]; error?: { message: string } });
  expect(lines.map(({ file, pages }) => [file, pages?.length])).toEqual([
    ['payments', 1],
    ['refunds', undefined],
    ['orders', 1],
  ]);
  expect([code, lines[1]?.error?.message, stderr]).toEqual([
    2,
    expect.stringMatching(/no history of refunds/),
    expect.stringMatching(/✗ refunds: there is no history/),
  ]);
}, 60_000);

test('a mistake is told with its place and what to do', async () => {
  const wrong = yaml('wrong.yaml', METRICS.replace('kind: read', 'kind: raed'));
  const told: [string[], number, RegExp][] = [
    [['--candidate', wrong], 1, /wrong\.yaml:6:\d+/],
    [['--candidate', join(folder.path, 'none.yaml')], 1, /there is no configuration at/],
    [['--candidate', candidate, '--csv', 'x.csv'], 2, /exclude each other[\s\S]*plummet import/],
    [['--candidate', candidate, '--page-when', 'for=1s'], 2, /exclude each other[\s\S]*page_when/],
    [['--candidate', candidate, '--expect-none'], 2, /--expect-no-more/],
    [['--candidate', candidate, '--metric', 'order'], 2, /Did you mean orders\?/],
    [['--candidate', candidate, '--metric', 'signups'], 2, /in the candidate alone/],
    [['--candidate', candidate, '--metric', 'refunds'], 2, /its pages would end/],
    [['--metric', 'orders', '--expect-no-more'], 2, /needs --candidate/],
    [['--metric', 'orders', '--all'], 2, /exclude each other/],
  ];
  const ended = await Promise.all(told.map(([args]) => backtest(...args)));
  ended.forEach(({ code, stderr, stdout }, i) => {
    const [args, exit, says] = told[i] as [string[], number, RegExp];
    expect({ args, code, stderr, stdout }).toEqual({ args, code: exit, stderr: expect.stringMatching(says), stdout: '' });
  });
  expect(existsSync(join(folder.path, 'x.csv'))).toBe(false);
}, 60_000);
