import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { openKafkaLog } from '../../../../platform/eventlog/kafka/kafka.ts';
import type { LogProblem } from '../../../../platform/eventlog/problem.ts';
import type { Topic } from '../../../../platform/topics/topic.ts';
import { systemClock } from '../../../../platform/units/clock.ts';
import type { Broker } from '../../../support/kafka/broker.ts';
import { type KafkaForTests, startKafka } from '../../../support/kafka/kafka.ts';
import { eventually } from '../../../support/process.ts';
import { Load } from './load.ts';
import { kafkaOptions } from './options.ts';

const topic: Topic = { name: 'events', partitions: 3, keeps: 3_600_000 };

let kafka: KafkaForTests;

beforeAll(async () => {
  kafka = await startKafka({ own: true });
}, 120_000);

afterAll(() => kafka.stop());

async function open() {
  const problems: LogProblem[] = [];
  const onProblem = (problem: LogProblem): void => void problems.push(problem);
  const log = await openKafkaLog({
    kafka: kafkaOptions(kafka.brokers),
    clock: systemClock,
    topics: [topic],
    random: Math.random,
    onProblem,
  });
  onTestFinished(() => log.close());
  return { log, problems, load: new Load(log, topic), broker: kafka.processes[0] as Broker };
}

test('the only broker is killed and comes back: nothing acknowledged is lost, order is kept, and it is said', async () => {
  const { log, problems, load, broker } = await open();
  await load.flows();
  await broker.signal('SIGKILL');
  const health = await eventually('a check that fails', 15_000, async () => {
    const found = await log.check();
    return found.ok ? null : found;
  });
  expect(health.reason).toMatch(/Nothing listens at that address .*Start the broker/);
  await eventually('a refused append', 30_000, async () => load.refused > 0);
  await broker.start();
  await load.flows();
  expect(await log.check()).toEqual({ ok: true, reason: '' });
  await load.end();
  load.expectAllInOrder();
  expect(problems.map(({ kind }) => kind)).toContain('unreachable');
  expect(problems.filter(({ kind }) => kind === 'recovered').map(({ message }) => message)).toEqual(
    expect.arrayContaining([expect.stringMatching(/cannot be read: over after/), expect.stringMatching(/Appends wait: over after/)]),
  );
}, 120_000);

test('the only broker stands still for seconds and goes on: what was tried again stands there once', async () => {
  const { log, load, broker } = await open();
  await load.flows();
  await broker.signal('SIGSTOP');
  const health = await eventually('a check that fails', 15_000, async () => {
    const found = await log.check();
    return found.ok ? null : found;
  });
  expect(health.reason).toMatch(/not answered/);
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  await broker.signal('SIGCONT');
  await load.flows();
  await load.end();
  load.expectAllInOrder();
  // Whoever was refused appends anew; what was tried again inside of an append stands there once.
  expect(load.repeats()).toBeLessThanOrEqual(load.refused);
}, 120_000);
