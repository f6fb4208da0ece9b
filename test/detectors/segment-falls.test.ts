import { expect, test } from 'vitest';
import { pageWhenOfSegment, sharedOut } from '../../detectors/segments/budget.ts';
import { sigmasOf } from '../../detectors/steep-drop/threshold.ts';
import { ORDERS, pageOf, SegmentWorld, type Told } from './segment-world.ts';

const RATES = { de: 60, at: 20, ch: 12, us: 5, nl: 3 };
const WARM_SECONDS = 4200;

function warmWorld(options?: ConstructorParameters<typeof SegmentWorld>[1], rates: Readonly<Record<string, number>> = RATES): SegmentWorld {
  const world = new SegmentWorld(rates, options);
  expect(pageOf(world.run(WARM_SECONDS))).toBeUndefined();
  return world;
}

const lose = (world: SegmentWorld, ...names: string[]): void => {
  for (const name of names) world.rates.set(name, 0);
};
const statesOf = (told: readonly Told[]): string[] => told.map(({ state }) => state).filter((state, i, all) => state !== all[i - 1]);

test('a country of 3 % that is lost entirely is found by itself: the fall is its own, the rate is that of all', () => {
  const world = warmWorld();
  const began = world.second;
  lose(world, 'nl');
  const page = pageOf(world.run(60));
  expect(page?.fall).toMatchObject({ segment: 'nl', by: 'country', rateAfter: 0, drop: 1 });
  expect(page?.fall?.from).toBeGreaterThanOrEqual(began - 1);
  expect(page?.fall?.rateBefore).toBeCloseTo(3, 0);
  expect(page?.fall?.segments).toEqual([{ segment: 'nl', share: expect.any(Number), drop: 1 }]);
  expect(page?.rate).toBeGreaterThan(80);
  world.rates.set('nl', 3);
  expect(statesOf(world.run(300))).toEqual(['dropped', 'recovering', 'normal']);
});

test('a fall of all is told by the whole, and that no segment carries it more than the others', () => {
  const world = warmWorld();
  for (const [name, rate] of world.rates) world.rates.set(name, 0.3 * rate);
  const page = pageOf(world.run(30));
  expect(page?.fall).toMatchObject({ by: 'country', segments: [] });
  expect(page?.fall?.segment).toBeUndefined();
  expect(page?.fall?.threshold).toBeCloseTo(-sigmasOf(0.5), 5);
});

test('a fall of the whole names those who carry it', () => {
  const world = warmWorld();
  lose(world, 'de', 'us');
  const page = pageOf(world.run(30));
  expect(page?.fall?.segment).toBeUndefined();
  expect(page?.fall?.segments?.map(({ segment, drop }) => [segment, drop])).toEqual([
    ['de', 1],
    ['us', 1],
  ]);
  const [first, second] = page?.fall?.segments ?? [];
  expect(first?.share).toBeGreaterThan(0.8);
  expect((first?.share ?? 0) + (second?.share ?? 0)).toBeLessThanOrEqual(1.001);
});

test('while first a country and then everything is down the metric is down, and back once all are back', () => {
  const world = warmWorld();
  lose(world, 'nl');
  const first = world.run(60);
  expect(pageOf(first)?.fall?.segment).toBe('nl');
  lose(world, 'de', 'at', 'ch', 'us');
  const second = world.run(60);
  expect(statesOf([...first.slice(first.findIndex(({ state }) => state === 'dropped')), ...second])).toEqual(['dropped']);
  expect(second.at(-1)?.fall?.segment).toBeUndefined();
  for (const name of ['de', 'at', 'ch', 'us'] as const) world.rates.set(name, RATES[name]);
  // All but the country are back: it still is down.
  expect(world.run(200).at(-1)).toMatchObject({ state: 'dropped', fall: { segment: 'nl' } });
  world.rates.set('nl', 3);
  expect(world.run(300).at(-1)?.state).toBe('normal');
});

test('a country that falls while another one is down for long is told, and then the other one again', () => {
  const world = warmWorld();
  lose(world, 'nl');
  const first = pageOf(world.run(120));
  lose(world, 'at');
  expect(world.run(60).at(-1)?.fall).toMatchObject({ segment: 'at', drop: 1 });
  world.rates.set('at', 20);
  expect(world.run(200).at(-1)?.fall).toMatchObject({ segment: 'nl', at: first?.fall?.at });
});

test('while the whole is down the past of a segment is closed from its fall on, and not before it', () => {
  const world = warmWorld();
  world.rates.set('fr', 8);
  world.run(120);
  const began = world.second;
  lose(world, ...Object.keys(RATES), 'fr');
  world.run(40);
  const fr = world.deciding.lacking.find(({ metric }) => metric.segment === 'fr');
  expect([began - 60, world.second].map((second) => fr?.metric.closed?.(second))).toEqual([false, true]);
});

test('segments that fell with the whole are back with it: none of them keeps the incident open', () => {
  const world = warmWorld({ seed: 5 }, { ...RATES, lu: 0.2 });
  lose(world, ...world.rates.keys());
  expect(pageOf(world.run(120))?.fall?.segment).toBeUndefined();
  for (const [name, rate] of Object.entries({ ...RATES, lu: 0.2 })) world.rates.set(name, rate);
  const back = world.run(70);
  expect(back.at(-1)?.state).toBe('normal');
});

