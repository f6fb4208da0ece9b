import { expect, test } from 'vitest';
import { Readings } from '../../detectors/counting/readings.ts';
import { prng } from '../support/prng.ts';
import { START_MS } from './outage-world.ts';
import { ANY_AMOUNT, between, blind, looksLikeAFall, ORDERS, shop, watchOrders } from './seen-seconds.ts';

test('a partition away for 3 s, whose tick comes back before the batches, is left out or waited for', () => {
  for (const awayMs of [1000, 1900, 2500, 3000, 4200]) {
    const { world, seen } = watchOrders({ seed: awayMs });
    shop(world);
    world.in(30_000, () => world.cut(1));
    world.in(30_000 + awayMs, () => world.mend(1));
    world.run(50_000);
    expect(seen.filter(looksLikeAFall)).toEqual([]);
    expect(seen.filter(blind)).toEqual([]);
    for (const { share, leftOut } of seen) expect(share < 1).toBe(leftOut[1]);
    expect(seen.at(-1)?.at).toBe(48);
  }
});

test('a partition away for a minute is left out of window and reference alike, and a fall in the rest is seen', () => {
  const { world, seen } = watchOrders();
  const apps = shop(world);
  world.in(30_000, () => world.cut(2));
  world.in(60_000, () => {
    for (const app of apps) app.rate = 0;
  });
  world.run(90_000);
  const cut = between(seen, 32, 60);
  for (const { leftOut, share } of cut) {
    expect(leftOut).toEqual([false, false, true]);
    expect(share).toBeCloseTo(2 / 3, 0.1);
  }
  expect(cut.filter(looksLikeAFall)).toEqual([]);
  for (const { lag } of seen) expect(lag).toBeLessThan(3);
  for (const { n, share } of between(seen, 61, 88)) expect({ n, isBlind: share === 0 }).toEqual({ n: 0, isBlind: false });
});

test('all apps of the readable partitions die while one partition is away: that is a fall', () => {
  const { world, seen } = watchOrders();
  const apps = shop(world);
  world.in(30_000, () => world.cut(2));
  world.in(60_300, () => {
    for (const app of apps) app.kill();
  });
  world.run(90_000);
  for (const { n, share } of between(seen, 61, 85)) expect({ n, isBlind: share === 0 }).toEqual({ n: 0, isBlind: false });
});

test('who starts while a partition is away for minutes goes by the shares that were saved', () => {
  const { world, seen, records } = watchOrders();
  shop(world);
  world.in(30_000, () => world.cut(2));
  world.run(200_000);
  const before = new Readings(3);
  const index = before.watch(ORDERS);
  for (const record of records) {
    before.take(record);
    while (before.close());
  }
  const saved = before.save(index);
  expect(saved.usual).toHaveLength(3);
  const after = new Readings(3);
  after.restore(after.watch(ORDERS), saved);
  const without = new Readings(3);
  without.watch(ORDERS);
  const shares = { after: 0, without: 0 };
  for (const record of records.filter(({ progress }) => progress > START_MS + 80_000)) {
    for (const [name, readings] of Object.entries({ after, without })) {
      readings.take(record);
      while (readings.close()) shares[name as keyof typeof shares] = readings.share(index);
    }
  }
  expect(shares.after).toBeCloseTo(seen.at(-1)?.share as number, 2);
  expect(shares.without).toBe(0);
});

test('with less than half of the usual traffic readable a metric is blind', () => {
  const { world, seen } = watchOrders();
  shop(world);
  world.in(30_000, () => {
    world.cut(1);
    world.cut(2);
  });
  world.run(60_000);
  expect(between(seen, 31, 55).every(blind)).toBe(true);
});

test('a deploy just before a partition goes silent makes its share unknown: blind, not fallen', () => {
  const { world, seen } = watchOrders();
  const apps = shop(world);
  world.in(27_000, () => {
    for (const app of apps) app.leave();
    for (const partition of [0, 1, 1, 2, 2, 2]) world.app('next', { partition, rate: 40 });
  });
  world.in(30_000, () => world.cut(2));
  world.run(60_000);
  const cut = between(seen, 31, 55);
  expect(cut.length).toBeGreaterThan(20);
  expect(cut.every(blind)).toBe(true);
});

