import { pbkdf2, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import kafkajs, { type Producer } from 'kafkajs';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { EventLog } from '../../../../platform/eventlog/eventlog.ts';
import { openKafkaLog } from '../../../../platform/eventlog/kafka/kafka.ts';
import type { LogProblem } from '../../../../platform/eventlog/problem.ts';
import type { Topic } from '../../../../platform/topics/topic.ts';
import { systemClock } from '../../../../platform/units/clock.ts';
import { all } from '../../../contracts/eventlog-world.ts';
import { type KafkaForTests, startKafka } from '../../../support/kafka/kafka.ts';
import { kafkaTool } from '../../../support/kafka/tool.ts';
import { kafkaOptions } from './options.ts';

const deriveKey = promisify(pbkdf2);

let kafka: KafkaForTests;
let producer: Producer;

beforeAll(async () => {
  kafka = await startKafka();
  const client = new kafkajs.Kafka({ brokers: [...kafka.brokers], logLevel: kafkajs.logLevel.NOTHING });
  producer = client.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
  await producer.connect();
}, 120_000);

afterAll(async () => {
  await producer.disconnect();
  await kafka.stop();
});

const events: Topic = { name: 'events', partitions: 1, keeps: 3_600_000 };

async function opened(): Promise<{ log: EventLog; name: string; problems: LogProblem[] }> {
  const problems: LogProblem[] = [];
  const options = kafkaOptions(kafka.brokers);
  const onProblem = (problem: LogProblem): void => void problems.push(problem);
  const log = await openKafkaLog({ kafka: options, clock: systemClock, topics: [events], random: Math.random, onProblem });
  onTestFinished(() => log.close());
  return { log, name: `${options.topicPrefix}events`, problems };
}

/** Over several blocks of every codec, with repeats near and far. */
const LINES = Array.from({ length: 3_000 }, (_, i) => `{"n":${i},"text":"${'grün '.repeat(i % 23)}${(i * 2_654_435_761) % 2 ** 32}"}`);

/** As Kafka's own console producer, a Java program, writes it: no key, no headers. */
function written(name: string, codec: string): Promise<string> {
  const to = ['--bootstrap-server', kafka.brokers.join(','), '--topic', name, `--compression-codec=${codec}`];
  return kafkaTool(
    'org.apache.kafka.tools.ConsoleProducer',
    [...to, '--batch-size', '200000', '--timeout', '200'],
    `${LINES.join('\n')}\n`,
  );
}

for (const codec of ['none', 'gzip', 'snappy', 'lz4', 'zstd']) {
  test(`what Kafka's Java client packs with ${codec} is read`, async () => {
    const { log, name, problems } = await opened();
    await written(name, codec);
    const records = await all(log, events);
    expect(records.map(({ value }) => value)).toEqual(LINES);
    expect(records.map(({ key }) => key)).toEqual(LINES.map(() => ''));
    expect(problems).toEqual([]);
  }, 60_000);
}

test('records without key, without value, with odd headers stop nobody', async () => {
  const { log, name } = await opened();
  const odd = { twice: ['first', 'second'], binary: Buffer.from([0xff, 0xfe]), ['__proto__']: 'a name like any other' };
  await producer.send({
    topic: name,
    messages: [
      { key: null, value: null },
      { key: 'k', value: null, headers: {} },
      { key: null, value: 'v', headers: odd },
      { key: Buffer.from([0xc3, 0x28]), value: Buffer.from([0xff]) },
    ],
  });
  await log.append(events, [{ key: 'k', value: 'after' }]);
  const records = await all(log, events);
  expect(records.map(({ key, value }) => [key, value])).toEqual([
    ['', ''],
    ['k', ''],
    ['', 'v'],
    ['\ufffd(', '\ufffd'],
    ['k', 'after'],
  ]);
  expect(Object.entries(records[2]?.headers ?? {}).toSorted()).toEqual([
    ['__proto__', 'a name like any other'],
    ['binary', '\ufffd\ufffd'],
    ['twice', 'second'],
  ]);
});

test('ends of transactions are nobody’s record, and an open one holds up nobody', async () => {
  const { log, name } = await opened();
  const client = new kafkajs.Kafka({ brokers: [...kafka.brokers], logLevel: kafkajs.logLevel.NOTHING });
  const writer = client.producer({
    transactionalId: name,
    maxInFlightRequests: 1,
    idempotent: true,
    createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
  });
  await writer.connect();
  onTestFinished(() => writer.disconnect());
  const closed = await writer.transaction();
  await closed.send({ topic: name, messages: [{ value: 'in a transaction' }] });
  await closed.commit();
  const open = await writer.transaction();
  await open.send({ topic: name, messages: [{ value: 'in an open one' }] });
  await log.append(events, [{ key: 'k', value: 'beside it' }]);
  const records = await all(log, events);
  expect(records.map(({ value }) => value)).toEqual(['in a transaction', 'in an open one', 'beside it']);
  expect(records.map(({ offset }) => offset)).toEqual([0, 2, 3]);
  await open.abort();
  await log.append(events, [{ key: 'k', value: 'after it' }]);
  expect((await all(log, events)).at(-1)).toMatchObject({ value: 'after it' });
}, 60_000);

/** So long the watchdog of a reader has patience, and half as long again. */
const BUSY_MS = 4_500;
const PROBE = 50_000;

test('an answer that is unpacked for long, as on a busy machine, is not taken for a reader that stands still', async () => {
  const { log, problems } = await opened();
  const value = randomBytes(100_000).toString('base64');
  await log.append(events, [{ key: 'k', value }]);
  const busy = whileTheThreadsAreBusy(BUSY_MS);
  await new Promise((resolve) => setTimeout(resolve, 500));
  const records = await all(log, events);
  expect(records.map((record) => record.value === value)).toEqual([true]);
  expect(problems).toEqual([]);
  await busy;
}, 60_000);

/** Nothing else gets one of Node's four threads for about so long. */
async function whileTheThreadsAreBusy(ms: number): Promise<void> {
  const derive = (iterations: number) => deriveKey('password', 'salt', Math.round(iterations), 32, 'sha512');
  const begun = performance.now();
  await derive(PROBE);
  const each = (PROBE * ms) / (performance.now() - begun);
  await Promise.all(Array.from({ length: 4 }, () => derive(each)));
}
