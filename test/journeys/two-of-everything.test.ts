/** Two copies of every role on a real Kafka and a real ClickHouse: what the embedded defaults do, with both, and with either alone. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { kafka as overKafka } from '@plummet/sdk/kafka';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { MetricNow } from '../../dashboards/live-frames.ts';
import { seriesOf } from '../../detectors/counting/metric.ts';
import { eventsBySecond } from '../../platform/store/events.ts';
import type { Store } from '../../platform/store/store.ts';
import { kafkaOptions } from '../platform/eventlog/kafka/options.ts';
import { ClickHouse, freshDatabase } from '../support/clickhouse.ts';
import type { Broker } from '../support/kafka/broker.ts';
import { type KafkaForTests, startKafka } from '../support/kafka/kafka.ts';
import { teach } from '../support/learned.ts';
import { type Caught, Mailbox } from '../support/mailbox.ts';
import { freePort } from '../support/ports.ts';
import { prng } from '../support/prng.ts';
import { eventually, PlummetProcess, temporaryFolder } from '../support/process.ts';
import { SdkApps } from '../support/sdk-apps.ts';
import { ratesOf } from '../support/stored-rates.ts';
import { testStore } from '../support/stores.ts';

type Replica = 'a' | 'b';

/** Five times the mean of 5.5 s, and what stepping in takes. */
const PAGED_WITHIN_MS = 35_000;
const JUDGED_WITHIN_MS = 60_000;
/** A metric is up for a minute before it has recovered. */
const RESOLVED_WITHIN_MS = 150_000;
const KEPT_WITHIN_MS = 90_000;
const QUIET_MS = 4_000;
const ANSWERED_WITHIN_MS = 15_000;
/** Falls that begin within a minute are one incident. */
const APART_MS = 66_000;
const ENDED_WITHIN_MS = 10_000;
const EVER = 4_000_000_000;

const PARTITIONS = 6;
const EVENTS = { orders: 'order.placed', payments: 'payment.taken', signups: 'user.registered', searches: 'search.run' };
/** Searches are the hot metric: in all partitions, and so shared by both count processes of a replica. */
const SHOP = { 'order.placed': 60, 'payment.taken': 50, 'user.registered': 40, 'search.run': 1200 };
const LEARNED = { orders: 60, payments: 50, signups: 40, searches: 1200 };
/** What runs where; the first of a replica takes events and shows screens. */
const PROCESSES: Readonly<Record<Replica, readonly (readonly string[])[]>> = {
  a: [
    ['--roles', 'ingest,alerting,dashboards'],
    ['--roles', 'detectors', '--slice', '1/2'],
    ['--roles', 'detectors', '--slice', '2/2'],
  ],
  b: [
    ['--slice', '1/2'],
    ['--roles', 'detectors', '--slice', '2/2'],
  ],
};

const random = prng(11);
const folder = temporaryFolder();
const database = freshDatabase();
const rates: Record<string, number> = { ...SHOP };
const ports: Record<Replica, number> = { a: 0, b: 0 };
const running: Record<Replica, PlummetProcess[]> = { a: [], b: [] };
let mailbox: Mailbox;
let kafka: KafkaForTests;
let server: ClickHouse;
let store: Store;
let apps: SdkApps;
let brokenAt = Number.NEGATIVE_INFINITY;

const urlOf = (replica: Replica): string => `http://127.0.0.1:${ports[replica]}`;
const get = async <T>(replica: Replica, path: string): Promise<T> => (await (await fetch(urlOf(replica) + path)).json()) as T;

async function start(replica: Replica): Promise<void> {
  running[replica] = PROCESSES[replica].map((flags, i) => {
    const data = join(folder.path, `${replica}-${i}`);
    const port = i === 0 ? ports[replica] : 0;
    const common = ['--config', join(folder.path, 'plummet.yaml'), '--data', data, '--port', String(port), '--replica', replica, '--json'];
    return new PlummetProcess(['start', ...common, ...flags]);
  });
  await Promise.all(running[replica].map((process) => process.ready()));
}

async function kill(replica: Replica): Promise<void> {
  await Promise.all(running[replica].map((process) => process.kill('SIGKILL')));
}

