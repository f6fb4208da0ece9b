/** What people get wrong on Kafka and ClickHouse, by real processes: each is said in words, and nothing is lost meanwhile. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import kafkajs, { type Producer } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventsBySecond } from '../../platform/store/events.ts';
import { Books } from '../support/books.ts';
import { ClickHouse, freshDatabase } from '../support/clickhouse.ts';
import { type KafkaForTests, startKafka } from '../support/kafka/kafka.ts';
import { teach } from '../support/learned.ts';
import { Mailbox } from '../support/mailbox.ts';
import { prng } from '../support/prng.ts';
import { eventually, PlummetProcess, plummet, temporaryFolder } from '../support/process.ts';
import { RawProducer } from '../support/raw-producer.ts';
import { answering, testStore } from '../support/stores.ts';

/** Five times the mean of 5.5 s, and of the 8 s after which another process fills the store. */
const PAGED_WITHIN_MS = 27_500;
const KEPT_WITHIN_MS = 60_000;
const SAID_WITHIN_MS = 30_000;
const PREFIX = 'bad-input-';
const RATES = { 'order.placed': 120 };
const EVER = 4_000_000_000;

const random = prng(11);
const folder = temporaryFolder();
const database = freshDatabase();
const rates: Record<string, number> = { ...RATES };
const sent = new Books();
let kafka: KafkaForTests;
let server: ClickHouse;
let mailbox: Mailbox;
let foreign: Producer;
let shop: RawProducer;
const running: { readonly process: PlummetProcess; readonly url: string }[] = [];

function yamlOf({ brokers = kafka.brokers, more = '' }: { brokers?: readonly string[]; more?: string } = {}): string {
  return `
metrics:
  orders: { event: order.placed, kind: write, critical: true }
people: { ana: { email: ana@shop.example } }
mail: { smtp: "${mailbox.url}", from: plummet@shop.example }
eventlog: { kafka: { brokers: ${JSON.stringify(brokers)}, topic_prefix: ${PREFIX}, partitions: { events: 3 }${more} } }
store: { clickhouse: { url: "${server.url({ database })}" } }
`;
}

function fileOf(name: string, yaml: string): string {
  const file = join(folder.path, `${name}.yaml`);
  writeFileSync(file, yaml);
  return file;
}

/** The tables of a Plummet that does not exist yet. */
async function makeNewer(): Promise<void> {
  const store = await answering(testStore({ url: server.url({ database }) }));
  await store.insert({ name: 'migrations', columns: ['version', 'name'] }, ['[99, "later"]\n']);
  await store.close();
}

async function start(data: string): Promise<void> {
  const config = join(folder.path, 'plummet.yaml');
  const process = new PlummetProcess(['start', '--config', config, '--data', data, '--port', '0', '--replica', 'a', '--json']);
  running.push({ process, url: await process.ready() });
}

const said = (index: number): string => running[index]!.process.stderr + running[index]!.process.stdout;

beforeAll(async () => {
  [kafka, server, mailbox] = await Promise.all([startKafka({ own: true }), ClickHouse.start(), Mailbox.open()]);
  await makeNewer();
  const yaml = yamlOf();
  const data = join(folder.path, 'first');
  mkdirSync(data);
  fileOf('plummet', yaml);
  await teach({ data, yaml, rates: { orders: 120 }, random });
  await start(data);
  const tell = (what: 'sent' | 'acknowledged', events: readonly { type: string; at: number }[]): void => {
    if (what === 'acknowledged') for (const { type, at } of events) sent.enter(type, Math.floor(at / 1000), { n: 1, sum: 0 });
  };
  shop = new RawProducer({ url: running[0]!.url, name: 'shop', random, rates, tell });
  const client = new kafkajs.Kafka({ brokers: [...kafka.brokers], logLevel: kafkajs.logLevel.NOTHING });
  foreign = client.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
  await foreign.connect();
}, 240_000);

afterAll(async () => {
  await shop?.kill();
  await foreign?.disconnect();
  await Promise.all(running.map(({ process }) => process.kill('SIGKILL')));
  await Promise.all([kafka.stop(), server.stop(), mailbox.close()]);
  folder.remove();
});

