/** One of three brokers is killed -9, again and again: with the settings that are shipped, and with Kafka's own. */
import kafkajs from 'kafkajs';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { openKafkaLog } from '../../../../platform/eventlog/kafka/kafka.ts';
import type { Topic } from '../../../../platform/topics/topic.ts';
import { systemClock } from '../../../../platform/units/clock.ts';
import type { Broker } from '../../../support/kafka/broker.ts';
import { type KafkaForTests, startKafka } from '../../../support/kafka/kafka.ts';
import { eventually } from '../../../support/process.ts';
import { Load } from './load.ts';
import { kafkaOptions } from './options.ts';

const AGREED_MS_MAX = 60_000;
const topic: Topic = { name: 'events', partitions: 6, keeps: 3_600_000 };
const isNightly = process.env.PLUMMET_NIGHTLY !== undefined;
const KAFKAS_OWN = {
  'broker.session.timeout.ms': 9000,
  'broker.heartbeat.interval.ms': 2000,
  'controller.quorum.fetch.timeout.ms': 2000,
  'controller.quorum.election.timeout.ms': 1000,
  'group.initial.rebalance.delay.ms': 3000,
};

/** Within `promiseMs` all partitions are read again; a test waits five times as long. */
describe.each([
  { settings: 'the settings that are shipped', properties: {}, promiseMs: 5_000, kills: isNightly ? 20 : 3 },
  { settings: "Kafka's own settings", properties: KAFKAS_OWN, promiseMs: 12_000, kills: isNightly ? 5 : 1 },
])('with $settings', ({ settings, properties, promiseMs, kills }) => {
  let kafka: KafkaForTests;

  beforeAll(async () => {
    kafka = await startKafka({ brokers: 3, own: true, properties });
  }, 180_000);

  afterAll(() => kafka?.stop());

  test(
    `one of three brokers is killed, ${kills} times: nothing acknowledged is lost, order is kept, and reading goes on`,
    async () => {
      const options = kafkaOptions(kafka.brokers);
      const log = await openKafkaLog({ kafka: options, clock: systemClock, topics: [topic], random: Math.random });
      onTestFinished(() => log.close());
      const load = new Load(log, topic);
      await load.flows();
      const stillMs: number[] = [];
      const withoutMs: number[] = [];
      for (let kill = 0; kill < kills; kill++) {
        const broker = kafka.processes[kill % kafka.processes.length] as Broker;
        const others = kafka.brokers.filter((_, i) => kafka.processes[i] !== broker);
        load.takeStillMs();
        await broker.signal('SIGKILL');
        const without = goneOn(others, `${options.topicPrefix}${topic.name}`, broker.id);
        await load.flows();
        withoutMs.push(Math.round(await without));
        stillMs.push(Math.round(load.takeStillMs()));
        expect(stillMs.at(-1)).toBeLessThan(5 * promiseMs);
        await broker.start();
        await load.flows();
      }
      await load.end();
      load.expectAllInOrder();
      const worst = Math.max(...stillMs);
      console.log(`${settings}: reading again after ${stillMs.join(', ')} ms; at worst ${worst}, promised ${promiseMs}`);
      console.log(`the other brokers themselves went on without the dead one after ${withoutMs.join(', ')} ms`);
    },
    120_000 + kills * 60_000,
  );
});

/** When no partition is led by the dead broker, or waits for its copy, as the others tell any client; ms since the call. */
async function goneOn(brokers: readonly string[], topicName: string, dead: number): Promise<number> {
  const before = performance.now();
  const admin = new kafkajs.Kafka({ brokers: [...brokers], logLevel: kafkajs.logLevel.NOTHING, retry: { retries: 0 } }).admin();
  try {
    await eventually('what the others agree on', AGREED_MS_MAX, async () => {
      await admin.connect();
      const { topics } = await admin.fetchTopicMetadata({ topics: [topicName] });
      const partitions = topics[0]?.partitions ?? [];
      return (
        partitions.length === topic.partitions && partitions.every(({ leader, isr }) => leader >= 0 && ![leader, ...isr].includes(dead))
      );
    });
    return performance.now() - before;
  } finally {
    await admin.disconnect();
  }
}
