import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { seriesOf } from '../../detectors/counting/metric.ts';
import { eventsBySecond } from '../../platform/store/events.ts';
import type { Store } from '../../platform/store/store.ts';
import { kafkaOptions } from '../platform/eventlog/kafka/options.ts';
import { Books } from '../support/books.ts';
import { ClickHouse, freshDatabase } from '../support/clickhouse.ts';
import { type KafkaForTests, startKafka } from '../support/kafka/kafka.ts';
import { freePort } from '../support/ports.ts';
import { prng } from '../support/prng.ts';
import { eventually, PlummetProcess, temporaryFolder } from '../support/process.ts';
import { RawProducer } from '../support/raw-producer.ts';
import { ratesOf } from '../support/stored-rates.ts';
import { testStore } from '../support/stores.ts';

type Replica = 'a' | 'b';
const EVENT = 'order.placed';
const SERIES = seriesOf({ name: 'orders', event: EVENT });
/** A process that died is followed by the other within 8 s; five times that. */
const KEPT_WITHIN_MS = 60_000;
const EVER = 4_000_000_000;

const random = prng(7);
const folder = temporaryFolder();
const database = freshDatabase();
const sent = new Books();
const ports = new Map<Replica, number>();
const running = new Map<Replica, PlummetProcess>();
let kafka: KafkaForTests;
let server: ClickHouse;
let store: Store;
let producers: RawProducer[] = [];

async function start(replica: Replica): Promise<void> {
  const flags = ['--data', join(folder.path, replica), '--port', String(ports.get(replica)), '--replica', replica, '--json'];
  const plummet = new PlummetProcess(['start', '--config', join(folder.path, 'plummet.yaml'), ...flags]);
  running.set(replica, plummet);
  await plummet.ready();
}

beforeAll(async () => {
  [kafka, server] = await Promise.all([startKafka(), ClickHouse.start()]);
  store = testStore({ url: server.url({ database }) });
  const { topicPrefix } = kafkaOptions(kafka.brokers);
  const yaml = `
metrics:
  orders: { event: ${EVENT}, kind: write, critical: true }
people: { ana: { email: ana@shop.example } }
mail: { smtp: "smtp://127.0.0.1:9", from: plummet@shop.example }
eventlog: { kafka: { brokers: ["${kafka.brokers.join(',')}"], topic_prefix: "${topicPrefix}", partitions: { events: 6 } } }
store: { clickhouse: { url: "${server.url({ database })}" } }
`;
  mkdirSync(folder.path, { recursive: true });
  writeFileSync(join(folder.path, 'plummet.yaml'), yaml);
  for (const replica of ['a', 'b'] as const) ports.set(replica, await freePort());
  await Promise.all([start('a'), start('b')]);
  const tell = (what: 'sent' | 'acknowledged', events: readonly { at: number }[]): void => {
    if (what === 'sent') for (const { at } of events) sent.enter(EVENT, Math.floor(at / 1000), { n: 1, sum: 0 });
  };
  producers = (['a', 'b', 'b'] as const).map((replica, i) => {
    return new RawProducer({ url: `http://127.0.0.1:${ports.get(replica)}`, name: `web-${i}`, random, rates: { [EVENT]: 400 }, tell });
  });
}, 180_000);
afterAll(async () => {
  for (const producer of producers) await producer.kill();
  for (const plummet of running.values()) await plummet.kill('SIGKILL');
  await store?.close();
  await kafka?.stop();
  await server?.stop();
  folder.remove();
});

async function archived(): Promise<number> {
  return [...(await eventsBySecond(store, EVENT, 0, EVER)).values()].reduce((sum, n) => sum + n, 0);
}

async function counted(): Promise<number> {
  return (await ratesOf(store, { series: SERIES, from: 0, to: EVER, stepSeconds: 3600 })).reduce((sum, { n }) => sum + n, 0);
}

test('two copies fill one store, are killed in turn, the server too: the archive holds every event once', async () => {
  await eventually('the first events', KEPT_WITHIN_MS, async () => (await archived()) > 0);
  await running.get('a')?.kill('SIGKILL');
  await eventually('events by way of b', KEPT_WITHIN_MS, async () => {
    const before = await archived();
    await pause(2000);
    return (await archived()) > before;
  });
  await server.kill();
  await pause(7000);
  await start('a');
  await running.get('b')?.kill('SIGKILL');
  await server.restart();
  await start('b');
  await pause(3000);
  await Promise.all(producers.map((producer) => producer.close()));
  await eventually('every event', KEPT_WITHIN_MS, async () => (await archived()) === sent.events);
  await eventually('every count', KEPT_WITHIN_MS, async () => (await counted()) === sent.events);
  const expected = sent.seconds().map((second) => [second, sent.of(EVENT, second).n]);
  expect([...(await eventsBySecond(store, EVENT, 0, EVER))]).toEqual(expected);
  const found = await ratesOf(store, { series: SERIES, from: 0, to: EVER, stepSeconds: 1 });
  expect(found.filter(({ n }) => n > 0).map(({ second, n }) => [second, n])).toEqual(expected);
}, 240_000);
