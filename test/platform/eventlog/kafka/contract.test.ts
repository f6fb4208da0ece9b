import { afterAll, beforeAll } from 'vitest';
import { openKafkaLog } from '../../../../platform/eventlog/kafka/kafka.ts';
import { systemClock } from '../../../../platform/units/clock.ts';
import { eventLogContract } from '../../../contracts/eventlog.ts';
import { type KafkaForTests, startKafka } from '../../../support/kafka/kafka.ts';
import { kafkaOptions } from './options.ts';

let kafka: KafkaForTests;

beforeAll(async () => {
  kafka = await startKafka();
}, 120_000);

afterAll(() => kafka.stop());

eventLogContract('Kafka', async (topics) => {
  const options = kafkaOptions(kafka.brokers);
  const open = () => openKafkaLog({ kafka: options, clock: systemClock, topics, random: Math.random });
  let log = await open();
  return {
    log,
    async reopen() {
      await log.close();
      log = await open();
      return log;
    },
    pass: (durationMs) => new Promise((resolve) => setTimeout(resolve, durationMs)),
    end: () => log.close(),
  };
});
