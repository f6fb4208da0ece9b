import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { IncidentView, MetricNow } from '../../dashboards/live-frames.ts';
import { teach } from '../support/learned.ts';
import { type Caught, Mailbox } from '../support/mailbox.ts';
import { freePort } from '../support/ports.ts';
import { prng } from '../support/prng.ts';
import { eventually, PlummetProcess, temporaryFolder } from '../support/process.ts';
import { RawProducer } from '../support/raw-producer.ts';

/** Five times the mean of 5.5 s. */
const PAGED_WITHIN_MS = 27_500;
const JUDGED_WITHIN_MS = 25_000;
/** A metric is up for a minute before it has recovered. */
const RESOLVED_WITHIN_MS = 120_000;
/** So long nothing more comes. */
const QUIET_MS = 6000;

const SHOP = { 'order.placed': 60, 'payment.taken': 50, 'user.registered': 6, 'search.run': 390 };
const BROKEN = { 'order.placed': 0, 'payment.taken': 0 };
const LEARNED = { orders: 60, payments: 50, signups: 6, searches: 390 };

const random = prng(2025);
const folder = temporaryFolder();
const data = join(folder.path, 'data');
const rates: Record<string, number> = { ...SHOP };
let mailbox: Mailbox;
let producer: RawProducer;
let running: PlummetProcess;
let port = 0;

async function start(): Promise<void> {
  const args = ['start', '--config', join(folder.path, 'plummet.yaml'), '--data', data, '--port', String(port), '--json'];
  running = new PlummetProcess(args);
  await running.ready();
}

beforeAll(async () => {
  mailbox = await Mailbox.open();
  port = await freePort();
  const yaml = `
metrics:
  orders: { event: order.placed, kind: write, critical: true }
  payments: { event: payment.taken, kind: write, critical: true }
  signups: { event: user.registered, kind: write, critical: true }
  searches: { event: search.run, kind: read }
people: { ana: { email: ana@shop.example } }
mail: { smtp: "${mailbox.url}", from: plummet@shop.example }
`;
  mkdirSync(data);
  writeFileSync(join(folder.path, 'plummet.yaml'), yaml);
  await teach({ data, yaml, rates: LEARNED, random });
  await start();
  producer = new RawProducer({ url: `http://127.0.0.1:${port}`, name: 'shop', random, rates });
  await state('orders', 'normal');
  await pause(QUIET_MS);
});
afterAll(async () => {
  await producer?.kill();
  await running?.kill('SIGKILL');
  await mailbox?.close();
  folder.remove();
});

const get = async <T>(path: string): Promise<T> => (await (await fetch(`http://127.0.0.1:${port}${path}`)).json()) as T;
const incidents = (): Promise<IncidentView[]> => get('/api/incidents');

function state(metric: string, wanted: string): Promise<boolean> {
  return eventually(`${metric} ${wanted}`, JUDGED_WITHIN_MS, async () => {
    return (await get<MetricNow[]>('/api/metrics')).some((one) => one.name === metric && one.state === wanted);
  });
}

const subjects = (): (string | undefined)[] => mailbox.caught.map(({ mail }) => mail.subject);
let page: Caught;
let opened: IncidentView;

test('the checkout breaks: one page for both metrics', async () => {
  expect(subjects()).toEqual([]);
  Object.assign(rates, BROKEN);
  page = await mailbox.expects(({ to }) => to === 'ana@shop.example', PAGED_WITHIN_MS);
  expect(page.mail.subject).toMatch(/^\[Sev-1\] (orders|payments) fell/i);
  opened = await eventually('the incident', 10_000, async () => {
    return (await incidents()).find(({ is, metrics }) => is === 'open' && metrics.length === 2);
  });
  await pause(QUIET_MS);
  expect(subjects()).toHaveLength(1);
}, 60_000);

test.each(['SIGKILL', 'SIGTERM'] as const)(
  '%s in the middle of the outage: the incident stays open, and nobody is paged again',
  async (signal) => {
    await running.kill(signal);
    await pause(1500);
    await start();
    await state('orders', 'dropped');
    await state('payments', 'dropped');
    await pause(QUIET_MS);
    expect(await incidents()).toMatchObject([{ id: opened.id, is: 'open', openedAt: opened.openedAt }]);
    expect(subjects()).toHaveLength(1);
  },
  90_000,
);

test('mended: resolved once, with one mail in the same thread', async () => {
  Object.assign(rates, SHOP);
  const resolved = await mailbox.expects(({ mail }) => mail.messageId !== page.mail.messageId, RESOLVED_WITHIN_MS);
  expect(page.mail.references).toMatch(/^<.+>$/);
  expect(resolved.mail).toMatchObject({ references: page.mail.references, inReplyTo: page.mail.references });
  expect(resolved.mail.text).toMatch(/^\s*Resolved/m);
  expect(await incidents()).toMatchObject([{ id: opened.id, is: 'resolved' }]);
  await pause(2 * QUIET_MS);
  expect(subjects()).toHaveLength(2);
  expect(await incidents()).toHaveLength(1);
}, 160_000);

test('an outage that begins while Plummet is down is found by the next process', async () => {
  await running.kill('SIGKILL');
  Object.assign(rates, BROKEN);
  await pause(4000);
  await start();
  await eventually('the page', PAGED_WITHIN_MS, async () => subjects().length > 2);
  const open = (await incidents()).filter(({ is }) => is === 'open');
  expect(open).toHaveLength(1);
  await pause(QUIET_MS);
  expect(subjects()).toHaveLength(3);
}, 90_000);
