import { afterAll, beforeAll, describe } from 'vitest';
import { openKafkaLog } from '../../../../platform/eventlog/kafka/kafka.ts';
import { systemClock } from '../../../../platform/units/clock.ts';
import { eventLogContract } from '../../../contracts/eventlog.ts';
import { realWorld } from '../../../contracts/eventlog-world.ts';
import { type KafkaForTests, startKafka } from '../../../support/kafka/kafka.ts';
import { kafkaOptions } from './options.ts';

describe.each([
  ['Kafka 4', {}],
  // The last of its line, which many still run.
  ['Kafka 3', { version: '3.9.1', own: true }],
])('%s', (name, wish) => {
  let kafka: KafkaForTests;

  beforeAll(async () => {
    kafka = await startKafka(wish);
  }, 300_000);

  afterAll(() => kafka.stop());

  eventLogContract(name, async (topics) => {
    const options = kafkaOptions(kafka.brokers);
    return realWorld(() => openKafkaLog({ kafka: options, clock: systemClock, topics, random: Math.random }));
  });
});
