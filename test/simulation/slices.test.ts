import { expect, test } from 'vitest';
import { decodeSignals } from '../../platform/topics/signals.ts';
import type { HostOptions } from '../support/host.ts';
import { Shop } from '../support/shop.ts';
import { World } from '../support/world.ts';

const SECOND = 1000;

const SLICES = [1, 2].flatMap((index) =>
  (['a', 'b'] as const).map((replica): HostOptions => {
    return { name: `${replica} detectors ${index}/2`, replica, roles: ['detectors'], slice: { index, of: 2 } };
  }),
);

const HOSTS: readonly HostOptions[] = [
  { name: 'a', replica: 'a', roles: ['ingest', 'alerting'] },
  { name: 'b', replica: 'b', roles: ['ingest', 'alerting'] },
  ...SLICES,
];

async function openShop(seed: number): Promise<{ world: World; shop: Shop }> {
  const world = new World(seed, { size: 0.5, hosts: HOSTS, partitions: { events: 6, counts: 2 }, skipped: 9 });
  await world.rehearse();
  world.start();
  const shop = new Shop(world, { apps: 6 });
  await world.clock.advance(20 * SECOND);
  return { world, shop };
}

async function counted(world: World, shop: Shop): Promise<void> {
  await shop.close();
  await world.clock.advance(3 * SECOND);
  await world.stop();
  expect(Object.fromEntries(world.counted())).toEqual(Object.fromEntries(shop.published));
}

test('one metric over six partitions and two slices, each of them twice, is counted exactly, and its fall is one page', async () => {
  const { world, shop } = await openShop(1);
  shop.act('break-checkout');
  await world.clock.advance(12 * SECOND);
  expect(world.mails()).toEqual(['page']);
  await counted(world, shop);
}, 60_000);

test('each series is decided by one slice, and every second of it', async () => {
  const { world, shop } = await openShop(2);
  const bySeries = new Map<string, Set<number>>();
  const records = world.disk.records(world.topics.signals, 0).map(decodeSignals);
  for (const { second, signals } of records) {
    for (const { series } of signals) bySeries.set(series, (bySeries.get(series) ?? new Set()).add(second));
  }
  expect([...bySeries.keys()].map((series) => series.split('~')[0]).sort()).toEqual(['orders', 'payments', 'searches']);
  for (const seconds of bySeries.values()) expect(seconds.size).toBeGreaterThanOrEqual(17);
  const deciders = new Map(
    records.map(({ by, signals }) => [
      by,
      signals
        .map(({ series }) => series)
        .sort()
        .join(' '),
    ]),
  );
  expect(new Set(deciders.values()).size).toBe(2);
  await counted(world, shop);
}, 60_000);

test('a slice that is gone in both replicas makes its share unreadable and nothing else; back again it is counted on', async () => {
  const { world, shop } = await openShop(3);
  const gone = world.hosts.filter(({ name }) => name.endsWith('2/2'));
  for (const host of gone) host.kill();
  await world.clock.advance(8 * SECOND);
  expect(world.mails()).toEqual([]);
  for (const host of gone) host.start();
  await world.clock.advance(10 * SECOND);
  expect(world.mails()).toEqual([]);
  shop.act('break-checkout');
  await world.clock.advance(12 * SECOND);
  expect(world.mails()).toEqual(['page']);
  await counted(world, shop);
}, 60_000);
