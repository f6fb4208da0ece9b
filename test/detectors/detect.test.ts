import { expect, test } from 'vitest';
import { seriesOf } from '../../detectors/counting/metric.ts';
import type { DetectedMetric } from '../../detectors/watched.ts';
import type { Signal } from '../../platform/topics/signals.ts';
import { DetectWorld, ORDERS, PAGE_WHEN, SIGNUPS } from './detect-world.ts';

const firstDropped = (signals: (Signal & { second: number })[]): (Signal & { second: number }) | undefined => {
  return signals.find(({ state }) => state === 'dropped');
};

test('an hour of traffic gives one record for each second, in order, and the same one each time', async () => {
  const play = async (): Promise<unknown> => {
    const world = new DetectWorld({ seed: 7, metrics: [ORDERS, SIGNUPS] });
    await world.warm(ORDERS);
    const detect = await world.start();
    await world.run(3600);
    await detect.stop();
    expect(world.emitted.filter(({ name }) => name === 'stepFailed')).toEqual([]);
    expect(world.clock.timers).toBe(0);
    return world.records();
  };
  const records = (await play()) as { second: number; signals: Signal[] }[];
  const first = records[0]?.second as number;
  expect(records.map(({ second }) => second)).toEqual(Array.from({ length: 3599 }, (_, i) => first + i));
  for (const { signals } of records) {
    expect(signals.map(({ series, state }) => [series, state])).toEqual([
      [seriesOf(ORDERS), 'normal'],
      [seriesOf(SIGNUPS), 'warming'],
    ]);
  }
  expect(records.at(-1)?.signals[1]?.progressSeconds).toBeGreaterThan(3500);
  expect(await play()).toEqual(records);
}, 30_000);

test('a fall is said within six seconds, with its facts, once', async () => {
  const world = new DetectWorld();
  await world.warm();
  const detect = await world.start();
  await world.run(60);
  world.rates.set('orders', 2);
  const from = world.second;
  await world.run(30);
  await detect.stop();
  const signals = await world.signals();
  const dropped = signals.filter(({ state }) => state === 'dropped');
  expect(dropped[0]?.fall?.at).toBe(dropped[0]?.second);
  expect(dropped[0]?.second as number).toBeLessThan(from + 6);
  expect(Math.abs((dropped[0]?.fall?.from as number) - from)).toBeLessThanOrEqual(3);
  expect(new Set(dropped.map(({ fall }) => fall?.at)).size).toBe(1);
  const [record] = (await world.records()).filter(({ second }) => second === dropped[0]?.second);
  expect(record).toMatchObject({ by: 'detect-a', producers: 3, silent: [] });
  expect(record?.noneSpeaksSince).toBeUndefined();
});

test('all apps die at once: that is a fall, worded by since when nobody speaks', async () => {
  const world = new DetectWorld();
  await world.warm();
  const detect = await world.start();
  await world.run(60);
  world.speaks = false;
  const since = world.clock.wall();
  await world.run(30);
  await detect.stop();
  const dropped = firstDropped(await world.signals());
  expect(dropped?.second as number).toBeLessThan(since / 1000 + 6);
  const record = (await world.records()).find(({ second }) => second === dropped?.second);
  expect(Math.abs((record?.noneSpeaksSince as number) - since)).toBeLessThanOrEqual(250);
  expect(record?.silent).toHaveLength(3);
});

test('events of other clients go on while no app speaks: nobody is said to be cut off', async () => {
  const world = new DetectWorld();
  await world.warm();
  const detect = await world.start();
  await world.run(60);
  world.speaks = false;
  world.foreign = true;
  await world.run(30);
  await detect.stop();
  expect(firstDropped(await world.signals())).toBeUndefined();
  expect((await world.records()).every(({ noneSpeaksSince }) => noneSpeaksSince === undefined)).toBe(true);
});

test('a series that never had an event is warming, not dropped', async () => {
  const world = new DetectWorld({ rate: 0 });
  const detect = await world.start();
  await world.run(120);
  await detect.stop();
  const signals = await world.signals();
  expect(signals.length).toBeGreaterThan(110);
  for (const { state, n } of signals) expect({ state, n }).toEqual({ state: 'warming', n: 0 });
});

test('without progress every metric is blind within 3 s, second by second, and the true seconds follow', async () => {
  const world = new DetectWorld({ metrics: [ORDERS, SIGNUPS] });
  await world.warm();
  const detect = await world.start();
  await world.run(60);
  const before = (await world.records()).length;
  world.counting = false;
  const from = world.clock.wall();
  await world.run(10);
  const blind = (await world.records()).slice(before);
  expect(blind[0]?.at as number).toBeLessThanOrEqual(from + 3000);
  expect(blind.length).toBeGreaterThanOrEqual(7);
  for (const [i, { second, signals }] of blind.entries()) {
    expect(second).toBe((blind[0]?.second as number) + i);
    expect(signals.map(({ state, n }) => [state, n])).toEqual([
      ['blind', null],
      ['blind', null],
    ]);
  }
  expect(world.emitted.findLast(({ name }) => name === 'blindSeries')?.fields).toEqual({ value: 2 });
  world.counting = true;
  await world.run(20);
  await detect.stop();
  const after = (await world.signals()).slice(before + blind.length);
  expect(after.some(({ state }) => state === 'dropped')).toBe(false);
  expect(after.at(-1)?.state).toBe('normal');
  expect(after[0]?.second as number).toBeLessThan(blind.at(-1)?.second as number);
  expect(world.emitted.findLast(({ name }) => name === 'blindSeries')?.fields).toEqual({ value: 0 });
});

