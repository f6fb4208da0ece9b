import { expect, test } from 'vitest';
import { seriesOf } from '../../detectors/counting/metric.ts';
import { steepDrop } from '../../detectors/steep-drop/steep-drop.ts';
import type { StoredRecord } from '../../platform/eventlog/eventlog.ts';
import type { Signal } from '../../platform/topics/signals.ts';
import { decodeState, type SavedSeries, stateRecord } from '../../platform/topics/state.ts';
import { DetectWorld, ORDERS, SIGNUPS } from './detect-world.ts';

type Said = Signal & { second: number };

/** What stands of each second: the first word that is not blind, as alerting reads it. */
function standing(signals: readonly Said[]): Map<number, Pick<Said, 'state' | 'n'> & { fallAt: number | undefined }> {
  const stands = new Map<number, Pick<Said, 'state' | 'n'> & { fallAt: number | undefined }>();
  for (const { second, state, n, fall } of signals)
    if (state !== 'blind' && !stands.has(second)) stands.set(second, { state, n, fallAt: fall?.at });
  return stands;
}

const firstFall = (stands: ReturnType<typeof standing>): number => {
  return [...stands].find(([, { state }]) => state === 'dropped')?.[0] as number;
};

/** Three minutes with a fall in them that is mended; the detect process dies and comes again as `faults` says. */
async function play(faults: { killAt: number; awaySeconds: number }[]): Promise<Said[]> {
  const world = new DetectWorld({ seed: 3 });
  await world.warm();
  let detect = await world.start();
  let passed = 0;
  const until = async (at: number): Promise<void> => {
    await world.run(Math.max(0, at - passed));
    passed = Math.max(passed, at);
  };
  const steps = [
    { at: 40, run: async () => void world.rates.set('orders', 3) },
    { at: 110, run: async () => void world.rates.set('orders', 90) },
    ...faults.flatMap(({ killAt, awaySeconds }) => [
      { at: killAt, run: async () => world.kill() },
      {
        at: killAt + awaySeconds,
        run: async () => {
          detect = await world.start();
        },
      },
    ]),
    { at: 190, run: async () => detect.stop() },
  ].sort((a, b) => a.at - b.at);
  for (const { at, run } of steps) {
    await until(at);
    await run();
  }
  return world.signals();
}

test('killed at any moment of an outage and started again, it says the same of every second: no second fall, none forgotten', async () => {
  const undisturbed = standing(await play([]));
  expect(new Set([...undisturbed.values()].map(({ fallAt }) => fallAt))).toEqual(new Set([undefined, firstFall(undisturbed)]));
  for (const killAt of [15, 39.5, 41, 43.25, 44, 45.5, 50, 57.75, 80, 111, 130, 172]) {
    for (const awaySeconds of [0.25, 4]) {
      const said = await play([{ killAt, awaySeconds }]);
      expect({ killAt, awaySeconds, stands: standing(said) }).toEqual({ killAt, awaySeconds, stands: undisturbed });
    }
  }
  const said = await play([
    { killAt: 44, awaySeconds: 2 },
    { killAt: 52, awaySeconds: 1 },
    { killAt: 60, awaySeconds: 30 },
  ]);
  expect(standing(said)).toEqual(undisturbed);
}, 60_000);

test('a fall while no detect process runs is said at the next start, with its true beginning', async () => {
  const world = new DetectWorld();
  await world.warm();
  await world.start();
  await world.run(60);
  world.kill();
  await world.run(20);
  world.rates.set('orders', 1);
  const from = world.second;
  await world.run(120);
  const detect = await world.start();
  await world.run(5);
  await detect.stop();
  const dropped = (await world.signals()).filter(({ state }) => state === 'dropped');
  expect(dropped[0]?.second as number).toBeLessThan(from + 6);
  expect(Math.abs((dropped[0]?.fall?.from as number) - from)).toBeLessThanOrEqual(3);
  expect(standing(await world.signals()).size).toBe(60 + 140 + 5 - 1);
  // What was decided on after the last saved state is said again, and no more.
  expect((await world.records()).length - standing(await world.signals()).size).toBeLessThanOrEqual(11);
});

test('after a restart it is still known who is silent and since when nobody speaks', async () => {
  const world = new DetectWorld();
  await world.warm();
  await world.start();
  await world.run(60);
  world.speaks = false;
  await world.run(30);
  const before = (await world.records()).at(-1);
  expect(before?.silent).toHaveLength(3);
  for (const awaySeconds of [1, 20]) {
    world.kill();
    await world.run(awaySeconds);
    await world.start();
    await world.run(20);
    const { silent, noneSpeaksSince } = (await world.records()).at(-1) ?? {};
    expect({ silent, noneSpeaksSince }).toEqual({ silent: before?.silent, noneSpeaksSince: before?.noneSpeaksSince });
  }
});

