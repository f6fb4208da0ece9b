import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { seriesOf } from '../../detectors/counting/metric.ts';
import { eventsBySecond } from '../../platform/store/events.ts';
import { journalOf } from '../../platform/store/incidents.ts';
import type { Store } from '../../platform/store/store.ts';
import { Books } from '../support/books.ts';
import { ClickHouse, freshDatabase } from '../support/clickhouse.ts';
import { teach } from '../support/learned.ts';
import { Mailbox } from '../support/mailbox.ts';
import { freePort } from '../support/ports.ts';
import { prng } from '../support/prng.ts';
import { eventually, PlummetProcess, temporaryFolder } from '../support/process.ts';
import { RawProducer } from '../support/raw-producer.ts';
import { ratesOf } from '../support/stored-rates.ts';
import { testStore } from '../support/stores.ts';

/** Of each of the producers. */
const RATES = { 'order.placed': 80, 'search.run': 600 };
const PRODUCERS = ['web-1', 'web-2', 'worker'];
const LEARNED = { orders: 3 * 80, searches: 3 * 600 };
const METRICS = { 'order.placed': 'orders', 'search.run': 'searches' };
/** Longer than anybody waits for it before slices go to the disk. */
const AWAY_MS = 8000;
/** Five times the mean of 5.5 s. */
const PAGED_WITHIN_MS = 27_500;
const KEPT_WITHIN_MS = 40_000;

const random = prng(2024);
const folder = temporaryFolder();
const data = join(folder.path, 'data');
const database = freshDatabase();
const sent = new Books();
const rates: Record<string, number> = { ...RATES };
let server: ClickHouse;
let store: Store;
let mailbox: Mailbox;
let producers: RawProducer[] = [];
let running: PlummetProcess;
let port = 0;

async function start(): Promise<void> {
  const args = ['start', '--config', join(folder.path, 'plummet.yaml'), '--data', data, '--port', String(port), '--json'];
  running = new PlummetProcess(args);
  await running.ready();
}

const readyz = async (): Promise<string> => (await fetch(`http://127.0.0.1:${port}/readyz?verbose`)).text();
const isFresh = async (): Promise<boolean> => (await fetch(`http://127.0.0.1:${port}/fresh`)).ok;

beforeAll(async () => {
  server = await ClickHouse.start();
  store = testStore({ url: server.url({ database }) });
  mailbox = await Mailbox.open();
  port = await freePort();
  const yaml = `
metrics:
  orders: { event: order.placed, kind: write, critical: true }
  searches: { event: search.run, kind: read }
people: { ana: { email: ana@shop.example } }
mail: { smtp: "${mailbox.url}", from: plummet@shop.example }
store: { clickhouse: { url: "${server.url({ database })}" } }
`;
  mkdirSync(data);
  writeFileSync(join(folder.path, 'plummet.yaml'), yaml);
  await teach({ data, yaml, rates: LEARNED, random });
  await start();
  const tell = (what: 'sent' | 'acknowledged', events: readonly { type: string; at: number }[]): void => {
    if (what === 'sent') for (const { type, at } of events) sent.enter(type, Math.floor(at / 1000), { n: 1, sum: 0 });
  };
  producers = PRODUCERS.map((name) => new RawProducer({ url: `http://127.0.0.1:${port}`, name, random, rates, tell }));
  await eventually('the first events in the store', KEPT_WITHIN_MS, async () => (await archived('search.run')) > 0);
  await eventually('decisions', PAGED_WITHIN_MS, isFresh);
}, 60_000);
afterAll(async () => {
  for (const producer of producers) await producer.kill();
  await running?.kill('SIGKILL');
  await store?.close();
  await server?.stop();
  await mailbox?.close();
  folder.remove();
});

const eventsSent = (type: string): number => sent.seconds().reduce((sum, second) => sum + sent.of(type, second).n, 0);

async function archived(type: string): Promise<number> {
  const found = await eventsBySecond(store, type, 0, 4_000_000_000);
  return [...found.values()].reduce((sum, n) => sum + n, 0);
}

async function counted(name: string, event: string): Promise<number> {
  const found = await ratesOf(store, { series: seriesOf({ name, event }), from: 0, to: 4_000_000_000, stepSeconds: 3600 });
  return found.reduce((sum, { n }) => sum + n, 0);
}

test('the server is killed under load: events are taken and decided on as before, and it is said what waits', async () => {
  await server.kill();
  const until = performance.now() + AWAY_MS;
  while (performance.now() < until) {
    expect(await isFresh()).toBe(true);
    await pause(500);
  }
  const said = await readyz();
  expect(said).toMatch(/^\[-\] history: failed, events are taken all the same: ClickHouse at .* does not answer/m);
  expect(said).toMatch(/^ready$/m);
  expect(running.stdout + running.stderr).toMatch(/does not answer \(ECONN/);
}, 30_000);

test('Plummet itself is killed while the server is away', async () => {
  await running.kill('SIGKILL');
  await start();
  await eventually('decisions', PAGED_WITHIN_MS, isFresh);
}, 60_000);

test('an outage while the server hangs is paged as soon as ever', async () => {
  await server.restart();
  server.hang();
  rates['order.placed'] = 0;
  const page = await mailbox.expects(({ to }) => to === 'ana@shop.example', PAGED_WITHIN_MS);
  expect(page.mail.subject).toMatch(/^\[Sev-1\] orders fell/i);
  server.goOn();
}, 60_000);

test('in the end the archive holds every event once, and the rates are what was sent, second by second', async () => {
  await Promise.all(producers.map((producer) => producer.close()));
  for (const [type, name] of Object.entries(METRICS)) {
    await eventually(`every ${type}`, KEPT_WITHIN_MS, async () => (await archived(type)) === eventsSent(type));
    await eventually(`every count of ${name}`, KEPT_WITHIN_MS, async () => (await counted(name, type)) === eventsSent(type));
  }
  const [first = 0, last = 0] = [sent.seconds()[0], sent.seconds().at(-1)];
  for (const [type, name] of Object.entries(METRICS)) {
    const expected = sent.seconds().flatMap((second) => (sent.of(type, second).n > 0 ? [[second, sent.of(type, second).n]] : []));
    expect([...(await eventsBySecond(store, type, first, last + 1))]).toEqual(expected);
    const found = await ratesOf(store, { series: seriesOf({ name, event: type }), from: first, to: last + 1, stepSeconds: 1 });
    expect(found.filter(({ n }) => n > 0).map(({ second, n }) => [second, n])).toEqual(expected);
  }
}, 120_000);

test('the journal is in the store, line by line', async () => {
  const [found] = await store.rows<{ incident: string }>('SELECT DISTINCT incident FROM incidents');
  const lines = await journalOf(store, found?.incident ?? '');
  expect(lines[0]).toMatchObject({ kind: 'opened', fell: { metric: 'orders' } });
  expect(lines.filter((line) => line.kind === 'sent' && line.way === 'email')).toHaveLength(1);
});
