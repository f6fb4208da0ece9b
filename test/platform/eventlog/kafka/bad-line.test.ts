import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { EventLog } from '../../../../platform/eventlog/eventlog.ts';
import { openKafkaLog } from '../../../../platform/eventlog/kafka/kafka.ts';
import type { Topic } from '../../../../platform/topics/topic.ts';
import { systemClock } from '../../../../platform/units/clock.ts';
import { all } from '../../../contracts/eventlog-world.ts';
import { type KafkaForTests, startKafka } from '../../../support/kafka/kafka.ts';
import { FETCH, type KafkaProxy, PRODUCE } from '../../../support/kafka/proxy.ts';
import { Load } from './load.ts';
import { kafkaOptions } from './options.ts';

const topic: Topic = { name: 'events', partitions: 3, keeps: 3_600_000 };
/** Reading goes on so long after a line is well again; a test waits five times as long. */
const READING_AGAIN_MS = 5_000;

let kafka: KafkaForTests;
let line: KafkaProxy;

beforeAll(async () => {
  kafka = await startKafka({ own: true, proxied: true });
  line = kafka.proxies[0] as KafkaProxy;
}, 120_000);

afterAll(() => kafka.stop());

afterEach(() => {
  line.latencyMs = 0;
  line.bytesPerSecond = Number.POSITIVE_INFINITY;
  line.silent.clear();
  line.cut.clear();
});

async function opened(): Promise<EventLog> {
  const log = await openKafkaLog({ kafka: kafkaOptions(kafka.proxied), clock: systemClock, topics: [topic], random: Math.random });
  onTestFinished(() => log.close());
  return log;
}

test('appends whose answers are lost are tried again, and stand there once and in order', async () => {
  const load = new Load(await opened(), topic);
  await load.flows();
  for (let i = 0; i < 10; i++) {
    line.cut.set(PRODUCE, 1);
    await load.flows();
  }
  await load.end();
  load.expectAllInOrder();
  expect(load.refused).toBe(0);
  expect(load.repeats()).toBe(0);
}, 120_000);

test('a reader that is never answered comes back by itself when the line is well again', async () => {
  const load = new Load(await opened(), topic);
  await load.flows();
  line.silent.add(FETCH);
  const silentMs = 4_000;
  await new Promise((resolve) => setTimeout(resolve, silentMs));
  line.silent.clear();
  load.takeStillMs();
  await load.flows();
  expect(load.takeStillMs()).toBeLessThan(silentMs + 5 * READING_AGAIN_MS);
  await load.end();
  load.expectAllInOrder();
}, 120_000);

test('a slow line is no dead one: an answer that keeps coming is waited for', async () => {
  const log = await opened();
  const values = Array.from({ length: 30 }, () => randomBytes(3_000).toString('base64'));
  await log.append(
    topic,
    values.map((value) => ({ key: 'k', value, partition: 0 })),
  );
  line.latencyMs = 300;
  line.bytesPerSecond = 25_000;
  expect((await all(log, topic)).map(({ value }) => value)).toEqual(values);
  const from = performance.now();
  await log.append(topic, [{ key: 'k', value: 'over the slow line', partition: 0 }]);
  expect(performance.now() - from).toBeGreaterThan(250);
}, 120_000);