beforeAll(async () => {
  [mailbox, kafka, server] = await Promise.all([Mailbox.open(), startKafka({ own: true }), ClickHouse.start()]);
  store = testStore({ url: server.url({ database }) });
  const { topicPrefix } = kafkaOptions(kafka.brokers);
  const yaml = `
metrics:
  orders: { event: order.placed, kind: write, critical: true }
  payments: { event: payment.taken, kind: write, critical: true }
  signups: { event: user.registered, kind: write, critical: true }
  searches: { event: search.run, kind: read }
people: { ana: { email: ana@shop.example } }
mail: { smtp: "${mailbox.url}", from: plummet@shop.example }
eventlog: { kafka: { brokers: ["${kafka.brokers.join(',')}"], topic_prefix: "${topicPrefix}", partitions: { events: ${PARTITIONS} } } }
store: { clickhouse: { url: "${server.url({ database })}" } }
`;
  writeFileSync(join(folder.path, 'plummet.yaml'), yaml);
  mkdirSync(join(folder.path, 'a-0'));
  await teach({ data: join(folder.path, 'a-0'), yaml, rates: LEARNED, random });
  for (const replica of ['a', 'b'] as const) ports[replica] = await freePort();
  const direct = () => ({ via: overKafka({ brokers: kafka.brokers, topic: `${topicPrefix}events` }) });
  const ways = [() => ({ urls: [urlOf('a'), urlOf('b')] }), direct, () => ({ urls: [urlOf('b'), urlOf('a')] })];
  // The shop is open before Plummet is there: what waits meanwhile is delivered, and counted.
  apps = new SdkApps({ ways, partitions: PARTITIONS, rates, random });
  await Promise.all([start('a'), start('b')]);
}, 300_000);

afterAll(async () => {
  await apps?.kill();
  await Promise.all([kill('a'), kill('b')]);
  await store?.close();
  await kafka?.stop();
  await server?.stop();
  await mailbox?.close();
  folder.remove();
});

function judged(replica: Replica, metric: string, wanted: string): Promise<boolean> {
  return eventually(`${metric} ${wanted} at ${replica}`, JUDGED_WITHIN_MS, async () => {
    return (await get<MetricNow[]>(replica, '/api/metrics')).some((one) => one.name === metric && one.state === wanted);
  });
}

async function breaks(metric: keyof typeof EVENTS): Promise<void> {
  await pause(Math.max(0, brokenAt + APART_MS - performance.now()));
  brokenAt = performance.now();
  rates[EVENTS[metric]] = 0;
}

function mend(metric: keyof typeof EVENTS): void {
  rates[EVENTS[metric]] = SHOP[EVENTS[metric] as keyof typeof SHOP];
}

/** Letters that begin a thread; in what order those of different threads come nobody promises. */
const pages = (): Caught[] => mailbox.caught.filter(({ mail }) => !mail.subject?.startsWith('Re: '));

async function paged(metric: string, nth: number): Promise<Caught> {
  const page = await eventually('the page', PAGED_WITHIN_MS, async () => pages()[nth - 1]);
  expect(page.to).toBe('ana@shop.example');
  expect(page.mail.subject).toMatch(new RegExp(`^\\[Sev-1\\] ${metric} fell`));
  await pause(QUIET_MS);
  expect(pages()).toHaveLength(nth);
  return page;
}

/** The same link at any replica: whoever sent it, and whichever the balancer chose. */
async function acknowledged(page: Caught, at: readonly Replica[]): Promise<void> {
  const path = /Acknowledge: http:\/\/[^/\s]+(\/a\/\S+)/.exec(page.mail.text ?? '')?.[1] as string;
  for (const replica of at) {
    const looked = await fetch(urlOf(replica) + path);
    expect([replica, looked.status]).toEqual([replica, 200]);
    expect(await looked.text()).toMatch(/Nobody has it yet/);
  }
  const pressed = await fetch(urlOf(at[0] as Replica) + path, { method: 'POST' });
  expect(await pressed.text()).toMatch(/You have it/);
  expect(await (await fetch(urlOf(at.at(-1) as Replica) + path)).text()).toMatch(/You have it/);
  await told(page, /^\s*Acknowledged by Ana/, PAGED_WITHIN_MS);
}

function resolved(page: Caught): Promise<void> {
  return told(page, /^\s*Resolved/, RESOLVED_WITHIN_MS);
}

/** One letter of its thread says so. */
async function told(page: Caught, says: RegExp, withinMs: number): Promise<void> {
  const fits = ({ mail }: Caught): boolean => mail.references === page.mail.references && says.test(mail.text ?? '');
  const letter = await mailbox.expects(fits, withinMs);
  expect(letter.mail.subject).toBe(`Re: ${page.mail.subject}`);
  expect(mailbox.caught.filter(fits)).toHaveLength(1);
}

let orders: Caught;
let payments: Caught;

test('both replicas: one page, whose link opens at either', async () => {
  for (const replica of ['a', 'b'] as const) {
    for (const metric of Object.keys(EVENTS)) await judged(replica, metric, 'normal');
  }
  await pause(QUIET_MS);
  expect(mailbox.caught).toEqual([]);
  await breaks('orders');
  orders = await paged('orders', 1);
  await acknowledged(orders, ['b', 'a']);
  mend('orders');
}, 240_000);