test('without saved state it learns from the counts of the last hours, and is not warming then', async () => {
  const world = new DetectWorld();
  await world.run(5400);
  const detect = await world.start();
  await detect.caughtUp();
  await world.run(10);
  world.rates.set('orders', 1);
  await world.run(10);
  await detect.stop();
  const signals = await world.signals();
  expect(signals[0]?.state).toBe('normal');
  expect(signals.length).toBeLessThanOrEqual(21);
  expect(signals.at(-1)?.state).toBe('dropped');
}, 30_000);

test('a fall at the first start of all, on a window that is empty, pages nobody', async () => {
  const world = new DetectWorld();
  await world.run(30);
  world.rates.set('orders', 0);
  const detect = await world.start();
  await world.run(60);
  await detect.stop();
  expect((await world.signals()).every(({ state }) => state === 'warming')).toBe(true);
});

test('a saved state that cannot be read is told, and the series learns anew; the others keep theirs', async () => {
  const world = new DetectWorld({ metrics: [ORDERS, SIGNUPS] });
  await world.warm(ORDERS);
  await world.warm(SIGNUPS);
  const broken = { ...stateRecord({ series: seriesOf(ORDERS), second: 1, detector: {}, usual: [], spokeAt: null }) };
  for (const value of ['{"v":1,', '{"v":99}', '{"v":1,"series":"else"}', 'null']) {
    await world.log.append(world.topics.state, [{ ...broken, value }]);
    await world.start();
    await world.run(5);
    world.kill();
    const [orders, signups] = [(await world.signals(ORDERS)).at(-1), (await world.signals(SIGNUPS)).at(-1)];
    expect({ value, orders: orders?.state, signups: signups?.state }).toEqual({ value, orders: 'warming', signups: 'normal' });
  }
  const told = world.emitted.filter(({ name }) => name === 'stateUnreadable');
  expect(told.map(({ fields }) => fields.what)).toEqual(new Array(4).fill(`state of ${seriesOf(ORDERS)}`));
});

test('a state that was saved under a clock a day ahead is told and learned anew', async () => {
  const world = new DetectWorld();
  await world.save(ORDERS, world.second + 86_400, steepDrop(ORDERS.pageWhen).save());
  const detect = await world.start();
  await world.run(20);
  await detect.stop();
  expect(world.emitted.filter(({ name }) => name === 'stateUnreadable')).toHaveLength(1);
  expect((await world.signals()).length).toBe(18);
});

test('each series is saved once in ten seconds, in turn, and once more at the end', async () => {
  const world = new DetectWorld({ metrics: [ORDERS, SIGNUPS] });
  const records: StoredRecord[] = [];
  world.log.read(world.topics.state, new Map(), (read) => void records.push(...read));
  const detect = await world.start();
  await world.run(61);
  const saved = (): SavedSeries[] => records.map((record) => decodeState(record) as SavedSeries);
  const of = (series: string): SavedSeries[] => saved().filter((one) => one.series === series);
  for (const metric of [ORDERS, SIGNUPS]) {
    const seconds = of(seriesOf(metric)).map(({ second }) => second);
    expect(seconds.length).toBeGreaterThanOrEqual(5);
    expect(seconds.length).toBeLessThanOrEqual(6);
    for (const [i, second] of seconds.entries()) if (i > 0) expect(second - (seconds[i - 1] as number)).toBe(10);
  }
  expect(of(seriesOf(ORDERS))[0]?.second).not.toBe(of(seriesOf(SIGNUPS))[0]?.second);
  await detect.stop();
  await world.clock.advance(0);
  const last = (await world.signals()).at(-1)?.second;
  expect(
    saved()
      .slice(-2)
      .map(({ second }) => second),
  ).toEqual([last, last]);
});

test('what is saved is read again as it was', () => {
  const saved: SavedSeries = {
    series: 'orders~1',
    second: 1763733600,
    detector: { windows: [1, 2.5] },
    usual: [3, 0, 9],
    spokeAt: 1763733599123,
  };
  const record = { partition: 0, offset: 0, appendedAt: 0, headers: {}, ...stateRecord(saved) };
  expect(decodeState({ ...record, partition: 0, headers: {} })).toEqual(saved);
  expect(decodeState({ ...record, partition: 0, headers: {}, key: 'other~2' })).toBe('has not the shape of a saved series');
});