test('the whole event log away for 20 s: ticks come back at once, backlogs take 6 s, and no second looks like a fall', () => {
  for (let seed = 1; seed <= 8; seed++) {
    const { world, seen } = watchOrders({ seed });
    shop(world, { rate: 400 });
    world.in(30_000, () => world.cut('all'));
    world.in(50_000, () => {
      world.mend('all');
      world.slow(20);
    });
    world.in(56_000, () => world.slow(Number.POSITIVE_INFINITY));
    world.run(80_000);
    expect(seen.filter(looksLikeAFall)).toEqual([]);
    expect(between(seen, 29, 60).some(blind)).toBe(true);
    expect(between(seen, 62, 78).filter(blind)).toEqual([]);
    expect(seen.at(-1)?.at).toBe(78);
  }
});

test('an app that was already waited for when the event log went away gets its whole time after it is back', () => {
  for (let seed = 1; seed <= 20; seed++) {
    const { world, seen } = watchOrders({ seed, partitions: 1 });
    const app = world.app('shop', { partition: 0, rate: 100 });
    world.in(30_000, () => app.hinder(0.01));
    world.in(33_400, () => world.cut('all'));
    world.in(33_500, () => app.hinder(Number.POSITIVE_INFINITY));
    world.in(43_400, () => world.mend('all'));
    world.run(60_000);
    expect({ seed, falls: seen.filter(looksLikeAFall) }).toEqual({ seed, falls: [] });
  }
});

test('memory full meanwhile: discarded events count as events', () => {
  const { world, seen } = watchOrders();
  shop(world, { memory: 100 });
  world.in(30_000, () => world.cut('all'));
  world.in(50_000, () => world.mend('all'));
  world.run(70_000);
  expect(seen.filter(looksLikeAFall)).toEqual([]);
  expect(between(seen, 40, 68).every(({ n, published, share }) => share === 0 || n === published)).toBe(true);
  expect(between(seen, 40, 48).some(({ share }) => share === 1)).toBe(true);
});

test('a sum cannot know what was discarded: such a second is blind', () => {
  const { world, seen } = watchOrders({ metric: ANY_AMOUNT });
  shop(world, { memory: 100 });
  world.in(30_000, () => world.cut('all'));
  world.in(50_000, () => world.mend('all'));
  world.run(70_000);
  expect(between(seen, 36, 49).every(blind)).toBe(true);
  expect(between(seen, 53, 68).some(blind)).toBe(false);
});

test('the counter dies for 5 s and reads on: nothing is missing', () => {
  const { world, seen } = watchOrders();
  shop(world);
  world.in(30_200, () => world.stopCounting());
  world.in(35_200, () => world.goOnCounting());
  world.run(50_000);
  for (const { n, published, share } of seen) expect({ n, share }).toEqual({ n: published, share: 1 });
  expect(seen.at(-1)?.at).toBe(48);
});

test('Plummet away for an hour, apps restarted meanwhile: what nobody heard is no data and no zero', () => {
  const { world, seen } = watchOrders();
  const apps = shop(world);
  world.in(30_000, () => {
    world.cut('all');
    for (const app of apps) app.kill();
  });
  world.skip(3_600_000, 31_000);
  shop(world);
  world.mend('all');
  world.run(20_000);
  expect(between(seen, 31, 3600).every(blind)).toBe(true);
  const after = between(seen, 3601, 3618);
  expect(after.length).toBeGreaterThan(12);
  for (const { n, published, share } of after) expect({ n, share }).toEqual({ n: published, share: 1 });
});

test('whatever parts are away, no second shows a loss that was not there', () => {
  let closed = 0;
  let unseen = 0;
  for (let seed = 1; seed <= 16; seed++) {
    const random = prng(seed * 7919);
    const { world, seen } = watchOrders({ seed, partitions: [1, 3, 6][seed % 3] as number });
    const apps = 1 + Math.floor(random() * 12);
    for (let i = 0; i < apps; i++) {
      const memory = random() < 0.3 ? 200 : 10_000;
      world.app(`shop-${i}`, { partition: Math.floor(random() * world.partitions), rate: 5 + random() * 80, memory });
    }
    for (const at of [20_000, 55_000]) {
      const forMs = random() * (random() < 0.5 ? 5000 : 20_000);
      const what = random() < 0.5 ? Math.floor(random() * world.partitions) : 'all';
      world.in(at, () => world.cut(what));
      world.in(at + forMs, () => world.mend(what));
      world.in(at + forMs, () => world.slow(apps * 10 + random() * 60));
      world.in(at + forMs + 8000, () => world.slow(Number.POSITIVE_INFINITY));
    }
    world.run(90_000);
    closed += seen.length;
    unseen += seen.filter(blind).length;
    expect({ seed, falls: seen.filter(looksLikeAFall) }).toEqual({ seed, falls: [] });
  }
  expect(closed).toBe(16 * 88);
  expect(unseen).toBeLessThan(closed / 10);
}, 60_000);
