import { afterEach, expect, test } from 'vitest';
import { decodeCounts } from '../../platform/topics/counts.ts';
import { foreignRecord } from '../../platform/topics/events.ts';
import { CountWorld } from './count-world.ts';
import { merged, START } from './counting/records.ts';

let world: CountWorld;
afterEach(() => world.end());

test('what is in the log and what comes is counted, published four times a second with progress and who is waited for', async () => {
  world = new CountWorld({ events: 3 });
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

test('a restart goes on from the newest checkpoint and reads no block before it again', async () => {
  world = new CountWorld();
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
  world = new CountWorld();
  world.count();
  for (let i = 0; i < 10; i++) {
    await world.fill(16_000);
    await world.clock.advance(1500);
  }
  expect(world.checkpoints).toHaveLength(8);
  expect(new Set(world.checkpoints).size).toBe(8);
});

test('a checkpoint that cannot be read is told, and an older one serves', async () => {
  world = new CountWorld();
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
  world = new CountWorld();
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

test('where counts has several partitions, each series has its own and every flush reaches all', async () => {
  world = new CountWorld({ events: 2, counts: 4 });
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
  world = new CountWorld({ events: 2 });
  world.count({ partitions: [1] });
  world.ticks({ partitions: [0, 1] });
  await world.clock.advance(1000);
  expect(new Set(world.counts.map(({ partition }) => partition))).toEqual(new Set([1]));
});

test('stop publishes what was read, without waiting for the next flush', async () => {
  world = new CountWorld();
  const step = world.count();
  await world.clock.advance(250);
  await world.say({ seq: 0 });
  await world.clock.advance(0);
  await step.stop();
  expect(world.orders).toBe(1);
  expect(world.clock.timers).toBe(0);
});

test('losses, far clocks and two senders under one id are told', async () => {
  world = new CountWorld();
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

test('how far off a clock may be is changed while counting, and nothing is counted anew', async () => {
  world = new CountWorld();
  const step = world.count({ clockSkewMsMax: 90_000 });
  const beat = async (seq: number): Promise<void> => {
    const its = world.clock.wall() - 60_000;
    await world.say({ producer: 'far#1', seq, t0: its, sent: its });
    await world.clock.advance(500);
  };
  await beat(0);
  expect(world.tellings('skewFlagged')).toEqual([]);
  step.retune({ clockSkewMsMax: 30_000 });
  await beat(1);
  await beat(2);
  expect(world.tellings('skewFlagged')).toEqual([{ producer: 'far#1', skewMs: 60_000 }]);
  expect(world.orders).toBe(3);
  expect(world.tellings('batchesDiscarded')).toEqual([]);
});