test('each process says what of it can be asked: fresh where screens are, ready where appends are durable', async () => {
  const isReady = async (url: string): Promise<boolean> => (await fetch(`${url}/readyz`)).status === 200;
  const isFresh = async (url: string): Promise<boolean> => (await fetch(`${url}/fresh`)).status === 200;
  for (const replica of ['a', 'b'] as const) {
    await eventually(`${replica} ready`, ANSWERED_WITHIN_MS, () => isReady(urlOf(replica)));
    // The detectors of a are in other processes.
    await eventually(`${replica} fresh`, ANSWERED_WITHIN_MS, () => isFresh(urlOf(replica)));
  }
  const detectors = (await running.a[1]?.ready()) as string;
  await eventually('detectors ready', ANSWERED_WITHIN_MS, () => isReady(detectors));
  const fresh = await fetch(`${detectors}/fresh`);
  expect([fresh.status, await fresh.json()]).toMatchObject([503, { fresh: false, reason: expect.stringMatching(/role dashboards/) }]);
  expect((await fetch(`${detectors}/v1/events`, { method: 'POST' })).status).toBe(404);
}, 90_000);

test('replica a alone, b killed before the outage: the page, its link and the end of the outage before', async () => {
  await kill('b');
  await breaks('payments');
  payments = await paged('payments', 2);
  await acknowledged(payments, ['a']);
  mend('payments');
  await resolved(orders);
}, 240_000);

test('replica b alone, a killed in the middle of the outage', async () => {
  await start('b');
  await judged('b', 'signups', 'normal');
  await eventually('decisions of its own', JUDGED_WITHIN_MS, async () => {
    const text = await (await fetch(`${urlOf('b')}/metrics`)).text();
    return Number(/^plummet_seconds_closed_total (\d+)/m.exec(text)?.[1]) >= 5;
  });
  await breaks('signups');
  await pause(1000);
  await kill('a');
  const page = await paged('signups', 3);
  await acknowledged(page, ['b']);
  mend('signups');
  await resolved(payments);
  expect(mailbox.caught).toHaveLength(8);
}, 300_000);

test('a broker that stands still: neither is ready or fresh, and both are again when it goes on', async () => {
  await start('a');
  const broker = kafka.processes[0] as Broker;
  const answers = async (path: string): Promise<number[]> => {
    return Promise.all((['a', 'b'] as const).map(async (replica) => (await fetch(urlOf(replica) + path)).status));
  };
  await eventually('both fresh', JUDGED_WITHIN_MS, async () => (await answers('/fresh')).every((status) => status === 200));
  await broker.signal('SIGSTOP');
  for (const path of ['/readyz', '/fresh']) {
    await eventually(`${path} that fails`, 25_000, async () => (await answers(path)).every((status) => status === 503));
  }
  const reason = await (await fetch(`${urlOf('a')}/readyz`)).text();
  await broker.signal('SIGCONT');
  expect(reason).toMatch(/^\[-\] event log: failed: .+$/m);
  for (const path of ['/readyz', '/fresh']) {
    await eventually(`${path} that is well`, JUDGED_WITHIN_MS, async () => (await answers(path)).every((status) => status === 200));
  }
}, 240_000);

test('SIGTERM under load drains: each process of a ends with 0', async () => {
  for (const process of running.a) {
    const before = performance.now();
    expect(await process.kill('SIGTERM')).toMatchObject({ code: 0 });
    expect(performance.now() - before).toBeLessThan(ENDED_WITHIN_MS);
  }
}, 60_000);

test('after all that every event is there once, in the counts and in the archive, and nobody was paged again', async () => {
  await pause(QUIET_MS);
  expect(await apps.close()).toBe(0);
  for (const [metric, type] of Object.entries(EVENTS)) {
    const published = apps.published.get(type) as number;
    await eventually(`${published} archived ${type}`, KEPT_WITHIN_MS, async () => sum(await archived(type)) === published);
    await eventually(`${published} counted ${metric}`, KEPT_WITHIN_MS, async () => sum(await counted(metric, type)) === published);
    expect(await counted(metric, type)).toEqual(await archived(type));
  }
  expect(pages().map(({ mail }) => /(\w+) fell/.exec(mail.subject ?? '')?.[1])).toEqual(['orders', 'payments', 'signups']);
  for (const process of running.b) expect(await process.kill('SIGTERM')).toMatchObject({ code: 0 });
}, 240_000);

const sum = (bySecond: ReadonlyMap<number, number>): number => [...bySecond.values()].reduce((all, n) => all + n, 0);
const archived = (type: string): Promise<Map<number, number>> => eventsBySecond(store, type, 0, EVER);

async function counted(name: string, event: string): Promise<Map<number, number>> {
  const found = await ratesOf(store, { series: seriesOf({ name, event }), from: 0, to: EVER, stepSeconds: 1 });
  return new Map(found.filter(({ n }) => n > 0).map(({ second, n }) => [second, n]));
}
