import { expect, test } from 'vitest';
import type { PastSource } from '../../detectors/give-past.ts';
import type { Past } from '../../detectors/past/past.ts';
import { steepDrop } from '../../detectors/steep-drop/steep-drop.ts';
import { prng } from '../support/prng.ts';
import { DetectWorld, ORDERS, PAGE_WHEN, SIGNUPS } from './detect-world.ts';
import { poisson } from './outage-app.ts';

const RATE = 90;
const HOUR = 3600;
const NOTHING: Past = { minutes: { minutes: [], rates: [] }, seconds: { seconds: [], counts: [], shares: [] }, isOurs: true };

/** What a store would know: three hours up to the second that is asked for, at this rate (at: seconds before it). */
function known(before: number, rate: (ago: number) => number = () => RATE): Past {
  const random = prng(5);
  const seconds = Array.from({ length: 3 * HOUR }, (_, i) => before - 3 * HOUR + i);
  const counts = seconds.map((second) =>
    Array.from({ length: 9 }, () => poisson(rate(before - second) / 9, random)).reduce((a, b) => a + b),
  );
  return { ...NOTHING, seconds: { seconds, counts, shares: seconds.map(() => 1) } };
}

/** A store that a test makes slow, takes away, or fills. */
class Memory implements PastSource {
  asked: string[] = [];
  read = async (_: unknown, before: number): Promise<Past> => known(before);
  rows = 1;
  isAway = false;

  async known({ name }: { name: string }): Promise<number> {
    this.asked.push(name);
    if (this.isAway) throw Object.assign(new Error('the store does not answer'), { kind: 'away' });
    return this.rows;
  }
}

const stretches = (states: string[]): string[] => states.filter((state, i) => state !== states[i - 1]);

async function states(world: DetectWorld, metric = ORDERS): Promise<string[]> {
  return stretches((await world.signals(metric)).map(({ state }) => state));
}

test('a new metric is given its past and is warm within seconds; what is warm already is left alone', async () => {
  const world = new DetectWorld({ metrics: [ORDERS, SIGNUPS] });
  await world.warm(SIGNUPS);
  const past = new Memory();
  const detect = await world.start({ past });
  await world.run(10);
  await detect.stop();
  expect(await states(world)).toEqual(['warming', 'normal']);
  expect((await world.signals()).filter(({ state }) => state === 'warming').length).toBeLessThan(6);
  expect(await states(world, SIGNUPS)).toEqual(['normal']);
  expect(new Set(past.asked)).toEqual(new Set(['orders']));
  expect(world.emitted.filter(({ name }) => name === 'pastGiven').map(({ fields }) => fields.seconds)).toEqual([3 * HOUR]);
});

test('a store that hangs, fails or knows nothing holds no second up; what it knows later is taken within a minute', async () => {
  const world = new DetectWorld();
  const past = new Memory();
  past.isAway = true;
  const detect = await world.start({ past });
  await world.run(100);
  past.isAway = false;
  past.rows = 0;
  await world.run(70);
  past.rows = 1;
  past.read = () => new Promise(() => undefined);
  const before = past.asked.length;
  await world.run(62);
  expect(past.asked.length).toBe(before + 1);
  expect(await states(world)).toEqual(['warming']);
  expect((await world.signals()).length).toBeGreaterThanOrEqual(229);
  expect(world.emitted.filter(({ name }) => name === 'pastUnknown')).toHaveLength(1);
  await detect.stop();
});

test('history that is imported while a metric warms is taken within a minute, and asked for once as long as nothing is new', async () => {
  const world = new DetectWorld();
  const past = new Memory();
  let read = 0;
  past.read = async () => {
    read++;
    return NOTHING;
  };
  const detect = await world.start({ past });
  await world.run(150);
  expect(read).toBe(1);
  past.read = async (_, before) => known(before);
  past.rows = 2;
  await world.run(62);
  await detect.stop();
  expect(await states(world)).toEqual(['warming', 'normal']);
});

test('an outage that began before the metric was warm is said as soon as it is, with its true beginning', async () => {
  const world = new DetectWorld();
  const past = new Memory();
  let give: (past: Past) => void = () => undefined;
  let asked = 0;
  past.read = (_, before) => {
    asked = before;
    return new Promise((resolve) => {
      give = resolve;
    });
  };
  const detect = await world.start({ past });
  await world.run(20);
  world.rates.set('orders', 1);
  const from = world.second;
  await world.run(20);
  expect(await states(world)).toEqual(['warming']);
  give(known(asked));
  await world.run(3);
  await detect.stop();
  expect(await states(world)).toEqual(['warming', 'dropped']);
  const [first] = (await world.signals()).filter(({ state }) => state === 'dropped');
  expect(Math.abs((first?.fall?.from as number) - from)).toBeLessThanOrEqual(2);
  expect(first?.second).toBeGreaterThan(from + 15);
});

test('an outage of the past that has ended pages nobody', async () => {
  const world = new DetectWorld();
  const past = new Memory();
  past.read = async (_, before) => known(before, (ago) => (ago > HOUR && ago < 2 * HOUR ? 0 : RATE));
  const detect = await world.start({ past });
  await world.run(30);
  await detect.stop();
  expect(await states(world)).toEqual(['warming', 'normal']);
});

/** As if it had been watched until two days ago. */
async function savedLongAgo(world: DetectWorld): Promise<void> {
  const detector = steepDrop(PAGE_WHEN);
  const last = world.second - 2 * 86_400;
  for (let minute = Math.floor(last / 60) - 3 * 1440; minute < Math.floor(last / 60); minute++) detector.remember({ minute, rate: RATE });
  const random = prng(8);
  for (let second = last - 2 * HOUR; second <= last; second++) detector.next({ second, n: poisson(RATE, random), share: 1 });
  await world.save(ORDERS, last, detector.save());
}

test('what was away for days is given what was learned elsewhere meanwhile, once', async () => {
  const world = new DetectWorld();
  await savedLongAgo(world);
  const past = new Memory();
  const detect = await world.start({ past });
  await world.run(150);
  await detect.stop();
  expect(past.asked).toHaveLength(1);
  expect(world.emitted.filter(({ name }) => name === 'pastGiven')).toHaveLength(1);
  expect(await states(world)).toEqual(['normal']);
});

test('what is down is never replaced', async () => {
  const world = new DetectWorld();
  await savedLongAgo(world);
  world.rates.set('orders', 0);
  const past = new Memory();
  past.read = async (_, before) => {
    while (!(await states(world)).includes('dropped')) await new Promise((resolve) => setImmediate(resolve));
    return known(before, () => 0);
  };
  const detect = await world.start({ past });
  await world.run(30);
  await detect.stop();
  expect((await states(world)).at(-1)).toBe('dropped');
  expect(world.emitted.filter(({ name }) => name === 'pastGiven')).toEqual([]);
});

test('zeros of before it was counted are no history of a metric that is new at a start', async () => {
  const world = new DetectWorld({ metrics: [SIGNUPS] });
  await world.run(HOUR + 600);
  const detect = await world.start({ metrics: [SIGNUPS, ORDERS] });
  await world.run(5);
  await detect.stop();
  expect(await states(world, SIGNUPS)).toEqual(['normal']);
  expect(new Set(await states(world))).toEqual(new Set(['warming']));
});
