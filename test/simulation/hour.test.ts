import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { Shop } from '../support/shop.ts';
import { World } from '../support/world.ts';

const MINUTE = 60_000;

async function healthy(seed: number, minutes: number): Promise<{ world: World; shop: Shop }> {
  const world = new World(seed, { size: 0.1 });
  await world.rehearse();
  world.start();
  const shop = new Shop(world);
  await world.clock.advance(minutes * MINUTE);
  await shop.close();
  await world.clock.advance(2000);
  await world.stop();
  return { world, shop };
}

/** Everything that the event log holds. */
function digest({ disk, topics }: World): string {
  const hash = createHash('sha256');
  for (const topic of Object.values(topics)) {
    for (let partition = 0; partition < topic.partitions; partition++) {
      for (const { key, value, appendedAt } of disk.records(topic, partition)) hash.update(`${topic.name} ${key} ${value} ${appendedAt}\n`);
    }
  }
  return hash.digest('hex');
}

test('an hour of a healthy shop is counted to the event and pages nobody', async () => {
  const { world, shop } = await healthy(1, 60);
  expect(Object.fromEntries(world.counted())).toEqual(Object.fromEntries(shop.published));
  expect(world.journal()).toEqual([]);
  expect(world.mails()).toEqual([]);
}, 300_000);

test('the same seed gives the same world, byte for byte; another seed another one', async () => {
  const [once, again, other] = [await healthy(7, 5), await healthy(7, 5), await healthy(8, 5)].map(({ world }) => digest(world));
  expect(again).toBe(once);
  expect(other).not.toBe(once);
}, 300_000);
