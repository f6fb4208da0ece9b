import { expect, test } from 'vitest';
import { seriesOf } from '../../detectors/counting/metric.ts';
import type { HistorySeconds, HistorySource } from '../../detectors/learn-thresholds.ts';
import type { PageWhen } from '../../detectors/steep-drop/page-when.ts';
import { askedOf } from '../../detectors/tail/learned.ts';
import type { DetectedMetric } from '../../detectors/watched.ts';
import { decodeThreshold, type LearnedThreshold, thresholdRecord } from '../../platform/topics/thresholds.ts';
import { pauses } from '../support/pauses.ts';
import { Traffic } from '../support/traffic.ts';
import { DetectWorld, ORDERS, PAGE_WHEN, SIGNUPS } from './detect-world.ts';

const DAY = 86_400;
const CRITICAL: DetectedMetric = { ...ORDERS, learns: true };
const PAGES = 12;
/** A process looks at a series two to seven minutes after its start. */
const LOOKED_SECONDS = 430;

/** What a store would have kept of a metric that stands still now and then, for so many days. */
class Memory implements HistorySource {
  readonly #days: number;
  asked = 0;
  isAway = false;

  constructor(days: number) {
    this.#days = days;
  }

  async firstOf(_: unknown, __: number, to: number): Promise<number> {
    this.asked++;
    if (this.isAway) throw Object.assign(new Error('the store does not answer'), { kind: 'away' });
    return this.#days === 0 ? 0 : to - this.#days * DAY;
  }

  #made: { traffic: Traffic; still: (second: number) => number; next: number } | null = null;

  /** Asked for in order, as a learner does. */
  async secondsOf(_: unknown, from: number, to: number): Promise<HistorySeconds> {
    this.#made ??= { traffic: new Traffic(6), still: pauses(5, 150, 1.5), next: from };
    const { traffic, still } = this.#made;
    const seconds = Array.from({ length: to - from }, (__, i) => from + i);
    const counts = seconds.map((second) => traffic.count(3 * still(second - (this.#made?.next ?? 0))));
    const elsewhere = { joint: null, startsElsewhere: false, endsElsewhere: false };
    return { seconds, counts, shares: seconds.map(() => 1), ...elsewhere };
  }

  leftOut = async (): Promise<[]> => [];
}

const learned = (world: DetectWorld): LearnedThreshold[] =>
  world.log.records(world.topics.config, 0).flatMap((record) => decodeThreshold(record) ?? []);

const raise = (world: DetectWorld, more: Partial<LearnedThreshold> = {}): Promise<unknown> => {
  const told: LearnedThreshold = {
    ...{ series: seriesOf(ORDERS), by: 'detect-b', from: world.second + 10, asked: askedOf(PAGE_WHEN), formula: 5.99 },
    ...{ raised: 7.2, before: null, days: 21, ofDays: 7, peaks: 40, limitedBy: null, ...more },
    fit: { sigmas: 7.13, low: 6.6, high: 8, mean: 4, falsePagesByFormula: 20, isHeavier: false },
  };
  return world.log.append(world.topics.config, [thresholdRecord(told)]);
};

test('a raise holds from its second on, in a process that was there and in one that starts later, told beside the outlook', async () => {
  const world = new DetectWorld();
  await world.warm();
  const metrics = [CRITICAL];
  const detect = await world.start({ metrics });
  await world.run(20);
  const from = world.second + 10;
  await raise(world);
  await world.run(20);
  const told = (await world.signals()).flatMap(({ second, outlook }) => {
    return outlook ? [{ second, sigmas: outlook.pageWhen.raisedSigmas ?? null, history: outlook.history?.raised ?? null }] : [];
  });
  expect(told.find(({ sigmas }) => sigmas === 7.2)).toEqual({ second: from, sigmas: 7.2, history: 7.2 });
  expect(told.filter(({ second }) => second < from).every(({ sigmas }) => sigmas === null)).toBe(true);
  await detect.stop();
  const again = await world.start({ metrics });
  world.rates.set('orders', 5);
  await world.run(30);
  await again.stop();
  const page = (await world.signals()).find(({ state }) => state === 'dropped')?.fall;
  expect(page).toMatchObject({ threshold: -7.2, raisedFrom: expect.closeTo(-5.99, 2), raisedByDays: 21 });
});

test('of other limits a raise says nothing, and nothing is raised of a metric that wakes nobody', async () => {
  const world = new DetectWorld({ metrics: [ORDERS, SIGNUPS] });
  await world.warm();
  await world.warm(SIGNUPS);
  await raise(world, { from: world.second, asked: 'others' });
  await raise(world, { from: world.second, series: seriesOf(SIGNUPS) });
  const detect = await world.start({ metrics: [CRITICAL, SIGNUPS] });
  await world.run(5);
  for (const metric of [ORDERS, SIGNUPS]) world.rates.set(metric.name, 5);
  await world.run(30);
  await detect.stop();
  const thresholds = [...(await world.signals()), ...(await world.signals(SIGNUPS))].flatMap(({ fall }) => (fall ? [fall.threshold] : []));
  expect(thresholds.length).toBeGreaterThan(10);
  for (const threshold of thresholds) expect(threshold).toBeCloseTo(-5.99, 2);
});

test('one of two processes learns what the history asks for, both decide by it, and it is learned once a day', async () => {
  const world = new DetectWorld();
  await world.warm();
  const histories = [new Memory(PAGES), new Memory(PAGES)];
  const starts = histories.map((history, i) => world.start({ metrics: [CRITICAL], history, by: `detect-${'ab'[i]}` }));
  const both = await Promise.all(starts);
  await world.run(LOOKED_SECONDS);
  const [first, ...others] = learned(world);
  expect(others).toEqual([]);
  expect(first?.days).toBeGreaterThan(10);
  expect(first?.raised).toBeGreaterThan(6.2);
  const [at, before] = [first?.from as number, await world.records()];
  for (const by of ['detect-a', 'detect-b']) {
    const own = before.filter((record) => record.by === by).flatMap(({ second, signals }) => signals.map((signal) => ({ second, signal })));
    const raised = own.filter(({ signal }) => signal.outlook?.pageWhen.raisedSigmas !== undefined);
    expect([by, raised[0]?.second]).toEqual([by, at]);
  }
  expect(world.emitted.filter(({ name }) => name === 'thresholdLearned')).toHaveLength(1);
  await Promise.all(both.map((detect) => detect.stop()));
}, 60_000);

test('too short a history is told and raises nothing; one that cannot be read is told once and tried again', async () => {
  const world = new DetectWorld();
  await world.warm();
  const history = new Memory(3);
  history.isAway = true;
  const detect = await world.start({ metrics: [CRITICAL], history });
  await world.run(LOOKED_SECONDS + 650);
  expect(learned(world)).toEqual([]);
  expect(history.asked).toBe(2);
  expect(world.emitted.filter(({ name }) => name === 'thresholdUnknown')).toHaveLength(1);
  history.isAway = false;
  await world.run(620);
  const limits: PageWhen = { ...PAGE_WHEN, drop: 0.5 };
  expect(learned(world)).toMatchObject([{ raised: null, days: 2, ofDays: 7, peaks: 0, fit: null, asked: askedOf(PAGE_WHEN) }]);
  detect.retune([{ ...CRITICAL, pageWhen: limits }]);
  await world.run(620);
  await detect.stop();
  expect(learned(world)).toMatchObject([{ asked: askedOf(limits), before: null }]);
}, 60_000);
