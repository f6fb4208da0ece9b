/** One of three brokers is killed -9, again and again: with the settings that are shipped, and with Kafka's own. */
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { openKafkaLog } from '../../../../platform/eventlog/kafka/kafka.ts';
import type { Topic } from '../../../../platform/topics/topic.ts';
import { systemClock } from '../../../../platform/units/clock.ts';
import type { Broker } from '../../../support/kafka/broker.ts';
import { type KafkaForTests, startKafka } from '../../../support/kafka/kafka.ts';
import { Load } from './load.ts';
import { kafkaOptions } from './options.ts';

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
  { settings: 'the settings that are shipped', properties: {}, promiseMs: 5_000, kills: isNightly ? 20 : 5 },
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
      for (let kill = 0; kill < kills; kill++) {
        const broker = kafka.processes[kill % kafka.processes.length] as Broker;
        load.takeStillMs();
        await broker.signal('SIGKILL');
        await load.flows();
        stillMs.push(Math.round(load.takeStillMs()));
        expect(stillMs.at(-1)).toBeLessThan(5 * promiseMs);
        await broker.start();
        await load.flows();
      }
      await load.end();
      load.expectAllInOrder();
      const worst = Math.max(...stillMs);
      console.log(`${settings}: reading again after ${stillMs.join(', ')} ms; at worst ${worst}, promised ${promiseMs}`);
    },
    120_000 + kills * 60_000,
  );
});