describe('a start', () => {
  const starting = (config: string, ...more: string[]) =>
    plummet(['start', '--config', config, '--data', join(folder.path, 'never'), '--port', '0', ...more]);

  test('with --slice 3/2 is a usage mistake in words', async () => {
    const { code, stderr } = await starting(join(folder.path, 'plummet.yaml'), '--slice', '3/2');
    expect(code).toBe(2);
    expect(stderr).toMatch(/there is no slice 3 of 2: the last one is 2\/2/);
  }, 60_000);

  test('with a wrong password for Kafka says so at once, and never the password', async () => {
    const sasl = ', sasl: { mechanism: plain, username: plummet, password: kafka-secret }';
    const { code, stderr } = await starting(fileOf('guarded', yamlOf({ brokers: kafka.guarded, more: sasl })));
    expect(code).toBe(1);
    expect(stderr).toMatch(/refuse the user or its password.*Correct `eventlog\.kafka\.sasl`/);
    expect(stderr).not.toMatch(/kafka-secret|\n\s+at /);
  }, 60_000);

  test('with another number of partitions than the topic has names both, and the way out', async () => {
    const { code, stderr } = await starting(fileOf('wider', yamlOf().replace('events: 3', 'events: 12')));
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /bad-input-events has 3 partitions, but 12 are set\. Write `eventlog: { kafka: { partitions: { events: 3 } } }`/,
    );
  }, 60_000);
});

test('of two processes that were both started as a, the later one goes on as b and says so', async () => {
  await start(join(folder.path, 'second'));
  await eventually('the second one to turn', SAID_WITHIN_MS, async () => /this one goes on as b/.test(said(1)));
  expect(said(0)).not.toMatch(/this one goes on as b/);
  const metrics = async (index: number): Promise<string> => (await fetch(`${running[index]!.url}/metrics`)).text();
  expect(await metrics(1)).toMatch(/^plummet_replica_turned_total 1$/m);
  expect(await metrics(0)).not.toMatch(/^plummet_replica_turned_total [1-9]/m);
}, 90_000);

test('tables of a newer Plummet are left alone and named; events are taken and an outage is paged all the same, once', async () => {
  await eventually('what is wrong with history', SAID_WITHIN_MS, async () => {
    const readyz = await (await fetch(`${running[0]!.url}/readyz?verbose`)).text();
    return /^\[-\] history: .*version 99, made by a newer Plummet.*Update this Plummet/m.test(readyz) && /^ready$/m.test(readyz);
  });
  await eventually('decisions', SAID_WITHIN_MS, async () => (await fetch(`${running[0]!.url}/fresh`)).ok);
  rates['order.placed'] = 0;
  const page = await mailbox.expects(({ to }) => to === 'ana@shop.example', PAGED_WITHIN_MS);
  expect(page.mail.subject).toMatch(/^\[Sev-1\] orders fell/i);
  rates['order.placed'] = RATES['order.placed'];
}, 120_000);

test('a record of a newer version becomes a dead letter that says so, and what comes after it is counted', async () => {
  const headers = { 'content-type': 'application/vnd.plummet.batch+json;v=2' };
  await foreign.send({ topic: `${PREFIX}events`, messages: [{ key: 'later', value: '{"form":"unknown"}', partition: 0, headers }] });
  const findings = await eventually('the dead letter', SAID_WITHIN_MS, async () => {
    const { stdout } = await plummet(['doctor', '--config', join(folder.path, 'plummet.yaml'), '--json']);
    const { parts } = JSON.parse(stdout) as { parts: { findings: { is: string; of: string; says: string }[] }[] };
    const all = parts.flatMap((part) => part.findings);
    return all.some(({ of, is }) => of === 'dead letters' && is === 'warning') && all;
  });
  const told = findings.find(({ of }) => of === 'dead letters')?.says;
  expect(told).toMatch(/^1 in the last hour \(newer-version\), the newest from events\/0@\d+: .*this program reads v=1; update it$/);
  expect(findings.find(({ of }) => of === `database ${database}`)?.says).toMatch(/made by a newer Plummet/);
}, 90_000);

test('once the tables are right, everything that was taken meanwhile is in them, once', async () => {
  expect(await server.ask('ALTER TABLE migrations DELETE WHERE version = 99 SETTINGS mutations_sync = 1', { database })).toBe('');
  await shop.close();
  const store = await answering(testStore({ url: server.url({ database }) }));
  const archived = async (): Promise<number> => {
    const found = await eventsBySecond(store, 'order.placed', 0, EVER);
    return [...found.values()].reduce((sum, n) => sum + n, 0);
  };
  await eventually('every event', KEPT_WITHIN_MS, async () => (await archived()) === sent.events);
  await store.close();
  expect(sent.events).toBeGreaterThan(0);
  expect(mailbox.caught.filter(({ mail }) => /^\[Sev-1\]/.test(mail.subject ?? ''))).toHaveLength(1);
}, 120_000);
