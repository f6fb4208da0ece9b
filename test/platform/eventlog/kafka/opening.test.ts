import kafkajs, { type Admin, type ITopicConfig } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { EventLog } from '../../../../platform/eventlog/eventlog.ts';
import { openKafkaLog } from '../../../../platform/eventlog/kafka/kafka.ts';
import type { KafkaOptions } from '../../../../platform/eventlog/kafka/options.ts';
import type { LogProblem } from '../../../../platform/eventlog/problem.ts';
import { type Topic, topics } from '../../../../platform/topics/topic.ts';
import { systemClock } from '../../../../platform/units/clock.ts';
import { all } from '../../../contracts/eventlog-world.ts';
import { type KafkaForTests, startKafka } from '../../../support/kafka/kafka.ts';
import { freePort } from '../../../support/ports.ts';
import { kafkaOptions } from './options.ts';

const events: Topic = { name: 'events', partitions: 3, keeps: 3_600_000 };
const state: Topic = { name: 'state', partitions: 1, keeps: 'compacted' };
const journal: Topic = { name: 'incidents', partitions: 1, keeps: 'forever' };

let kafka: KafkaForTests;
let admin: Admin;

beforeAll(async () => {
  kafka = await startKafka({ own: true, tls: true });
  admin = new kafkajs.Kafka({ brokers: [...kafka.brokers], logLevel: kafkajs.logLevel.NOTHING }).admin();
  await admin.connect();
}, 120_000);

afterAll(async () => {
  await admin.disconnect();
  await kafka.stop();
});

async function opened(options: KafkaOptions, wanted: readonly Topic[], problems: LogProblem[] = []): Promise<EventLog> {
  const onProblem = (problem: LogProblem): void => void problems.push(problem);
  const log = await openKafkaLog({ kafka: options, clock: systemClock, topics: wanted, random: Math.random, onProblem, openMsMax: 2_000 });
  onTestFinished(() => log.close());
  return log;
}

async function settingsOf(name: string): Promise<Record<string, string>> {
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name }],
  });
  return Object.fromEntries(resources[0]!.configEntries.map(({ configName, configValue }) => [configName, configValue]));
}

describe('topics', () => {
  test('that are missing are made as each is wanted', async () => {
    const options = kafkaOptions(kafka.brokers);
    const wanted = topics({ events: 12 });
    await opened(options, Object.values(wanted));
    const metadata = await admin.fetchTopicMetadata({ topics: Object.values(wanted).map(({ name }) => options.topicPrefix + name) });
    const partitions = Object.fromEntries(
      metadata.topics.map(({ name, partitions: list }) => [name.slice(options.topicPrefix.length), list.length]),
    );
    expect(partitions).toEqual({ events: 12, counts: 1, checkpoints: 1, state: 1, config: 1, signals: 1, incidents: 1, 'dead-letters': 1 });
    const day = String(24 * 3_600_000);
    const stamped = { 'message.timestamp.type': 'LogAppendTime' };
    const prefixed = (name: string) => settingsOf(options.topicPrefix + name);
    expect(await prefixed('events')).toMatchObject({ ...stamped, 'cleanup.policy': 'delete', 'retention.ms': day });
    expect(await prefixed('incidents')).toMatchObject({ ...stamped, 'cleanup.policy': 'delete', 'retention.ms': '-1' });
    expect(await prefixed('state')).toMatchObject({ ...stamped, 'cleanup.policy': 'compact' });
  });

  const wrong: { name: string; topic: Topic; made: Omit<ITopicConfig, 'topic'>; says: RegExp }[] = [
    {
      name: "stamped by the writers' clocks",
      topic: events,
      made: { numPartitions: 3, configEntries: [{ name: 'message.timestamp.type', value: 'CreateTime' }] },
      says: /events stamps records with CreateTime.*Mend it with: kafka-configs\.sh .*message\.timestamp\.type=LogAppendTime/,
    },
    {
      name: 'compacted where every record counts',
      topic: events,
      made: { numPartitions: 3, configEntries: [{ name: 'cleanup.policy', value: 'compact' }] },
      says: /events is compacted \(compact\).*Mend it with: .*cleanup\.policy=delete/,
    },
    {
      name: 'of another number of partitions',
      topic: events,
      made: { numPartitions: 5 },
      says: /events has 5 partitions, but 3 are set\. Write `eventlog: { kafka: { partitions: { events: 5 } } }`/,
    },
    {
      name: 'of many partitions where one order is needed',
      topic: journal,
      made: { numPartitions: 2 },
      says: /incidents has 2 partitions, but 1 are set: Plummet needs one order/,
    },
    {
      name: 'that forgets the journal',
      topic: journal,
      made: { numPartitions: 1, configEntries: [{ name: 'retention.ms', value: '7200000' }] },
      says: /incidents forgets after 2 h.*Mend it with: .*retention\.ms=-1/,
    },
    {
      name: 'that deletes by age what is kept by key',
      topic: state,
      made: { numPartitions: 1, configEntries: [{ name: 'cleanup.policy', value: 'delete' }] },
      says: /state deletes by age \(delete\).*Mend it with: .*cleanup\.policy=compact/,
    },
  ];
  for (const { name, topic, made, says } of wrong) {
    test(`${name} are refused with what to do`, async () => {
      const options = kafkaOptions(kafka.brokers);
      await admin.createTopics({ waitForLeaders: false, topics: [{ ...made, topic: options.topicPrefix + topic.name }] });
      await expect(opened(options, [topic])).rejects.toMatchObject({ code: 'topic', message: expect.stringMatching(says) });
    });
  }

  test('that work, but worse than they could, are told and used', async () => {
    const options = kafkaOptions(kafka.brokers);
    const configEntries = [
      { name: 'message.timestamp.type', value: 'LogAppendTime' },
      { name: 'retention.ms', value: '600000' },
      { name: 'max.message.bytes', value: '1000000' },
    ];
    await admin.createTopics({
      waitForLeaders: false,
      topics: [{ topic: `${options.topicPrefix}events`, numPartitions: 3, configEntries }],
    });
    const problems: LogProblem[] = [];
    const log = await opened(options, [events], problems);
    const told = problems.map(({ message }) => message).join('\n');
    expect(told).toMatch(/events keeps 0\.2 h, less than the 1 h/);
    expect(told).toMatch(/events takes records up to 1000000 bytes/);
    const large = { key: 'k', value: Array.from({ length: 1_500_000 }, () => String.fromCharCode(33 + Math.random() * 90)).join('') };
    await expect(log.append(events, [large])).rejects.toMatchObject({
      code: 'too-large',
      message: expect.stringMatching(/max\.message\.bytes/),
    });
    await log.append(events, [{ key: 'k', value: 'fine' }]);
    expect(await all(log, events)).toHaveLength(1);
  });
});

