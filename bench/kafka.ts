/** Events that one core counts out of a real Kafka, against a kafkajs consumer that only unpacks, and against Kafka's own tools. */
import { randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import { setTimeout as pause } from 'node:timers/promises';
import kafkajs from 'kafkajs';
import type { CountedMetric } from '../detectors/counting/metric.ts';
import { PartitionFold } from '../detectors/counting/partition.ts';
import type { EventLog, LogRecord } from '../platform/eventlog/eventlog.ts';
import { openKafkaLog } from '../platform/eventlog/kafka/kafka.ts';
import { topics } from '../platform/topics/topic.ts';
import { systemClock } from '../platform/units/clock.ts';
import { type KafkaForTests, startKafka } from '../test/support/kafka/kafka.ts';
import { batchRecords, EVENTS_PER_BATCH, FILTERED, WHOLE } from './batches.ts';
import { consumerPerf } from './peers/consumer-perf.ts';
import { streamsCount } from './peers/streams.ts';
import type { BenchRow } from './row.ts';

const require = createRequire(import.meta.url);

const PARTITIONS = 3;
const BATCHES = 6_000;
/** Of one JSON event each, for Kafka Streams. */
const SINGLES = 200_000;
const APPEND_RECORDS = 200;
const FLUSH_RECORDS = 100;
const TRIES_MAX = 20;
const GIVE_UP_MS = 120_000;

const { events } = topics({ events: PARTITIONS });

export async function kafkaBench(): Promise<BenchRow[]> {
  const kafka = await startKafka({ own: true });
  try {
    return await measured(kafka);
  } finally {
    await kafka.stop();
  }
}

async function measured(kafka: KafkaForTests): Promise<BenchRow[]> {
  const options = { brokers: kafka.brokers, topicPrefix: '', partitions: { events: PARTITIONS, counts: 1 } };
  const singles = { ...events, name: 'singles' };
  const log = await openKafkaLog({ kafka: options, clock: systemClock, topics: [events, singles], random: Math.random });
  await appendAll(log, events, batchRecords(BATCHES, PARTITIONS));
  const bare = await bareConsumer(kafka.brokers, BATCHES);
  const whole = await counted(log, WHOLE);
  const filtered = await counted(log, FILTERED);
  const tool = await consumerPerf(kafka.brokers, events.name, BATCHES);
  const onBatches = await streamsCount(kafka.brokers, events.name, BATCHES * EVENTS_PER_BATCH);
  await appendAll(log, singles, singleRecords());
  const onSingles = await streamsCount(kafka.brokers, singles.name, SINGLES);
  await log.close();
  const row = (name: string, value: number, against: string, peer: number, floor: number | string): BenchRow => {
    return {
      name: `Kafka, gzip, ${EVENTS_PER_BATCH} events a batch: ${name}`,
      value,
      unit: 'events a CPU-second',
      against,
      ratio: value / peer,
      floor,
    };
  };
  return [
    row('counted whole types, by the tally', whole, 'a bare kafkajs eachBatch', bare, '2,000,000 and 0.75 x'),
    row('counted with filters and sums', filtered, 'a bare kafkajs eachBatch', bare, '900,000 and 0.35 x'),
    row('counted whole types, by the tally', whole, 'Kafka Streams counting the same tallies', onBatches, 'told, no floor'),
    row('counted whole types, by the tally', whole, 'Kafka Streams counting one JSON event a record', onSingles, 'told, no floor'),
    {
      name: "Kafka's own consumer-perf, which looks at no record",
      value: tool * EVENTS_PER_BATCH,
      unit: 'events a second',
      against: 'counted by the tally, a CPU-second',
      ratio: (tool * EVENTS_PER_BATCH) / whole,
      floor: 'the limit',
    },
  ];
}

async function appendAll(log: EventLog, topic: typeof events, records: Iterable<LogRecord>): Promise<void> {
  let slice: LogRecord[] = [];
  for (const record of records) {
    slice.push(record);
    if (slice.length < APPEND_RECORDS) continue;
    await appended(log, topic, slice);
    slice = [];
  }
  if (slice.length > 0) await appended(log, topic, slice);
}

/** On a busy machine the broker may take longer than an append waits. */
async function appended(log: EventLog, topic: typeof events, records: readonly LogRecord[]): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await log.append(topic, records);
      return;
    } catch (error) {
      if (tries === TRIES_MAX) throw error;
    }
  }
}

