import { expect, test } from 'vitest';
import { Shop } from '../support/shop.ts';
import { World } from '../support/world.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

async function openShop(seed: number): Promise<{ world: World; shop: Shop }> {
  const world = new World(seed);
  await world.rehearse();
  world.start();
  const shop = new Shop(world);
  await world.clock.advance(MINUTE);
  expect(world.mails()).toEqual([]);
  return { world, shop };
}

test('a broken checkout sends one page within ten seconds, and its mending one mail in the thread', async () => {
  const { world, shop } = await openShop(1);
  shop.act('break-checkout');
  const broken = world.clock.monotonic();
  await world.clock.advance(10 * SECOND);
  expect(world.mails()).toEqual(['page']);
  expect((world.postOffice.arrived[0]?.at ?? 0) - broken).toBeLessThan(10 * SECOND);
  await world.clock.advance(2 * MINUTE);
  shop.act('mend');
  await world.clock.advance(3 * MINUTE);
  expect(world.mails()).toEqual(['page', 'resolved']);
  expect(world.journal().filter(({ kind }) => kind === 'opened')).toHaveLength(1);
  await world.stop();
}, 60_000);

test('a deploy that takes a second pages nobody', async () => {
  const { world, shop } = await openShop(2);
  for (let i = 0; i < 5; i++) {
    shop.act('deploy-blip');
    await world.clock.advance(30 * SECOND + 170 * i);
  }
  expect(world.mails()).toEqual([]);
  await world.stop();
}, 60_000);

test('killed and started again in the middle of an outage, nobody is paged again and the incident is not forgotten', async () => {
  const { world, shop } = await openShop(3);
  shop.act('break-checkout');
  await world.clock.advance(15 * SECOND);
  expect(world.mails()).toEqual(['page']);
  for (let i = 0; i < 3; i++) {
    world.kill();
    await world.clock.advance(3 * SECOND + 333 * i);
    world.start();
    await world.clock.advance(20 * SECOND);
  }
  expect(world.mails()).toEqual(['page']);
  shop.act('mend');
  await world.clock.advance(3 * MINUTE);
  expect(world.mails()).toEqual(['page', 'resolved']);
  await world.stop();
}, 60_000);

test('killed while the checkout breaks, the page comes when Plummet is back', async () => {
  const { world, shop } = await openShop(4);
  shop.act('break-checkout');
  await world.clock.advance(2 * SECOND);
  world.kill();
  await world.clock.advance(3 * SECOND);
  world.start();
  await world.clock.advance(10 * SECOND);
  expect(world.mails()).toEqual(['page']);
  await world.stop();
}, 60_000);

test('the network between apps and gateway cut for two seconds and back: every event is counted in its second, nothing twice', async () => {
  const { world, shop } = await openShop(5);
  shop.weather.isCut = true;
  await world.clock.advance(2 * SECOND);
  shop.weather.isCut = false;
  await world.clock.advance(20 * SECOND);
  expect(world.mails()).toEqual([]);
  await shop.close();
  await world.clock.advance(2 * SECOND);
  await world.stop();
  expect(Object.fromEntries(world.counted())).toEqual(Object.fromEntries(shop.published));
}, 60_000);
