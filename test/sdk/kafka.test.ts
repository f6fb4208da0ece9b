import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { connect, DomainEvent } from '@plummet/sdk';
import { BATCH_CONTENT_TYPE, type Batch, decodeBatch } from '@plummet/sdk/batch';
import { kafka } from '@plummet/sdk/kafka';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { EventLog } from '../../platform/eventlog/eventlog.ts';
import { openKafkaLog } from '../../platform/eventlog/kafka/kafka.ts';
import { partitionOf, type Topic } from '../../platform/topics/topic.ts';
import { systemClock } from '../../platform/units/clock.ts';
import { all } from '../contracts/eventlog-world.ts';
import { kafkaOptions } from '../platform/eventlog/kafka/options.ts';
import type { Broker } from '../support/kafka/broker.ts';
import { type KafkaForTests, startKafka } from '../support/kafka/kafka.ts';
import { freePort } from '../support/ports.ts';
import { hearing } from './hearing.ts';

class Ordered extends DomainEvent<{ amount: number }> {
  static readonly type = 'order.placed';
}

const events: Topic = { name: 'events', partitions: 3, keeps: 3_600_000 };
const APP = fileURLToPath(new URL('./kafka-app.ts', import.meta.url));

let cluster: KafkaForTests;
const closers: (() => unknown)[] = [];

beforeAll(async () => {
  cluster = await startKafka({ own: true });
}, 120_000);

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

afterAll(() => cluster.stop());

async function opened(): Promise<{ log: EventLog; topic: string }> {
  const options = kafkaOptions(cluster.brokers);
  const log = await openKafkaLog({ kafka: options, clock: systemClock, topics: [events], random: Math.random });
  closers.push(() => log.close());
  return { log, topic: `${options.topicPrefix}events` };
}

/** In the order of `seq`, each once: as Plummet counts them. */
async function batchesIn(log: EventLog): Promise<Batch[]> {
  const bySeq = new Map<number, Batch>();
  for (const { value } of await all(log, events)) {
    const batch = decodeBatch(value);
    bySeq.set(batch.seq, batch);
  }
  return [...bySeq.values()].sort((a, b) => a.seq - b.seq);
}

const amountsOf = (batches: readonly Batch[]): unknown[] => batches.flatMap((batch) => batch.events.map(([, , data]) => data?.amount));
const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

test('what an app publishes is in topic events, keyed by its producer, as the gateway would have written it', async () => {
  const { log, topic } = await opened();
  const plummet = connect({ via: kafka({ brokers: cluster.brokers, topic }), producer: 'shop', flushAtExit: false });
  closers.push(() => plummet.close(), Ordered.notifies(plummet));
  for (const amount of upTo(2_000)) {
    new Ordered({ amount }).publish();
    if (amount % 500 === 0) await pause(20);
  }
  expect(await plummet.close()).toBe(true);
  const records = await all(log, events);
  const { producer } = plummet.stats();
  for (const { key, partition, headers } of records) {
    expect({ key, partition }).toEqual({ key: producer, partition: partitionOf(producer, events.partitions) });
    expect(headers).toEqual({ 'content-type': BATCH_CONTENT_TYPE });
  }
  const batches = await batchesIn(log);
  expect(amountsOf(batches)).toEqual(upTo(2_000));
  expect(batches.at(-1)).toMatchObject({ bye: true, published: 2_000 });
}, 60_000);

test('while the brokers are killed events wait in memory, and arrive when they are back, each once', async () => {
  const { log, topic } = await opened();
  const heard = hearing();
  closers.push(() => heard[Symbol.dispose]());
  const plummet = connect({ via: kafka({ brokers: cluster.brokers, topic }), flushAtExit: false });
  closers.push(() => plummet.close(), Ordered.notifies(plummet));
  const broker = cluster.processes[0] as Broker;
  let amount = 0;
  const publish = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i++) {
      new Ordered({ amount: amount++ }).publish();
      await pause(5);
    }
  };
  await publish(200);
  await broker.signal('SIGKILL');
  await publish(200);
  expect(plummet.stats().queued).toBeGreaterThan(0);
  expect(plummet.stats().problem).toMatch(/^kafka 127\.0\.0\.1:\d+: /);
  await broker.start();
  await publish(200);
  expect(await plummet.close({ withinMs: 30_000 })).toBe(true);
  expect(plummet.stats()).toMatchObject({ lost: 0, queued: 0 });
  expect(amountsOf(await batchesIn(log))).toEqual(upTo(600));
}, 120_000);

test('a process that has nothing left to do says goodbye and ends', async () => {
  const { log, topic } = await opened();
  const app = spawn(process.execPath, ['--import', 'tsx', APP, cluster.brokers.join(','), topic], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  closers.push(() => app.kill('SIGKILL'));
  expect((await once(app, 'exit'))[0]).toBe(0);
  const batches = await batchesIn(log);
  expect(amountsOf(batches)).toEqual([1, 2]);
  expect(batches.at(-1)).toMatchObject({ bye: true, published: 2 });
}, 60_000);

test.each([
  ['a topic that there is not', () => kafka({ brokers: cluster.brokers, topic: 'nowhere' }), /start Plummet, which makes topic nowhere/],
  [
    'a wrong password',
    () => kafka({ brokers: cluster.guarded, sasl: { mechanism: 'plain', username: 'plummet', password: 'not-this' } }),
    /give kafka\(\{ sasl \}\) a right user and password/,
  ],
])('%s is warned of with what to do, and the events wait', async (_, transport, says) => {
  const heard = hearing();
  closers.push(() => heard[Symbol.dispose]());
  const plummet = connect({ via: transport(), flushAtExit: false });
  closers.push(() => plummet.close({ withinMs: 10 }), Ordered.notifies(plummet));
  new Ordered({ amount: 1 }).publish();
  await expect.poll(() => heard.warnings.join('\n'), { timeout: 30_000 }).toMatch(says);
  expect(heard.warnings.join('\n')).not.toContain('not-this');
  expect(plummet.stats().queued).toBe(1);
});

test('brokers that are no addresses are refused at once', () => {
  for (const brokers of [[], ['kafka'], ['http://kafka:9092'], 'kafka:9092' as unknown as string[]]) {
    expect(() => kafka({ brokers })).toThrow(/it takes some such as \['kafka-1:9092'\]/);
  }
});

test('where nobody is, publish() costs nothing more and close() gives up in time', async () => {
  const plummet = connect({ via: kafka({ brokers: [`127.0.0.1:${await freePort()}`] }), flushAtExit: false });
  closers.push(Ordered.notifies(plummet));
  new Ordered({ amount: 1 }).publish();
  expect(await plummet.close({ withinMs: 500 })).toBe(false);
});
