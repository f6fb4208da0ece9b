import { expect, test } from 'vitest';
import { Shop, World } from '../support/world.ts';

const SECOND = 1000;
const SEEDS = process.env.PLUMMET_NIGHTLY ? 200 : 10;
/** Some orders a second: enough to be sure of a total loss within seconds. */
const SIZE = 0.5;

type Fault = (world: World, shop: Shop) => Promise<void>;

/** Each is over when it resolves. Cuts of all apps for longer than 4 s page by design, in words of their own. */
const FAULTS: Record<string, Fault> = {
  'killed and started again': async (world) => {
    world.kill();
    await world.clock.advance((0.5 + 3 * world.random()) * SECOND);
    world.start();
  },
  'apps cut off': async (world, shop) => {
    shop.network.cut = true;
    await world.clock.advance((0.5 + 2.5 * world.random()) * SECOND);
    shop.network.cut = false;
  },
  'appends refused': async (world) => {
    world.disk.failAppends(world.topics.events, 1 + Math.floor(8 * world.random()));
    await world.clock.advance(SECOND);
    world.disk.failAppends(world.topics.events, 0);
  },
  'counts held up': async (world) => {
    world.disk.hold(world.topics.counts);
    await world.clock.advance((0.5 + 5 * world.random()) * SECOND);
    world.disk.release(world.topics.counts);
  },
  'a partition of events stands still': async (world) => {
    const partition = Math.floor(3 * world.random());
    world.disk.hold(world.topics.events, partition);
    await world.clock.advance((0.5 + 5 * world.random()) * SECOND);
    world.disk.release(world.topics.events, partition);
  },
  'the wall clock steps': async (world) => {
    world.clock.stepWall(Math.round((world.random() - 0.5) * 7_200_000));
    await world.clock.advance(SECOND);
  },
  // The apps stand still as well, and what nobody does in that time is truly missing: a dip that `for` must ignore.
  'the machine stands still': async (world) => {
    await world.clock.freeze((0.3 + world.random()) * SECOND);
  },
};

async function live(seed: number): Promise<{ world: World; shop: Shop; story: string; outage: boolean }> {
  const world = new World(seed, { size: SIZE });
  await world.rehearse();
  world.start();
  const shop = new Shop(world, { apps: 3 });
  await world.clock.advance(40 * SECOND);
  const story: string[] = [];
  // A step that a restart takes as the time is several clocks wrong alike, which nothing here can tell from the truth.
  const apart = world.random() < 0.5 ? 'the wall clock steps' : 'killed and started again';
  const names = Object.keys(FAULTS).filter((name) => name !== apart);
  for (let faults = 1 + Math.floor(3 * world.random()); faults > 0; faults--) {
    const name = names[Math.floor(names.length * world.random())] as string;
    story.push(name);
    await (FAULTS[name] as Fault)(world, shop);
    await world.clock.advance((3 + 20 * world.random()) * SECOND);
  }
  await world.clock.advance(20 * SECOND);
  const outage = world.random() < 0.5;
  expect(world.mails(), `seed ${seed}: ${story.join(', ')}`).toEqual([]);
  if (outage) {
    shop.act('break-checkout');
    await world.clock.advance(25 * SECOND);
  }
  return { world, shop, story: `seed ${seed}: ${story.join(', ')}${outage ? ', then the checkout broke' : ''}`, outage };
}

test(`${SEEDS} lives with faults: everything counted once, a page for every outage and for nothing else`, async () => {
  for (let seed = 1; seed <= SEEDS; seed++) {
    const { world, shop, story, outage } = await live(seed);
    expect(world.mails(), story).toEqual(outage ? ['page'] : []);
    await shop.close();
    await world.clock.advance(3 * SECOND);
    await world.stop();
    expect(Object.fromEntries(world.counted()), story).toEqual(Object.fromEntries(shop.published));
  }
}, 3_600_000);
