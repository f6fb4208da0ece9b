/** Interleavings that broke earlier drafts on the way from events to signals, each lived through by both replicas. */
import { expect, test, vi } from 'vitest';
import { seriesOf } from '../../detectors/counting/metric.ts';
import { loadConfig } from '../../platform/config/load.ts';
import { decodeCounts } from '../../platform/topics/counts.ts';
import { decodeSignals } from '../../platform/topics/signals.ts';
import { TWINS, type World } from '../support/world.ts';
import { DEADLINE_MS, HOUR, openShop, SECOND } from './open-shop.ts';

vi.setConfig({ testTimeout: DEADLINE_MS });

const PARTITIONS = [0, 1, 2];

test('a partition is away for three seconds, its tick comes back before the batches: no fall, and an outage after it pages', async () => {
  const { world, shop, pass, ends } = await openShop(1);
  for (const partition of PARTITIONS) {
    world.disk.hold(world.topics.events, partition);
    await pass(3);
    world.disk.release(world.topics.events, partition);
    await pass(8);
  }
  expect(world.mails()).toEqual([]);
  shop.act('break-checkout');
  await pass(12);
  expect(world.mails()).toEqual(['page']);
  await ends();
});

test('the whole event log is away for twenty seconds: ticks flow at once, backlogs take their time, no second looks fallen', async () => {
  const { world, pass, ends } = await openShop(2);
  for (const topic of Object.values(world.topics)) world.disk.hold(topic);
  await pass(20);
  for (const topic of Object.values(world.topics)) world.disk.release(topic);
  await pass(30);
  expect(world.mails()).toEqual([]);
  await ends();
});

test("one machine's clock steps by 7.4 s and it starts again, apps go over it and back: events stay in their seconds", async () => {
  const { world, pass, ends } = await openShop(3);
  const [a, b] = [world.host('a'), world.host('b')];
  b.machine.wrongMs = -7400;
  b.kill();
  await pass(2);
  b.start();
  await pass(3);
  a.log.isCut = true;
  await pass(7);
  a.log.isCut = false;
  await pass(40);
  expect(world.mails()).toEqual([]);
  await ends();
});

test('a wall clock steps by an hour and the machine starts again: nobody is paged for it, and an outage pages in time', async () => {
  for (const [seed, step] of [
    [4, HOUR],
    [5, -HOUR],
  ] as const) {
    const { world, shop, pass, ends } = await openShop(seed);
    const a = world.host('a');
    a.machine.wrongMs = step;
    a.kill();
    await pass(2);
    a.start();
    await pass(15);
    expect(world.mails()).toEqual([]);
    shop.act('break-checkout');
    await pass(12);
    expect(world.mails()).toEqual(['page']);
    await ends();
  }
});

test('all apps are stepped back by 7.5 s: no event moves', async () => {
  const { world, shop, pass, ends } = await openShop(6);
  for (const { machine } of shop.apps) machine.wrongMs -= 7500;
  await pass(30);
  expect(world.mails()).toEqual([]);
  await ends();
});

test('a broker that is five minutes behind becomes leader, of one partition or of all: no metric is blind', async () => {
  const { world, pass, ends } = await openShop(7);
  const { events } = world.topics;
  for (const partition of [0, ...PARTITIONS]) world.disk.lead(events, partition, -300 * SECOND);
  const from = Math.floor(world.clock.wall() / SECOND) + 1;
  await pass(10);
  for (const partition of PARTITIONS) world.disk.lead(events, partition, 0);
  await pass(10);
  const to = Math.floor(world.clock.wall() / SECOND) - 4;
  const seen = world.disk
    .records(world.topics.signals, 0)
    .map(decodeSignals)
    .filter(({ second }) => second >= from && second < to);
  expect(new Set(seen.map(({ second }) => second)).size).toBe(to - from);
  expect(seen.flatMap(({ signals }) => signals).filter(({ state }) => state === 'blind' || state === 'dropped')).toEqual([]);
  await ends();
});

test('a detector starts again while counts of one partition are ahead of the other: the rest is no fall, the fall no rest', async () => {
  const { world, shop, pass, ends } = await openShop(8, { partitions: { events: 3, counts: 2 } });
  world.disk.hold(world.topics.counts, 1);
  for (const host of world.hosts) host.kill();
  await pass(2);
  world.start();
  await pass(2);
  world.disk.release(world.topics.counts, 1);
  await pass(10);
  expect(world.mails()).toEqual([]);
  shop.act('break-checkout');
  await pass(12);
  expect(world.mails()).toEqual(['page']);
  await ends();
});

test('a configuration is read six seconds late by one twin: its new series is counted whole by both', async () => {
  const { world, shop, pass, ends } = await openShop(9);
  const yaml = `
metrics:
  orders: { event: order.placed, kind: write, critical: true }
  payments: { event: payment.taken, kind: write, critical: true }
  sold: { event: order.placed, kind: write, value: amount }
people: { ana: { email: ana@shop.example } }
mail: { smtp: "smtp://127.0.0.1:25", from: plummet@shop.example }
`;
  const { config } = loadConfig(yaml, { file: 'world.yaml', env: {} });
  const from = Math.floor(world.clock.wall() / SECOND) + 1;
  const before = shop.published.get('order.placed') ?? 0;
  world.host('a').retune(config!, from);
  await pass(6);
  world.host('b').retune(config!, from);
  await pass(20);
  expect(before).toBeGreaterThan(0);
  const sold = seriesOf(config!.metrics.find(({ name }) => name === 'sold')!);
  const orders = seriesOf(config!.metrics.find(({ name }) => name === 'orders')!);
  const last = Math.floor(world.clock.wall() / SECOND) - 4;
  const [ofSold, ofOrders] = [sold, orders].map((series) => countsOf(world, series, from + 1, last));
  expect(ofSold!.size).toBeGreaterThanOrEqual(20);
  expect(ofSold).toEqual(ofOrders);
  expect(world.mails()).toEqual([]);
  await ends();
});

/** Events of a series by second, merged as any reader does. */
function countsOf(world: World, wanted: string, from: number, to: number): Map<number, number> {
  const cells = new Map<string, { to: number; n: number; second: number }>();
  for (const record of world.disk.records(world.topics.counts, 0)) {
    const { partition, block, to: as, rows } = decodeCounts(record);
    for (const [series, second, n] of rows) {
      const key = `${second} ${partition} ${block}`;
      if (series === wanted && second >= from && second < to && as >= (cells.get(key)?.to ?? 0)) cells.set(key, { to: as, n, second });
    }
  }
  const seconds = new Map<number, number>();
  for (const { second, n } of cells.values()) seconds.set(second, (seconds.get(second) ?? 0) + n);
  return new Map([...seconds].sort(([a], [b]) => a - b));
}

test('killed at every step of a block in turn, and batches coming twice: every event is counted once', async () => {
  const { world, pass, ends } = await openShop(16, { hosts: TWINS.slice(0, 1) });
  world.repeated = 0.5;
  for (const what of ['append counts', 'append checkpoints', 'append events']) {
    for (const phase of ['leaves', 'arrived', 'answered'] as const) {
      const host = world.host('a');
      host.process?.dieAt((point) => point.what === what && point.phase === phase, 3);
      for (let left = 20; left > 0 && host.process; left--) await pass(1);
      expect(host.process, `${what} ${phase}`).toBeNull();
      host.kill();
      host.start();
      await pass(2);
    }
  }
  world.repeated = 0;
  await pass(4);
  await ends();
});
