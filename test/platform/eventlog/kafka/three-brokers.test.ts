import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { openKafkaLog } from '../../../../platform/eventlog/kafka/kafka.ts';
import type { Topic } from '../../../../platform/topics/topic.ts';
import { systemClock } from '../../../../platform/units/clock.ts';
import type { Broker } from '../../../support/kafka/broker.ts';
import { type KafkaForTests, startKafka } from '../../../support/kafka/kafka.ts';
import { Load } from './load.ts';
import { kafkaOptions } from './options.ts';

const topic: Topic = { name: 'events', partitions: 6, keeps: 3_600_000 };
/** The promise, with the broker settings that are shipped; a test waits five times as long. */
const READING_AGAIN_MS = 5_000;
const KILLS = process.env.PLUMMET_NIGHTLY ? 20 : 2;

let kafka: KafkaForTests;

beforeAll(async () => {
  kafka = await startKafka({ brokers: 3, own: true });
}, 180_000);

afterAll(() => kafka.stop());

test(
  'one of three brokers is killed, again and again: nothing acknowledged is lost, order is kept, and reading goes on',
  async () => {
    const options = kafkaOptions(kafka.brokers);
    const log = await openKafkaLog({ kafka: options, clock: systemClock, topics: [topic], random: Math.random });
    onTestFinished(() => log.close());
    const load = new Load(log, topic);
    await load.flows();
    for (let kill = 0; kill < KILLS; kill++) {
      const broker = kafka.processes[kill % kafka.processes.length] as Broker;
      load.takeStillMs();
      await broker.signal('SIGKILL');
      await load.flows();
      expect(load.takeStillMs()).toBeLessThan(5 * READING_AGAIN_MS);
      await broker.start();
      await load.flows();
    }
    await load.end();
    load.expectAllInOrder();
  },
  120_000 + KILLS * 60_000,
);
