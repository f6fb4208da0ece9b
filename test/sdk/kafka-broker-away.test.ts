import { connect, DomainEvent } from '@plummet/sdk';
import { kafka } from '@plummet/sdk/kafka';
import kafkajs from 'kafkajs';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { partitionOf } from '../../platform/topics/topic.ts';
import { producerOf } from '../../sdk/src/producer.ts';
import type { Broker } from '../support/kafka/broker.ts';
import { type KafkaForTests, startKafka } from '../support/kafka/kafka.ts';
import { prng } from '../support/prng.ts';

class Ordered extends DomainEvent {
  static readonly type = 'order.placed';
}

const TOPIC = 'events-led-by-two';
/** A leader is given up after 2 s; five times the seconds that this and a few tries take. */
const DELIVERED_WITHIN_MS = 30_000;

let cluster: KafkaForTests;

beforeAll(async () => {
  cluster = await startKafka({ brokers: 3, own: true });
  const admin = new kafkajs.Kafka({ brokers: [...cluster.brokers], logLevel: kafkajs.logLevel.NOTHING }).admin();
  await admin.connect();
  const replicaAssignment = cluster.processes.slice(0, 2).map(({ id }, partition) => ({ partition, replicas: [id] }));
  await admin.createTopics({ topics: [{ topic: TOPIC, replicaAssignment }], waitForLeaders: true });
  await admin.disconnect();
}, 180_000);

afterAll(() => cluster.stop());

/** An app whose events go to that partition. */
function appIn(partition: number) {
  const seed = Array.from({ length: 100 }, (_, i) => i).find((i) => partitionOf(producerOf('shop', prng(i)), 2) === partition) as number;
  const via = kafka({ brokers: cluster.brokers, topic: TOPIC });
  const plummet = connect({ via, producer: 'shop', random: prng(seed), flushAtExit: false });
  onTestFinished(async () => void (await plummet.close({ withinMs: 100 })));
  return plummet;
}

test('one partition without a leader keeps no app from writing to the others', async () => {
  const away = appIn(1);
  const stop = Ordered.notifies(away);
  new Ordered().publish();
  expect(await away.flush({ withinMs: DELIVERED_WITHIN_MS })).toBe(true);
  await (cluster.processes[1] as Broker).signal('SIGKILL');
  new Ordered().publish();
  await expect.poll(() => away.stats().problem, { timeout: DELIVERED_WITHIN_MS }).toMatch(/-1|no leader/i);
  stop();
  // It asks who leads for the first time, when it is known that nobody leads one of the two.
  const other = appIn(0);
  onTestFinished(Ordered.notifies(other));
  new Ordered().publish();
  expect(await other.flush({ withinMs: DELIVERED_WITHIN_MS })).toBe(true);
  expect(away.stats()).toMatchObject({ delivered: 1, queued: 1, lost: 0 });
}, 180_000);

test('an app whose first broker is dead begins with the next one', async () => {
  const [first, second] = cluster.processes as [Broker, Broker];
  await second.start();
  await first.signal('SIGKILL');
  const app = appIn(1);
  onTestFinished(Ordered.notifies(app));
  new Ordered().publish();
  expect(await app.flush({ withinMs: DELIVERED_WITHIN_MS })).toBe(true);
}, 180_000);
