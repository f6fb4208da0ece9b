/** The rehearsed weeks in a real embedded store: whole, once, with the shop's own noise, and marked. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fillWeeks } from '../../../app/rehearsal/fill.ts';
import { outageOf, type Weeks, weeksBefore } from '../../../app/rehearsal/weeks.ts';
import { steepDrop } from '../../../detectors/steep-drop/steep-drop.ts';
import { minuteLevels } from '../../../examples/shop/history.ts';
import { MEAN_RATES } from '../../../examples/shop/traffic.ts';
import type { Store } from '../../../platform/store/store.ts';
import { systemClock } from '../../../platform/units/clock.ts';
import { PAGE_WHEN } from '../../detectors/steep-drop/world.ts';
import { temporaryFolder } from '../../support/process.ts';
import { answering, testStore } from '../../support/stores.ts';

/** Saturday 2026-11-21 20:45:37: no full minute. */
const END = 1_795_293_937;
const SHOWN_TO = END + 7200;
const SERIES = [
  { series: 'orders~1', event: 'order.placed' },
  { series: 'payments~2', event: 'payment.taken' },
  { series: 'signups~3', event: 'user.registered' },
  { series: 'searches~4', event: 'search.run' },
];
const FILLED_WITHIN_MS = 150_000;
const HOUR = 3600;

const weeks: Weeks = weeksBefore(END);
const folder = temporaryFolder();
let store: Store;

const fill = (signal: AbortSignal): Promise<void> => {
  const madeUp = { weeks, journal: null, shown: [{ from: END, to: SHOWN_TO }] };
  return fillWeeks({ store, madeUp, series: SERIES, clock: systemClock, signal });
};

beforeAll(async () => {
  store = await answering(testStore({ folder: folder.path }));
  // Stopped in the middle of it, as by a person who ends the demo, and begun again.
  const first = new AbortController();
  const stopped = fill(first.signal);
  while ((await seconds()) === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  first.abort();
  await stopped;
  expect(await seconds()).toBeLessThan(weeks.to - weeks.from);
  await fill(new AbortController().signal);
}, FILLED_WITHIN_MS);

afterAll(async () => {
  await store?.close();
  folder.remove();
});

async function seconds(): Promise<number> {
  const [found] = await store.rows<{ n: string }>("SELECT uniqExact(second) AS n FROM rates WHERE series = 'orders~1'");
  return Number(found?.n);
}

async function counts(series: string, from: number, to: number): Promise<number[]> {
  const query = `SELECT n FROM history WHERE series = {series:String} AND elsewhere
    AND second >= toDateTime({from:UInt32}) AND second < toDateTime({to:UInt32}) ORDER BY second`;
  return (await store.rows<{ n: string }>(query, { series, from, to })).map(({ n }) => Number(n));
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

test('every metric has every second of two weeks, once', async () => {
  const found = await store.rows<Record<string, string>>(
    `SELECT series, count() AS rows, uniqExact(second) AS seconds,
       toUnixTimestamp(min(second)) AS first, toUnixTimestamp(max(second)) AS last
     FROM rates FINAL WHERE partition = -2 GROUP BY series ORDER BY series`,
  );
  expect(found.map(({ series }) => series)).toEqual(SERIES.map(({ series }) => series).sort());
  for (const { rows, seconds: known, first, last } of found) {
    const numbers = { rows: Number(rows), seconds: Number(known), first: Number(first), last: Number(last) };
    expect(numbers).toEqual({ rows: END - weeks.from, seconds: END - weeks.from, first: weeks.from, last: END - 1 });
  }
  expect(END - weeks.from).toBeGreaterThan(14 * 24 * HOUR - 60);
}, 30_000);

test('its hours follow the curve of the live shop, with the noise of chance, also where events are few', async () => {
  const levels = minuteLevels(weeks.from / 60, 14 * 1440);
  for (const day of [0, 3, 6, 9]) {
    const from = weeks.from + day * 24 * HOUR;
    const expected = mean(levels.slice((from - weeks.from) / 60, (from - weeks.from) / 60 + 60)) * MEAN_RATES.signups;
    const found = await counts('signups~3', from, from + HOUR);
    // Within four sigmas of the mean of an hour, and of the variance of one that is Poisson.
    expect(Math.abs(mean(found) - expected)).toBeLessThan(4 * Math.sqrt(expected / HOUR));
    const variance = mean(found.map((n) => (n - mean(found)) ** 2));
    expect(Math.abs(variance / expected - 1)).toBeLessThan(0.12);
    const none = found.filter((n) => n === 0).length / HOUR;
    expect(Math.abs(none - Math.exp(-expected))).toBeLessThan(0.02);
  }
}, 30_000);

test('no payment comes without an order, and searches come in bursts', async () => {
  const from = weeks.from + 5 * 24 * HOUR;
  const [orders, payments, searches] = await Promise.all(
    ['orders~1', 'payments~2', 'searches~4'].map((series) => counts(series, from, from + HOUR)),
  );
  expect((payments as number[]).every((n, i) => n <= (orders?.[i] as number))).toBe(true);
  expect(mean(payments as number[]) / mean(orders as number[])).toBeCloseTo(0.84, 1);
  const usual = mean(searches as number[]);
  // Poisson alone passes six sigmas once in a billion seconds.
  expect((searches as number[]).filter((n) => n > usual + 6 * Math.sqrt(usual)).length).toBeGreaterThan(10);
}, 30_000);

test('the rule would have paged for its outage, and for neither its sales nor its deploy', async () => {
  const pages: string[] = [];
  for (const { kind, from, to } of weeks.events) {
    const detector = steepDrop(PAGE_WHEN);
    let second = from - 2 * HOUR;
    let isDown = false;
    for (const n of await counts('orders~1', second, to + HOUR)) {
      const finding = detector.next({ second: second++, n, share: 1 });
      if (finding.isDown && !isDown) pages.push(kind);
      isDown = finding.isDown;
    }
  }
  expect(pages).toEqual(['outage']);
  const { from, to } = outageOf(weeks);
  expect(await counts('orders~1', from, to)).toEqual(Array(to - from).fill(0));
  expect(mean(await counts('orders~1', to, to + 60))).toBeGreaterThan(20);
}, 30_000);

test('all of it is marked as rehearsed, with what happened in it, and filling it again changes nothing', async () => {
  const marks = (): Promise<Record<string, string>[]> =>
    store.rows(
      `SELECT kind, toUnixTimestamp64Milli(at) AS at, toUnixTimestamp64Milli(assumeNotNull(until)) AS until, text
       FROM annotations FINAL ORDER BY at, kind`,
    );
  const found = await marks();
  expect(found.map(({ kind }) => kind).sort()).toEqual(['deploy', 'note', 'rehearsed', 'sale', 'sale']);
  const rehearsed = found.find(({ kind }) => kind === 'rehearsed');
  expect([Number(rehearsed?.at), Number(rehearsed?.until)]).toEqual([weeks.from * 1000, SHOWN_TO * 1000]);
  const rows = (): Promise<unknown[]> => store.rows('SELECT count(), sum(n), max(to) FROM rates');
  const before = await rows();
  await fill(new AbortController().signal);
  expect(await rows()).toEqual(before);
  expect(await marks()).toEqual(found);
}, 30_000);