describe('brokers', () => {
  const sasl = { mechanism: 'plain', username: 'plummet', password: 'right' } as const;

  test('that ask for a password get it', async () => {
    const log = await opened(kafkaOptions(kafka.guarded, { sasl }), [events]);
    await log.append(events, [{ key: 'k', value: 'v' }]);
    expect(await all(log, events)).toHaveLength(1);
  });

  test('that refuse the password are named at once, the password never', async () => {
    const refused = opened(kafkaOptions(kafka.guarded, { sasl: { ...sasl, password: 'wrong-one' } }), [events]);
    const error = await refused.catch((caught: unknown) => caught as Error & { code: string });
    expect(error).toMatchObject({
      code: 'refused',
      message: expect.stringMatching(/refuse the user or its password.*Correct `eventlog\.kafka\.sasl`/),
    });
    expect((error as Error).message).not.toContain('wrong-one');
  });

  test('that know another mechanism say so', async () => {
    const refused = opened(kafkaOptions(kafka.guarded, { sasl: { ...sasl, mechanism: 'scram-sha-256' } }), [events]);
    await expect(refused).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringMatching(/do not ask for passwords in that way.*sasl\.mechanism/),
    });
  });

  test('that are asked without a password close, and what that may mean is said', async () => {
    const refused = opened(kafkaOptions(kafka.guarded), [events]);
    await expect(refused).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringMatching(/does that port ask for TLS or a password/),
    });
  });

  test('are spoken to over TLS', async () => {
    const log = await opened(kafkaOptions(kafka.encrypted, { tls: { ca: kafka.certificate } }), [events]);
    await log.append(events, [{ key: 'k', value: 'v' }]);
    expect(await all(log, events)).toHaveLength(1);
  });

  test('whose certificate nobody signed that is trusted are refused', async () => {
    const refused = opened(kafkaOptions(kafka.encrypted, { tls: true }), [events]);
    await expect(refused).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringMatching(/not trusted.*eventlog\.kafka\.tls\.ca/),
    });
  });

  test('that do not speak TLS on that port say so', async () => {
    const refused = opened(kafkaOptions(kafka.brokers, { tls: true }), [events]);
    await expect(refused).rejects.toMatchObject({
      message: expect.stringMatching(/does not seem to speak TLS.*leave `eventlog\.kafka\.tls` out/),
    });
  });

  test('that are not there are waited for, then named', async () => {
    const nobody = `127.0.0.1:${await freePort()}`;
    const refused = opened(kafkaOptions([nobody]), [events]);
    await expect(refused).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringMatching(new RegExp(`${nobody}.*Nothing listens at that address.*eventlog\\.kafka\\.brokers`)),
    });
  });

  test('of which one is gone are reached by the others', async () => {
    const log = await opened(kafkaOptions([`127.0.0.1:${await freePort()}`, ...kafka.brokers]), [events]).catch(
      (error: unknown) => error as Error,
    );
    expect(log).toMatchObject({ message: expect.stringMatching(/should have 2 copies, but 1 broker is up.*replicas: 1/) });
    const same = kafkaOptions([`127.0.0.1:${await freePort()}`, ...kafka.brokers], { replicas: 1 });
    expect(await (await opened(same, [events])).check()).toEqual({ ok: true, reason: '' });
  });
});