test('what all lost together is no page of a segment when all are back, and one that is lost then is found', () => {
  const rates = { de: 15, at: 7, ch: 4.6, us: 3.2, fr: 2.3, nl: 1 };
  const world = warmWorld({ seed: 4 }, rates);
  lose(world, ...world.rates.keys());
  world.run(145);
  for (const [name, rate] of Object.entries(rates)) world.rates.set(name, rate);
  const back = world.run(240);
  expect(statesOf(back).filter((state) => state === 'dropped' || state === 'recovering')).toEqual(['dropped', 'recovering']);
  lose(world, 'us');
  expect(pageOf(world.run(90))?.fall?.segment).toBe('us');
});

test('another process knows that all were down together', () => {
  const rates = { de: 15, at: 7, ch: 4.6, us: 3.2, fr: 2.3, nl: 1 };
  const world = warmWorld({ seed: 4 }, rates);
  lose(world, ...world.rates.keys());
  world.run(145);
  for (const [name, rate] of Object.entries(rates)) world.rates.set(name, rate);
  world.run(75);
  world.restart();
  expect(statesOf(world.run(165)).filter((state) => state === 'dropped')).toEqual([]);
});

test('another process goes on with what each segment knew, also in the middle of a fall', () => {
  const world = warmWorld();
  expect(world.restart()).toBe(6);
  lose(world, 'nl');
  const page = pageOf(world.run(40));
  expect(page?.fall?.segment).toBe('nl');
  world.restart();
  const told = world.run(20);
  expect(statesOf(told)).toEqual(['dropped']);
  expect(told.at(-1)?.fall).toMatchObject({ segment: 'nl', at: page?.fall?.at });
});

test('segments by one field are not taken for those by another: what the other field does not have is not lost', () => {
  const world = warmWorld();
  const byPlan = { ...ORDERS, by: { ...ORDERS.by, field: 'plan' } } as typeof ORDERS;
  world.rates.clear();
  for (const [plan, rate] of [['pro', 80] as const, ['team', 20] as const]) world.rates.set(plan, rate);
  world.deciding.retune([byPlan]);
  expect(statesOf(world.run(120))).toEqual(['normal']);
  world.restart();
  expect(statesOf(world.run(120))).toEqual(['normal']);
});

test('what nobody could look into, or was discarded, is no fall of a segment', () => {
  const world = warmWorld();
  world.read = 0.5;
  expect(statesOf(world.run(60))).toEqual(['normal']);
  world.read = 1;
  world.lost = 40;
  expect(pageOf(world.run(30))).toBeUndefined();
  world.lost = 0;
  lose(world, 'nl');
  expect(pageOf(world.run(60))?.fall?.segment).toBe('nl');
});

test('of more values than are watched those with the most events are, and others only carry falls as `other`', () => {
  const many = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`c${i}`, i < 3 ? 20 : 1.5]));
  const metric = { ...ORDERS, by: { field: 'country', max: 3, segmentsFalsePagesPerYear: 0.5 } };
  const world = warmWorld({ metric }, many);
  const names = (told: readonly Told[]): string[] =>
    (told.findLast(({ segments }) => segments)?.segments ?? []).map(({ segment }) => segment);
  expect(names(world.run(120)).sort()).toEqual(['c0', 'c1', 'c2']);
  for (let i = 3; i < 30; i++) lose(world, `c${i}`);
  expect(pageOf(world.run(30))?.fall?.segments?.map(({ segment }) => segment)).toEqual(['other']);
  for (let i = 3; i < 30; i++) world.rates.set(`c${i}`, 1.5);
  world.run(200);
  world.rates.set('c9', 100);
  expect(names(world.run(3000))).toContain('c9');
});

test('with `watch: false` no segment pages, and those who carry a fall are named all the same', () => {
  const metric = { ...ORDERS, by: { field: 'country', max: 50 } };
  const world = warmWorld({ metric });
  lose(world, 'nl');
  expect(pageOf(world.run(120))).toBeUndefined();
  lose(world, 'de');
  expect(pageOf(world.run(30))?.fall?.segments?.[0]?.segment).toBe('de');
});

test('a segment that fails hurts nobody else', () => {
  const world = warmWorld();
  const saved = world.deciding.save(1);
  expect(saved?.series).toMatch(/^orders~\w+\/de$/);
  expect(saved?.traffic).toBeCloseTo(60, -1);
  (saved as { detector: unknown }).detector = { version: 99 };
  world.deciding.retune([{ ...ORDERS, by: undefined } as never]);
  world.deciding.retune([ORDERS], new Map([[saved?.series ?? '', saved as never]]));
  expect(world.failures).toHaveLength(1);
  expect(statesOf(world.run(10))).toContain('normal');
});

test('fifty segments share half of the false pages that their metric is allowed', () => {
  const { whole, segmentsFalsePagesPerYear } = sharedOut({ drop: 0.4, withinSeconds: 13, falsePagesPerYear: 1, forSeconds: 4 });
  expect(sigmasOf(whole.falsePagesPerYear)).toBeCloseTo(6.1, 1);
  const each = pageWhenOfSegment(whole, segmentsFalsePagesPerYear, 50);
  expect(sigmasOf(each.falsePagesPerYear)).toBeCloseTo(6.72, 2);
  expect(50 * each.falsePagesPerYear + whole.falsePagesPerYear).toBeCloseTo(1, 9);
  const written = sharedOut({ ...whole, falsePagesPerYear: 1, sigmas: 7 });
  expect(written.whole.sigmas).toBe(7);
  expect(pageWhenOfSegment(written.whole, written.segmentsFalsePagesPerYear, 1).sigmas).toBeUndefined();
});
