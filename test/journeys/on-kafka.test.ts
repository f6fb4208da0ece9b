import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { MetricNow } from '../../dashboards/live-frames.ts';
import { openKafkaLog } from '../../platform/eventlog/kafka/kafka.ts';
import { decodeCounts } from '../../platform/topics/counts.ts';
import { topics } from '../../platform/topics/topic.ts';
import { systemClock } from '../../platform/units/clock.ts';
import { merged, START_SECOND } from '../detectors/counting/records.ts';
import { kafkaOptions } from '../platform/eventlog/kafka/options.ts';
import { Books, recordsOf } from '../support/books.ts';
import { type KafkaForTests, startKafka } from '../support/kafka/kafka.ts';
import { teach } from '../support/learned.ts';
import { Mailbox } from '../support/mailbox.ts';
import { prng } from '../support/prng.ts';
import { eventually, PlummetProcess, temporaryFolder } from '../support/process.ts';
import { type Published, RawProducer } from '../support/raw-producer.ts';

/** Five times the mean of 5.5 s. */
const PAGED_WITHIN_MS = 27_500;
const JUDGED_WITHIN_MS = 30_000;
const QUIET_MS = 6_000;
const SHOP = { 'order.placed': 60, 'search.run': 400 };
const PARTITIONS = { events: 6, counts: 1 };

const random = prng(5);
const folder = temporaryFolder();
const rates: Record<string, number> = { ...SHOP };
const sent = new Books();
const acknowledged = new Books();
const running = new Map<'a' | 'b', { process: PlummetProcess; url: string }>();
let kafka: KafkaForTests;
let mailbox: Mailbox;
let producers: RawProducer[] = [];
let topicPrefix = '';

async function start(replica: 'a' | 'b'): Promise<void> {
  const data = join(folder.path, replica);
  const args = ['start', '--config', join(folder.path, 'plummet.yaml'), '--data', data, '--port', '0', '--replica', replica, '--json'];
  const process = new PlummetProcess(args);
  running.set(replica, { process, url: await process.ready() });
}

function tell(what: 'sent' | 'acknowledged', events: readonly Published[]): void {
  const books = what === 'sent' ? sent : acknowledged;
  for (const { type, at } of events) books.enter(type, Math.floor(at / 1000), { n: 1, sum: 0 });
}

beforeAll(async () => {
  mailbox = await Mailbox.open();
  kafka = await startKafka();
  topicPrefix = kafkaOptions(kafka.brokers).topicPrefix;
  const yaml = `
metrics:
  orders: { event: order.placed, kind: write, critical: true }
  searches: { event: search.run, kind: read }
people: { ana: { email: ana@shop.example } }
mail: { smtp: "${mailbox.url}", from: plummet@shop.example }
eventlog:
  kafka: { brokers: ["${kafka.brokers.join(',')}"], topic_prefix: "${topicPrefix}", partitions: { events: ${PARTITIONS.events} } }
store: none
`;
  writeFileSync(join(folder.path, 'plummet.yaml'), yaml);
  mkdirSync(join(folder.path, 'a'));
  await teach({ data: join(folder.path, 'a'), yaml, rates: { orders: 180, searches: 1200 }, random });
  await Promise.all([start('a'), start('b')]);
  // One hot metric over all partitions, counted by both replicas at once.
  producers = ['a', 'b', 'a'].map((replica, i) => {
    return new RawProducer({ url: running.get(replica as 'a' | 'b')!.url, name: `shop-${i}`, random, rates, tell });
  });
}, 180_000);

afterAll(async () => {
  await Promise.all(producers.map((producer) => producer.kill()));
  await Promise.all([...running.values()].map(({ process }) => process.kill('SIGKILL')));
  await kafka.stop();
  await mailbox.close();
  folder.remove();
});

function state(replica: 'a' | 'b', metric: string, wanted: string): Promise<boolean> {
  return eventually(`${metric} ${wanted} at ${replica}`, JUDGED_WITHIN_MS, async () => {
    const answer = await fetch(`${running.get(replica)!.url}/api/metrics`);
    return ((await answer.json()) as MetricNow[]).some((one) => one.name === metric && one.state === wanted);
  });
}

test('the shop breaks: both replicas see it, and the page comes once', async () => {
  await Promise.all((['a', 'b'] as const).map((replica) => state(replica, 'orders', 'normal')));
  await pause(QUIET_MS);
  expect(mailbox.caught).toEqual([]);
  rates['order.placed'] = 0;
  const page = await mailbox.expects(({ to }) => to === 'ana@shop.example', PAGED_WITHIN_MS);
  expect(page.mail.subject).toMatch(/^\[Sev-1\] orders fell/i);
  await Promise.all((['a', 'b'] as const).map((replica) => state(replica, 'orders', 'dropped')));
  await pause(QUIET_MS);
  expect(mailbox.caught).toHaveLength(1);
}, 120_000);

test('every second is counted exactly, by two count processes over six partitions', async () => {
  await Promise.all(producers.map((producer) => producer.close()));
  await pause(QUIET_MS);
  for (const { process } of running.values()) expect(await process.kill('SIGTERM')).toMatchObject({ code: 0 });
  const all = topics(PARTITIONS);
  const options = kafkaOptions(kafka.brokers, { topicPrefix, partitions: PARTITIONS });
  const log = await openKafkaLog({ kafka: options, clock: systemClock, topics: Object.values(all), random: Math.random });
  const counted = merged((await recordsOf(log, all.counts)).map(decodeCounts));
  await log.close();
  for (const [metric, type] of [
    ['orders', 'order.placed'],
    ['searches', 'search.run'],
  ] as const) {
    for (const second of sent.seconds()) {
      const n = counted[`${metric} ${second - START_SECOND}`]?.n ?? 0;
      expect(n).toBeGreaterThanOrEqual(acknowledged.of(type, second).n);
      expect(n).toBeLessThanOrEqual(sent.of(type, second).n);
    }
  }
  expect(acknowledged.events).toBe(sent.events);
}, 60_000);
