import { expect, test } from 'vitest';
import type { ClosedSecond } from '../../detectors/counting/closing.ts';
import type { CountedMetric } from '../../detectors/counting/metric.ts';
import { Readings } from '../../detectors/counting/readings.ts';
import type { CountsRecord } from '../../platform/topics/counts.ts';
import { type App, randomOf, START_MS, World } from './outage-world.ts';

const ORDERS: CountedMetric = { name: 'orders', event: 'order.placed' };
const ANY_AMOUNT: CountedMetric = { name: 'amounts', event: 'order.placed', value: 'amount' };

/** A closed second as the detector of one series sees it; seconds are told from the start of the world. */
interface Seen extends Omit<ClosedSecond, 'second'> {
  readonly at: number;
  /** From the second's end to its closing. */
  readonly lag: number;
  readonly n: number;
  /** 0: blind. */
  readonly share: number;
  readonly published: number;
}

function watchOrders({ seed = 1, partitions = 3, metric = ORDERS } = {}): { world: World; seen: Seen[]; records: CountsRecord[] } {
  const readings = new Readings(partitions);
  const index = readings.watch(metric);
  const seen: Seen[] = [];
  const records: CountsRecord[] = [];
  const counts = (record: CountsRecord): void => {
    records.push(record);
    readings.take(record);
    for (let closed = readings.close(); closed; closed = readings.close()) {
      const { second, ...rest } = closed;
      const at = second - START_MS / 1000;
      const lag = world.now / 1000 - second - 1;
      seen.push({ ...rest, at, lag, n: readings.n(index), share: readings.share(index), published: world.published.get(second) ?? 0 });
    }
  };
  const world: World = new World({ seed, partitions, metrics: [metric], counts });
  return { world, seen, records };
}

/** Two apps a partition, 40 orders a second each. */
function shop(world: World, options: { memory?: number; rate?: number } = {}): App[] {
  return Array.from({ length: 2 * world.partitions }, (_, i) =>
    world.app(`shop-${i}`, { partition: i % world.partitions, rate: 40, ...options }),
  );
}

const between = (seen: Seen[], from: number, to: number): Seen[] => seen.filter(({ at }) => at >= from && at < to);

/** Less than what the readable partitions must have had, by more than chance. */
const looksLikeAFall = ({ n, share, published }: Seen): boolean =>
  share > 0 && n < 0.8 * share * published - 3 * Math.sqrt(share * published);

const blind = ({ share }: Seen): boolean => share === 0;

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
    for (const app of apps) {
      app.leave();
      world.app('next', { partition: 2, rate: 40 });
    }
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

test('whatever parts are away, no second shows a loss that was not there', () => {
  let closed = 0;
  let unseen = 0;
  for (let seed = 1; seed <= 24; seed++) {
    const random = randomOf(seed * 7919);
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
  expect(closed).toBe(24 * 88);
  expect(unseen).toBeLessThan(closed / 10);
});
