import { afterEach, expect, test } from 'vitest';
import { type CountOptions, type Step, startCount } from '../../detectors/count.ts';
import type { CountedMetric } from '../../detectors/counting/metric.ts';
import { startTicks } from '../../detectors/tick.ts';
import { type Fields, type Telemetry, telemetryTo } from '../../platform/telemetry/catalogue.ts';
import { type CountsRecord, decodeCounts } from '../../platform/topics/counts.ts';
import { decodeDeadLetter } from '../../platform/topics/dead-letters.ts';
import { batchRecord, foreignRecord } from '../../platform/topics/events.ts';
import { type Topics, topics } from '../../platform/topics/topic.ts';
import { ManualClock } from '../support/clock.ts';
import { type MemoryLog, memoryLog } from '../support/memory-log.ts';
import { batchText, merged, type Said, START } from './counting/records.ts';

const METRICS: CountedMetric[] = [
  { name: 'orders', event: 'order.placed' },
  { name: 'revenue', event: 'order.placed', value: 'amount' },
];

/** One event log, its clock, and count processes that come and go. */
class World {
  readonly clock = new ManualClock();
  readonly topics: Topics;
  readonly log: MemoryLog;
  readonly told: { name: string; fields: Fields }[] = [];
  readonly telemetry: Telemetry = telemetryTo((name, _, fields) => this.told.push({ name, fields }));
  readonly #steps: Step[] = [];

  constructor({ events = 1, counts = 1, latencyMs = 0 } = {}) {
    this.topics = topics({ events, counts });
    this.log = memoryLog({ clock: this.clock, latencyMs });
  }

  count(more: Partial<CountOptions> = {}): Step {
    const step = startCount({ ...this.options, metrics: METRICS, ...more });
    this.#steps.push(step);
    return step;
  }

  ticks(more: Partial<CountOptions> = {}): void {
    this.#steps.push(startTicks({ ...this.options, ...more }));
  }

  get options(): Omit<CountOptions, 'metrics'> {
    const { log, topics, clock, telemetry } = this;
    return { log, topics, clock, telemetry, writer: 'a' };
  }

  /** One event a batch, sent now. */
  async say(said: Said): Promise<void> {
    const now = this.clock.wall();
    const text = batchText({ t0: now, sent: now, until: now, ...said });
    await this.log.append(this.topics.events, [batchRecord(said.producer ?? 'shop#1', text, now)]);
  }

  async poison(): Promise<void> {
    await this.log.append(this.topics.events, [{ key: 'shop#1', value: '{' }]);
  }

  /** Blocks of 1,000 pass. */
  async fill(records: number): Promise<void> {
    const record = foreignRecord([], 0, this.clock.wall());
    for (let left = records; left > 0; left -= 500) {
      await this.log.append(this.topics.events, Array(Math.min(left, 500)).fill(record));
    }
  }

  get counts(): CountsRecord[] {
    const { partitions } = this.topics.counts;
    return Array.from({ length: partitions }, (_, partition) => this.log.records(this.topics.counts, partition).map(decodeCounts)).flat();
  }

  get checkpoints(): string[] {
    return this.log.records(this.topics.checkpoints, 0).map(({ key }) => key);
  }

  get orders(): number {
    return Object.entries(merged(this.counts)).reduce((sum, [key, { n }]) => (key.startsWith('orders') ? sum + n : sum), 0);
  }

  tellings(name: string): Fields[] {
    return this.told.filter((telling) => telling.name === name).map(({ fields }) => fields);
  }