test('a fall decided on while signals cannot be appended is said when they can, in order', async () => {
  const world = new DetectWorld();
  await world.warm();
  const detect = await world.start();
  await world.run(60);
  world.log.failAppends(world.topics.signals, Number.POSITIVE_INFINITY);
  world.rates.set('orders', 2);
  await world.run(20);
  const before = (await world.records()).length;
  world.log.failAppends(world.topics.signals, 0);
  await world.run(5);
  await detect.stop();
  expect(world.emitted.filter(({ name }) => name === 'appendFailed').length).toBeGreaterThan(10);
  const signals = await world.signals();
  expect(signals.map(({ second }) => second)).toEqual(signals.map((_, i) => (signals[0]?.second as number) + i));
  expect(firstDropped(signals.slice(before))?.fall?.at).toBe(firstDropped(signals)?.second);
});

test('a new threshold keeps the series and its windows', async () => {
  const world = new DetectWorld();
  await world.warm();
  const detect = await world.start();
  await world.run(60);
  detect.retune([{ ...ORDERS, pageWhen: { ...PAGE_WHEN, drop: 0.2 } }]);
  await world.run(5);
  world.rates.set('orders', 63);
  await world.run(60);
  await detect.stop();
  const signals = await world.signals();
  expect(signals.some(({ state }) => state === 'warming')).toBe(false);
  expect(firstDropped(signals)?.fall?.drop).toBeLessThan(0.4);
});

test('a new filter begins a new series, and one that comes back goes on where it was', async () => {
  const world = new DetectWorld();
  await world.warm();
  const detect = await world.start();
  await world.run(60);
  const filtered: DetectedMetric = { ...ORDERS, where: { channel: ['web'] } };
  detect.retune([filtered]);
  await world.run(10);
  detect.retune([ORDERS]);
  await world.run(10);
  await detect.stop();
  const states = async (metric: DetectedMetric): Promise<string[]> => [...new Set((await world.signals(metric)).map(({ state }) => state))];
  expect(await states(filtered)).toEqual(['warming']);
  expect(await states(ORDERS)).toEqual(['normal']);
  expect((await world.signals(ORDERS)).length).toBe(59 + 10);
});

test('in a planned closing nothing drops', async () => {
  const world = new DetectWorld();
  await world.warm();
  const closed = (second: number): boolean => second >= world.clock.wall() / 1000 - 100;
  const detect = await world.start({ metrics: [{ ...ORDERS, closed }] });
  await world.run(60);
  world.rates.set('orders', 0);
  await world.run(60);
  await detect.stop();
  expect(firstDropped(await world.signals())).toBeUndefined();
});

test('a record of counts that cannot be read is passed over and told', async () => {
  const world = new DetectWorld();
  await world.warm();
  const detect = await world.start();
  await world.run(10);
  await world.log.append(world.topics.counts, [{ key: '0', value: '{"partition":0,', partition: 0 }]);
  await world.run(10);
  await detect.stop();
  expect(world.emitted.filter(({ name }) => name === 'stepFailed')).toHaveLength(1);
  expect(await world.signals()).toHaveLength(19);
});

test('what operators watch: seconds decided on, how long after their end, series and producers', async () => {
  const world = new DetectWorld({ metrics: [ORDERS, SIGNUPS] });
  const detect = await world.start();
  await world.run(60);
  await detect.stop();
  const values = (name: string): unknown[] => world.emitted.filter((one) => one.name === name).map(({ fields }) => fields.value);
  expect(values('seconds')).toHaveLength(59);
  for (const delay of values('detectDelay')) {
    expect(delay).toBeGreaterThanOrEqual(0.5);
    expect(delay).toBeLessThan(1);
  }
  expect([values('series').at(-1), values('producers').at(-1), values('blindSeries').at(-1)]).toEqual([2, 3, 0]);
});

test('the event log may be away at the start: deciding begins when it answers', async () => {
  const world = new DetectWorld();
  await world.warm();
  const positionsAt = world.process.positionsAt.bind(world.process);
  let isAway = true;
  world.process.positionsAt = (topic, since) => (isAway ? Promise.reject(new Error('no answer')) : positionsAt(topic, since));
  const detect = await world.start();
  await world.run(10);
  expect(await world.records()).toEqual([]);
  isAway = false;
  await world.run(10);
  await detect.stop();
  expect((await world.signals()).every(({ state }) => state === 'normal')).toBe(true);
  expect((await world.signals()).length).toBe(19);
});

test('how fast a metric can be sure is told in its first second, once a minute, and at once at another threshold', async () => {
  const world = new DetectWorld();
  await world.warm();
  const detect = await world.start();
  await world.run(300);
  const before = await world.signals();
  const toldAt = before.filter(({ outlook }) => outlook).map(({ second }) => second - (before[0]?.second ?? 0));
  expect(toldAt[0]).toBe(0);
  const steps = toldAt.slice(1).map((second, i) => second - (toldAt[i] as number));
  expect(steps[0]).toBeLessThanOrEqual(60);
  expect(new Set(steps.slice(1))).toEqual(new Set([60]));
  expect(before[0]?.outlook).toMatchObject({ quietest: null, day: null, now: { seconds: [4, 4, expect.any(Number)] } });
  expect(before[0]?.outlook?.now?.rate).toBeCloseTo(before[0]?.usual ?? 0, 1);
  detect.retune([{ ...ORDERS, pageWhen: { ...PAGE_WHEN, forSeconds: 30 } }]);
  await world.run(3);
  await detect.stop();
  const after = (await world.signals()).slice(before.length);
  expect(after.filter(({ outlook }) => outlook?.now?.seconds[0] === 30)).toHaveLength(1);
});
