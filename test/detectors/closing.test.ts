import { expect, test } from 'vitest';
import type { ClosedSecond } from '../../detectors/counting/closing.ts';
import { Readings } from '../../detectors/counting/readings.ts';
import { START_MS } from './outage-world.ts';
import { between, blind, looksLikeAFall, ORDERS, shop, watchOrders } from './seen-seconds.ts';

test('a second closes half a second to a second after its end while heartbeats flow, and is exact', () => {
  const { world, seen } = watchOrders();
  shop(world);
  world.run(60_000);
  expect(seen.map(({ at }) => at)).toEqual(Array.from({ length: 58 }, (_, i) => i + 1));
  for (const { lag, n, published, share, silent, producers, noneSpeaksSince } of seen) {
    expect(lag).toBeGreaterThanOrEqual(0.5);
    expect(lag).toBeLessThan(1);
    expect({ n, share, silent, producers, noneSpeaksSince }).toEqual({
      n: published,
      share: 1,
      silent: [],
      producers: 6,
      noneSpeaksSince: null,
    });
  }
});

test('a fresh installation closes true zeros from its first full second, and nobody is missed', () => {
  const { world, seen } = watchOrders();
  world.run(10_000);
  expect(seen.length).toBe(8);
  for (const { n, share, noneSpeaksSince } of seen)
    expect({ n, share, noneSpeaksSince }).toEqual({ n: 0, share: 1, noneSpeaksSince: null });
});

test('all apps die at once: true zeros that close 3.5 s after their end, and it is known since when nobody speaks', () => {
  const { world, seen } = watchOrders();
  const apps = shop(world);
  world.in(30_300, () => {
    for (const app of apps) app.kill();
  });
  world.run(60_000);
  const dead = between(seen, 31, 58);
  expect(dead.length).toBeGreaterThan(25);
  for (const { n, share, lag, noneSpeaksSince, silent } of dead) {
    expect({ n, share }).toEqual({ n: 0, share: 1 });
    expect(lag).toBeLessThan(4);
    expect(noneSpeaksSince).toBeGreaterThan(START_MS + 30_000);
    expect(noneSpeaksSince).toBeLessThan(START_MS + 30_500);
    expect(silent.length).toBe(6);
  }
  expect(seen.at(-1)?.lag).toBeLessThan(1);
});

test('one of many dies: its seconds close 3 s later until it was silent for 10 s, and it is named', () => {
  const { world, seen } = watchOrders();
  const [first] = shop(world);
  world.in(30_300, () => first?.kill());
  world.run(60_000);
  for (const { silent, share, noneSpeaksSince } of between(seen, 31, 58)) {
    expect({ silent, share, noneSpeaksSince }).toEqual({ silent: [first?.producer], share: 1, noneSpeaksSince: null });
  }
  for (const { lag } of between(seen, 31, 36)) expect(lag).toBeGreaterThan(3);
  for (const { lag } of seen) expect(lag).toBeLessThan(4);
  for (const { lag, producers } of between(seen, 42, 58)) expect({ isSoon: lag < 1, producers }).toEqual({ isSoon: true, producers: 5 });
});

test('one of many restarts with a goodbye: nobody waits for it and nobody is named', () => {
  const { world, seen } = watchOrders();
  const [first] = shop(world);
  world.in(30_300, () => first?.leave());
  world.in(33_000, () => world.app('shop-0', { partition: 1, rate: 40 }));
  world.run(50_000);
  for (const { lag, silent, n, published } of seen)
    expect({ isSoon: lag < 1, silent, n }).toEqual({ isSoon: true, silent: [], n: published });
});

test('a producer that speaks but is behind is late: its partition is left out until it has caught up', () => {
  const { world, seen } = watchOrders();
  shop(world);
  const slow = world.app('slow', { partition: 0, rate: 400 });
  world.in(30_000, () => slow.hinder(0.5));
  world.in(50_000, () => slow.hinder(Number.POSITIVE_INFINITY));
  world.run(70_000);
  expect(seen.filter(looksLikeAFall)).toEqual([]);
  for (const { leftOut, silent } of between(seen, 38, 45))
    expect({ leftOut, silent }).toEqual({ leftOut: [true, false, false], silent: [] });
  for (const { share } of between(seen, 60, 68)) expect(share).toBe(1);
});

test('a slow series is judged by its last minutes: eight seconds of it are chance', () => {
  const { world, seen } = watchOrders();
  [0, 1, 2].map((partition) => world.app(`shop-${partition}`, { partition, rate: 0.5 }));
  world.in(400_000, () => world.cut(0));
  world.run(430_000);
  const cut = between(seen, 403, 428);
  expect(cut.length).toBe(25);
  for (const { share } of cut) {
    expect(share).toBeGreaterThan(0.55);
    expect(share).toBeLessThan(0.8);
  }
});

test('of a series with a few events an hour nobody knows which partition it would use: blind while one is left out', () => {
  const { world, seen } = watchOrders();
  for (const partition of [0, 1, 2]) world.app(`shop-${partition}`, { partition, rate: 0.01 });
  world.in(400_000, () => world.cut(0));
  world.run(430_000);
  expect(between(seen, 403, 428).every(blind)).toBe(true);
});

test('whoever begins to read later says the same of each second', () => {
  const { world, seen, records } = watchOrders({ seed: 5 });
  const apps = shop(world);
  world.in(40_000, () => world.cut(1));
  world.in(47_000, () => world.mend(1));
  world.in(55_300, () => apps[0]?.kill());
  world.in(70_000, () => world.cut('all'));
  world.in(78_000, () => world.mend('all'));
  world.run(100_000);
  for (let from = 0; from < records.length / 3; from += 7) {
    const readings = new Readings(3);
    const index = readings.watch(ORDERS);
    const again: unknown[] = [];
    for (const record of records.slice(from)) {
      readings.take(record);
      for (let closed = readings.close(); closed; closed = readings.close()) {
        again.push({ ...closed, n: readings.n(index), share: readings.share(index) });
      }
    }
    const first = (records[from]?.progress ?? 0) / 1000 + 15;
    const told = seen.map(({ at, lag, published, ...rest }) => ({ ...rest, second: at + START_MS / 1000 }));
    expect(again.filter((one) => (one as ClosedSecond).second > first)).toEqual(told.filter(({ second }) => second > first));
  }
});