  async end(): Promise<void> {
    const ended = Promise.all(this.#steps.map((step) => step.stop()));
    await this.clock.advance(10_000);
    await ended;
  }
}

let world: World;
afterEach(() => world.end());

test('what is in the log and what comes is counted, published four times a second with progress and who is waited for', async () => {
  world = new World({ events: 3 });
  await world.say({ seq: 0 });
  world.ticks();
  world.count();
  await world.clock.advance(1000);
  await world.say({ seq: 1, until: START + 999 });
  await world.clock.advance(500);
  expect(merged(world.counts)).toEqual({
    'orders 0': { n: 1, sum: 0, lost: 0 },
    'orders 1': { n: 1, sum: 0, lost: 0 },
    'revenue 0': { n: 1, sum: 0, lost: 0 },
    'revenue 1': { n: 1, sum: 0, lost: 0 },
  });
  for (const partition of [0, 1, 2]) {
    const own = world.counts.filter((record) => record.partition === partition);
    expect(own.length).toBeGreaterThanOrEqual(5);
    expect(own.at(-1)?.progress).toBeGreaterThanOrEqual(START + 1000);
  }
  expect(world.counts.flatMap(({ waits }) => waits).at(-1)).toEqual(['shop#1', START + 999, START + 1000]);
});

test('killed at any moment, twenty times, it counts every event once', async () => {
  world = new World({ events: 3, latencyMs: 20 });
  world.ticks();
  const sent: Record<string, number> = {};
  let random = 1;
  const next = (below: number): number => {
    random = (random * 48271) % 2147483647;
    return random % below;
  };
  let life = world.log.another();
  world.count({ log: life });
  const sends: Promise<void>[] = [];
  for (let i = 0; i < 6000; i++) {
    const said = { producer: `shop#${i % 5}`, seq: Math.floor(i / 5), events: Array(1 + (i % 4)).fill(['order.placed', 0]) };
    const second = `orders ${Math.floor(world.clock.wall() / 1000) - START / 1000}`;
    sent[second] = (sent[second] ?? 0) + said.events.length;
    const text = { ...said, t0: world.clock.wall() };
    sends.push(world.say(text));
    if (next(10) === 0) sends.push(world.say(text));
    if (i % 10 === 0) await world.clock.advance(1 + next(60));
    if (i % 300 === 150 + next(100)) {
      life.kill();
      life = world.log.another();
      world.count({ log: life });
    }
  }
  life.kill();
  world.count();
  await world.clock.advance(1000);
  await Promise.all(sends);
  const orders = Object.entries(merged(world.counts)).filter(([key]) => key.startsWith('orders'));
  expect(Object.fromEntries(orders.map(([key, { n }]) => [key, n]))).toEqual(sent);
  expect(world.checkpoints.length).toBeGreaterThan(3);
});

test('no checkpoint is written before the counts of all earlier blocks are acknowledged, so a kill between loses nothing', async () => {
  world = new World();
  const life = world.log.another();
  world.count({ log: life });
  await world.clock.advance(0);
  for (let seq = 0; seq < 112; seq++) await world.say({ seq });
  world.log.failAppends(world.topics.counts, Number.POSITIVE_INFINITY);
  await world.fill(3000);
  await world.clock.advance(5000);
  expect(world.checkpoints).toEqual([]);
  expect(world.tellings('appendFailed')[0]).toMatchObject({ topic: 'counts' });
  life.kill();
  world.log.failAppends(world.topics.counts, 0);
  world.count();
  await world.clock.advance(1000);
  expect(world.orders).toBe(112);
  await world.fill(3000);
  await world.clock.advance(1000);
  expect(world.checkpoints.length).toBeGreaterThan(0);
});

test('a restart goes on from the newest checkpoint and reads no block before it again', async () => {
  world = new World();
  const first = world.count();
  for (let block = 0; block < 12; block++) {
    await world.say({ seq: block });
    await world.fill(1000);
    await world.clock.advance(1500);
  }
  expect(new Set(world.checkpoints).size).toBe(8);
  await first.stop();
  const before = world.counts.length;
  world.count();
  await world.clock.advance(500);
  expect(world.counts.slice(before).map(({ block }) => block)).toEqual([12]);
  await world.say({ seq: 5, t0: START + 5 * 1500 });
  await world.say({ seq: 12 });
  await world.clock.advance(500);
  expect(world.orders).toBe(13);
  expect(world.tellings('batchesDiscarded')).toEqual([{ value: 1 }]);
});

test('the newest eight checkpoints are kept, however many blocks lie between two', async () => {
  world = new World();
  world.count();
  for (let i = 0; i < 10; i++) {
    await world.fill(16_000);
    await world.clock.advance(1500);
  }
  expect(world.checkpoints).toHaveLength(8);
  expect(new Set(world.checkpoints).size).toBe(8);
});

test('a checkpoint that cannot be read is told, and an older one serves', async () => {
  world = new World();
  const first = world.count();
  for (let block = 0; block < 4; block++) {
    await world.say({ seq: block });
    await world.fill(1000);
    await world.clock.advance(1500);
  }
  await first.stop();
  const newest = world.checkpoints.at(-1) as string;
  await world.log.append(world.topics.checkpoints, [{ key: newest, value: '{"v":1,"checkpoint":{}}', partition: 0 }]);
  const before = world.counts.length;
  world.count();
  await world.clock.advance(500);
  expect(world.tellings('stateUnreadable')).toEqual([{ what: `checkpoint ${newest}`, reason: 'has not the shape of a checkpoint' }]);
  expect(world.counts[before]?.block).toBe(3);
  expect(world.orders).toBe(4);
});

test('pairs of foreign events outlive a restart, those of earlier minutes too', async () => {
  world = new World();
  const first = world.count();
  const post = async (id: string): Promise<void> => {
    const event = { type: 'order.placed', time: world.clock.wall(), source: 'curl', id };
    await world.log.append(world.topics.events, [foreignRecord([event], 0, world.clock.wall())]);
  };
  for (let minute = 0; minute < 5; minute++) {
    await post(`${minute}`);
    await world.clock.advance(60_000);
  }
  await world.fill(2000);
  await world.clock.advance(500);
  expect(world.checkpoints.filter((key) => key.includes('pairs'))).toHaveLength(5);
  await first.stop();
  world.count();
  for (let minute = 0; minute < 6; minute++) await post(`${minute}`);
  await world.clock.advance(500);
  expect(world.orders).toBe(6);
  expect(world.tellings('stateUnreadable')).toEqual([]);
});

test('counts that the log refuses are published later, whole', async () => {
  world = new World();
  world.count();
  await world.clock.advance(250);
  world.log.failAppends(world.topics.counts, 3);
  for (let seq = 0; seq < 10; seq++) {
    await world.say({ seq });
    await world.clock.advance(200);
  }
  await world.clock.advance(1000);
  expect(world.orders).toBe(10);
});

test('a log that takes no counts for long holds up the reading and not the memory, and all is counted after', async () => {
  world = new World();
  let read = 0;
  const log: MemoryLog = Object.assign(world.log.another(), {
    read: (...[topic, positions, handle]: Parameters<MemoryLog['read']>) => {
      const counting: typeof handle = (records) => {
        if (topic.name === 'events') read += records.length;
        return handle(records);
      };
      return world.log.read(topic, positions, counting);
    },
  });
  world.log.hold(world.topics.counts);
  world.count({ log });
  await world.clock.advance(250);
  for (let seq = 0; seq < 150; seq++) {
    await world.say({ seq });
    await world.fill(999);
  }
  await world.clock.advance(10_000);
  expect(world.counts).toEqual([]);
  expect(read).toBeLessThan(140_000);
  world.log.release(world.topics.counts);
  await world.clock.advance(1000);
  expect(read).toBe(150_000);
  expect(world.orders).toBe(150);
});

test('what cannot be read goes to dead-letters once, also when it is read again after a restart', async () => {
  world = new World();
  await world.poison();
  await world.say({ seq: 0 });
  const life = world.log.another();
  world.count({ log: life });
  await world.clock.advance(500);
  life.kill();
  world.count();
  await world.poison();
  await world.clock.advance(500);
  const letters = world.log.records(world.topics.deadLetters, 0).map(decodeDeadLetter);
  expect(letters.map(({ from, reason, text }) => [from, reason, text])).toEqual([
    ['events/0@0', 'unknown-form', '{'],
    ['events/0@2', 'unknown-form', '{'],
  ]);
  expect(world.orders).toBe(1);
});

test('where dead-letters takes nothing, counting goes on, and no checkpoint passes over a letter', async () => {
  world = new World();
  world.log.failAppends(world.topics.deadLetters, Number.POSITIVE_INFINITY);
  world.count();
  await world.clock.advance(250);
  for (let i = 0; i < 5000; i++) await world.poison();
  await world.say({ seq: 0 });
  await world.clock.advance(3000);
  expect(world.orders).toBe(1);
  expect(world.tellings('deadLetter').filter(({ reason }) => reason === 'not-kept').length).toBeGreaterThan(0);
  expect(world.checkpoints).toEqual([]);
  world.log.failAppends(world.topics.deadLetters, 0);
  await world.clock.advance(3000);
  expect(world.log.records(world.topics.deadLetters, 0)).toHaveLength(2000);
  expect(world.checkpoints.length).toBeGreaterThan(0);
});

test('a hundred thousand unreadable records all reach dead-letters where it takes them', async () => {
  world = new World();
  world.count();
  await world.log.append(world.topics.events, Array(100_000).fill({ key: 'x', value: '{' }));
  await world.say({ seq: 0 });
  await world.clock.advance(2000);
  expect(world.log.records(world.topics.deadLetters, 0)).toHaveLength(100_000);
  expect(world.orders).toBe(1);
});

test('where counts has several partitions, each series has its own and every flush reaches all', async () => {
  world = new World({ events: 2, counts: 4 });
  world.count();
  for (let seq = 0; seq < 4; seq++) for (const producer of ['shop#1', 'till#2', 'web#3']) await world.say({ producer, seq });
  await world.clock.advance(500);
  expect(world.orders).toBe(12);
  for (const partition of [0, 1, 2, 3]) {
    const own = world.log.records(world.topics.counts, partition).map(decodeCounts);
    expect(new Set(own.map((record) => record.partition))).toEqual(new Set([0, 1]));
    const names = new Set(own.flatMap(({ rows }) => rows.map(([series]) => series)));
    expect(names.size).toBeLessThanOrEqual(2);
  }
});

test('a slice counts its own partitions and no others', async () => {
  world = new World({ events: 2 });
  world.count({ partitions: [1] });
  world.ticks({ partitions: [0, 1] });
  await world.clock.advance(1000);
  expect(new Set(world.counts.map(({ partition }) => partition))).toEqual(new Set([1]));
});

test('stop publishes what was read, without waiting for the next flush', async () => {
  world = new World();
  const step = world.count();
  await world.clock.advance(250);
  await world.say({ seq: 0 });
  await world.clock.advance(0);
  await step.stop();
  expect(world.orders).toBe(1);
  expect(world.clock.timers).toBe(0);
});

test('a start that the log hinders is told and tried again', async () => {
  world = new World();
  let faults = 2;
  const log: MemoryLog = Object.create(world.log, {
    ends: {
      value: async (...of: Parameters<MemoryLog['ends']>) =>
        faults-- > 0 ? Promise.reject(new Error('no leader')) : world.log.ends(...of),
    },
  });
  await world.say({ seq: 0 });
  const read = (topic: Parameters<MemoryLog['read']>[0], ...rest: [never, never]): ReturnType<MemoryLog['read']> =>
    world.log.read(topic, ...rest);
  world.count({
    log: Object.assign(log, { read, positionsAt: world.log.positionsAt.bind(world.log), append: world.log.append.bind(world.log) }),
  });
  await world.clock.advance(3000);
  expect(world.tellings('stepFailed')).toHaveLength(2);
  expect(world.orders).toBe(1);
});

test('losses, far clocks and two senders under one id are told', async () => {
  world = new World();
  world.count();
  await world.say({ seq: 0, published: 8, lost: { 'order.placed': [[0, 7]] } });
  await world.say({ seq: 0, t0: START - 70 });
  await world.say({ producer: 'far#1', seq: 0, t0: START - 60_000, sent: START - 60_000 });
  await world.clock.advance(500);
  expect(world.tellings('eventsLost')).toEqual([{ why: 'memory', producer: 'shop#1', value: 7 }]);
  expect(world.tellings('producerTwice')).toEqual([{ producer: 'shop#1', seq: 0 }]);
  expect(world.tellings('skewFlagged')).toEqual([{ producer: 'far#1', skewMs: 60_000 }]);
  expect(world.tellings('skew').at(-1)).toEqual({ value: 60 });
});