function* singleRecords(): Iterable<LogRecord> {
  const time = Date.now();
  for (let i = 0; i < SINGLES; i++) {
    const type = i % 5 === 0 ? 'user.registered' : 'order.placed';
    const value = JSON.stringify({
      type,
      time: time + Math.floor(i / 100),
      source: 'shop',
      id: String(i),
      data: { amount: (i * 37) % 500 },
    });
    yield { partition: i % PARTITIONS, key: String(i), value, headers: {} };
  }
}

/** Everything from the log's beginning through the folds, published as often as a counter would. */
async function counted(log: EventLog, metrics: readonly CountedMetric[]): Promise<number> {
  const folds = Array.from({ length: PARTITIONS }, (_, partition) => new PartitionFold(partition, metrics, 0));
  let records = 0;
  const before = process.cpuUsage();
  const reader = log.read(events, new Map(folds.map(({ partition }) => [partition, 0])), (slice) => {
    for (const record of slice) {
      const fold = folds[record.partition] as PartitionFold;
      fold.take(record);
      if (++records % FLUSH_RECORDS === 0) for (const { rows } of fold.takeCounts()) JSON.stringify(rows);
    }
  });
  await reader.caughtUp();
  const { user, system } = process.cpuUsage(before);
  await reader.stop();
  if (records < BATCHES) throw new Error(`the bench read ${records} of ${BATCHES} records`);
  return (BATCHES * EVENTS_PER_BATCH) / ((user + system) / 1e6);
}

/** Unpacks, by kafkajs's own gzip, and adds up lengths: what kafkajs itself costs from joining the group to the last record. */
async function bareConsumer(brokers: readonly string[], expected: number): Promise<number> {
  const ours = kafkajs.CompressionCodecs[kafkajs.CompressionTypes.GZIP];
  kafkajs.CompressionCodecs[kafkajs.CompressionTypes.GZIP] = () => require('kafkajs/src/protocol/message/compression/gzip') as object;
  const client = new kafkajs.Kafka({ brokers: [...brokers], logLevel: kafkajs.logLevel.NOTHING });
  const consumer = client.consumer({ groupId: `bench-${randomBytes(4).toString('hex')}`, maxWaitTimeInMs: 500 });
  await consumer.connect();
  await consumer.subscribe({ topic: events.name, fromBeginning: true });
  let records = 0;
  let characters = 0;
  let before: NodeJS.CpuUsage | undefined;
  let spent: NodeJS.CpuUsage | undefined;
  consumer.on(consumer.events.GROUP_JOIN, () => {
    before ??= process.cpuUsage();
  });
  await consumer.run({
    autoCommit: false,
    eachBatchAutoResolve: true,
    eachBatch: async ({ batch }) => {
      for (const { value } of batch.messages) {
        records++;
        characters += value?.length ?? 0;
      }
      if (records >= expected) spent ??= process.cpuUsage(before);
    },
  });
  const deadline = performance.now() + GIVE_UP_MS;
  while (spent === undefined && performance.now() < deadline) await pause(20);
  await consumer.disconnect();
  kafkajs.CompressionCodecs[kafkajs.CompressionTypes.GZIP] = ours;
  if (spent === undefined || characters === 0) throw new Error(`the bare consumer read ${records} of ${expected} records`);
  return (expected * EVENTS_PER_BATCH) / ((spent.user + spent.system) / 1e6);
}
