import { afterEach, expect, test } from 'vitest';
import { BLOCK_RECORDS } from '../../platform/topics/counts.ts';
import { decodeDeadLetter } from '../../platform/topics/dead-letters.ts';
import type { MemoryLog } from '../support/memory-log.ts';
import { CountWorld } from './count-world.ts';
import { merged, START } from './counting/records.ts';

let world: CountWorld;
afterEach(() => world.end());

test('killed at any moment, twenty times, it counts every event once', async () => {
  world = new CountWorld({ events: 3, latencyMs: 20 });
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
  world = new CountWorld();
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

test('while the log takes no checkpoints they do not pile up, and the newest follow once it does', async () => {
  world = new CountWorld({ events: 3 });
  const life = world.log.another();
  world.count({ log: life });
  await world.clock.advance(250);
  world.log.failAppends(world.topics.checkpoints, Number.POSITIVE_INFINITY);
  for (let i = 0; i < 60; i++) {
    await world.say({ seq: i });
    await world.fill(3000);
    await world.clock.advance(1500);
  }
  world.log.failAppends(world.topics.checkpoints, 0);
  await world.clock.advance(250);
  const [appended] = (await world.log.ends(world.topics.checkpoints)).values();
  expect(appended).toBeLessThan(10);
  for (let i = 60; i < 70; i++) {
    await world.say({ seq: i });
    await world.fill(3000);
    await world.clock.advance(1500);
  }
  const newest = Math.max(...world.log.records(world.topics.checkpoints, 0).map(({ value }) => JSON.parse(value).checkpoint?.block ?? 0));
  const [end] = (await world.log.ends(world.topics.events)).values();
  expect(newest).toBeGreaterThan((end as number) / BLOCK_RECORDS - 12);
  life.kill();
  world.count();
  await world.clock.advance(1000);
  expect(world.orders).toBe(70);
}, 60_000);

test('counts that the log refuses are published later, whole', async () => {
  world = new CountWorld();
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
  world = new CountWorld();
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
  world = new CountWorld();
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
  world = new CountWorld();
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
  world = new CountWorld();
  world.count();
  await world.log.append(world.topics.events, Array(100_000).fill({ key: 'x', value: '{' }));
  await world.say({ seq: 0 });
  await world.clock.advance(2000);
  expect(world.log.records(world.topics.deadLetters, 0)).toHaveLength(100_000);
  expect(world.orders).toBe(1);
});

test('a start that the log hinders is told and tried again', async () => {
  world = new CountWorld();
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
