/** What every store tells of a series' past: as it was decided, as it is known, and what the archive would have counted. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { amountOf, type CountedMetric, matches, seriesOf } from '../../detectors/counting/metric.ts';
import { eventsTable, foreignRow } from '../../platform/store/events.ts';
import { fillFromArchive } from '../../platform/store/from-archive.ts';
import { knownOf, readPast, secondsOf } from '../../platform/store/past.ts';
import { closingRows, countRows, ratesTable } from '../../platform/store/rates.ts';
import type { Store } from '../../platform/store/store.ts';
import type { ForeignEvent } from '../../platform/topics/events.ts';
import type { Signal } from '../../platform/topics/signals.ts';
import { elsewhereRow } from '../support/stored-rates.ts';
import type { StoreWorld } from './store.ts';

/** Some hours ago, on the minute, so that nothing is too old to be kept. */
const START = Math.floor(Date.now() / 60_000) * 60 - 6 * 3600;
const ORDERS: CountedMetric = { name: 'orders', event: 'order.placed' };
const SERIES = seriesOf(ORDERS);

type World = () => Promise<StoreWorld>;

function closing(second: number, n: number | null, { share = 1, series = SERIES } = {}): string {
  const state = n === null ? 'blind' : 'normal';
  const signal: Signal = { series, state, n, rate: null, usual: null, derivative: null, steepness: null, drop: null, share };
  return closingRows(second, [signal], second - START);
}

const counted = (second: number, n: number, lost = 0): string => {
  return countRows({ partition: 0, block: 0, to: 9, progress: 0, waits: [], rows: [[SERIES, second, n, 0, lost]] });
};
const elsewhere = (second: number, n: number): string => elsewhereRow(SERIES, second, { n, sum: 0 }, 1);

export function pastContract(world: World): void {
  test('plays each second as it was decided, with its share; blind ones are not known', async () => {
    const { store } = await world();
    const rows = [
      elsewhere(START, 7) + counted(START, 3),
      elsewhere(START + 1, 8),
      closing(START + 2, 9) + elsewhere(START + 2, 90) + counted(START + 2, 11),
      closing(START + 3, 5, { share: 0.625 }) + counted(START + 3, 10),
      closing(START + 4, null) + counted(START + 4, 12),
      closing(START + 5, 0),
      counted(START + 6, 13, 2),
    ];
    await store.insert(ratesTable, rows);
    const range = { from: START - 10, to: START + 10 };
    const at = (found: { seconds: readonly number[] }) => found.seconds.map((second) => second - START);
    const decided = await secondsOf(store, ORDERS, { ...range, atOnce: 4 });
    expect({ at: at(decided), ...decided }).toMatchObject({
      at: [0, 1, 2, 3, 5, 6],
      counts: [7, 8, 9, 5, 0, 15],
      shares: [1, 1, 1, 0.625, 1, 1],
    });
    expect(decided).toMatchObject({ joint: START + 2, startsElsewhere: true, endsElsewhere: false });
    const final = await secondsOf(store, ORDERS, { ...range, as: 'final' });
    expect({ at: at(final), ...final }).toMatchObject({
      at: [0, 1, 2, 3, 4, 5, 6],
      counts: [7, 8, 11, 10, 12, 0, 15],
      shares: Array(7).fill(1),
    });
  });

  test('the blocks in which counting began are no history: they hold parts of their seconds', async () => {
    const { store } = await world();
    await store.insert(ratesTable, [counted(START, 3), counted(START + 1, 4), closing(START + 2, 9) + counted(START + 2, 9)]);
    expect((await secondsOf(store, ORDERS, { from: START, to: START + 5 })).counts).toEqual([9]);
  });

  test('reads the newest day of seconds, and of the days before it the minutes of which enough is known', async () => {
    const { store } = await world();
    const first = START - 86_400 - 180;
    const rows = Array.from({ length: 180 }, (_, i) => (i >= 60 && i < 100 ? '' : elsewhere(first + i, 4))).join('');
    await store.insert(ratesTable, [rows, closing(START - 1, 6), closing(START - 3, null)]);
    const past = await readPast(store, ORDERS, START + 60);
    expect(past.minutes).toEqual({ minutes: [first / 60, first / 60 + 2], rates: [4, 4] });
    expect(past.seconds).toMatchObject({ seconds: [START - 1], counts: [6] });
    expect(past.isOurs).toBe(true);
  });

  test('what was counted elsewhere is ours only where as many events came to us', async () => {
    const { store } = await world();
    const came = (i: number) => {
      const event = { type: ORDERS.event, time: (START - 5) * 1000 + i, source: 'shop', id: `o-${i}` };
      return foreignRow(event, 0, { partition: 0, offset: i, appendedAt: event.time });
    };
    await store.insert(ratesTable, [elsewhere(START - 2, 60) + elsewhere(START - 1, 0)]);
    const isOurs = async () => (await readPast(store, ORDERS, START + 30)).isOurs;
    expect(await isOurs()).toBe(false);
    await store.insert(
      eventsTable,
      Array.from({ length: 10 }, (_, i) => came(i)),
    );
    expect(await isOurs()).toBe(false);
    await store.insert(
      eventsTable,
      Array.from({ length: 45 }, (_, i) => came(10 + i)),
    );
    expect(await isOurs()).toBe(true);
    // Nothing here and nothing there: an outage that the archive shows, too.
    await store.insert(
      ratesTable,
      Array.from({ length: 700 }, (_, i) => elsewhere(START + i, 0)),
    );
    expect((await readPast(store, ORDERS, START + 700)).isOurs).toBe(true);
  });

  test('fills a new metric from the archive as the counter would have counted it', () => filledLikeCounted(world), 60_000);

  test('fills zeros where another series says that the second was read, and nothing that is known already', async () => {
    const { store } = await world();
    const metric: CountedMetric = { name: 'paid', event: 'order.placed' };
    const at = (second: number, i: number) => {
      return foreignRow({ type: metric.event, time: second * 1000 + 5, source: 's', id: `${i}` }, 0, {
        partition: 0,
        offset: i,
        appendedAt: second * 1000,
      });
    };
    await store.insert(eventsTable, [START, START, START + 3, START + 4, START + 9].map(at));
    const own = seriesOf(metric);
    const read = [0, 1, 2, 3, 5].map((i) => closing(START + i, i === 2 ? null : 1, { series: 'signups~1' }));
    await store.insert(ratesTable, [...read, elsewhereRow(own, START, { n: 50, sum: 0 }, 1)]);
    const filling = { before: START + 9, others: [own, 'signups~1'], writtenAt: START * 1000 + 0.25 };
    expect(await fillFromArchive(store, metric, filling)).toBe(true);
    expect(await fillFromArchive(store, metric, filling)).toBe(true);
    const { seconds, counts } = await secondsOf(store, metric, { from: START, to: START + 20 });
    expect(seconds.map((second, i) => [second - START, counts[i]])).toEqual([
      [0, 50],
      [1, 0],
      [3, 1],
      [5, 0],
    ]);
    expect((await knownOf(store, metric, START, START + 20)).rows).toBe(4);
    expect(await fillFromArchive(store, { name: 'x', event: 'never.came' }, filling)).toBe(false);
  });
}

const value = fc.oneof(
  fc.constantFrom('pro', 'team', '1', 'true', '', "o'hara \\ {x:String}"),
  fc.integer({ min: -9, max: 999 }),
  fc.double({ noNaN: true, min: -1e6, max: 1e6 }),
  fc.constantFrom(1, 0, 2.5),
  fc.boolean(),
);
const data = fc.option(fc.record({ plan: value, amount: value }, { requiredKeys: [] }), { nil: undefined });
const metric = fc.record({
  where: fc.option(fc.record({ plan: fc.array(value, { minLength: 1, maxLength: 3 }) }), { nil: undefined }),
  value: fc.option(fc.constant('amount'), { nil: undefined }),
});

async function filledLikeCounted(world: World): Promise<void> {
  const { store } = await world();
  const event = fc.record({ at: fc.nat(5), data, weight: fc.integer({ min: 1, max: 9 }) });
  const all = fc.sample(event, { numRuns: 300, seed: 6 });
  const type = 'order.placed';
  const placed = all.map(({ at, data: said, weight }, i): ForeignEvent => {
    return { type, time: (START + at) * 1000 + i, source: 's', id: `${i}`, weight, ...(said && { data: said as Record<string, string> }) };
  });
  const rows = placed.map((one, i) => foreignRow(one, 0, { partition: 0, offset: i, appendedAt: one.time }));
  await store.insert(eventsTable, [...rows, ...rows.slice(0, 100)]);
  const metrics = fc.sample(metric, { numRuns: 12, seed: 6 });
  for (const [i, wanted] of [...metrics, { where: { plan: ['pro', 1, true] }, value: 'amount' }].entries()) {
    const counts = {
      name: `m${i}`,
      event: type,
      ...(wanted.where && { where: wanted.where }),
      ...(wanted.value && { value: wanted.value }),
    };
    await fillFromArchive(store, counts, { before: START + 100, others: [], writtenAt: 1 });
    const found = await totals(store, counts);
    const expected = new Map<number, number>();
    for (const { time, data: said, weight = 1 } of placed) {
      const second = Math.floor(time / 1000);
      const amount = counts.value === undefined ? weight : weight * amountOf(counts, said);
      expected.set(second, (expected.get(second) ?? 0) + (matches(counts, said) ? amount : 0));
    }
    expect([...found.keys()]).toEqual([...expected.keys()].sort());
    for (const [second, n] of expected) expect(found.get(second)).toBeCloseTo(n, 4);
  }
}

/** As it stands in the table: a sum may be below zero. */
async function totals(store: Store, counts: CountedMetric): Promise<Map<number, number>> {
  const found = await store.rows<{ at: number; x: number }>(
    `SELECT toUnixTimestamp(second) AS at, toFloat64(${counts.value === undefined ? 'n' : 'sum'}) AS x FROM rates FINAL
     WHERE series = {series:String} ORDER BY at`,
    { series: seriesOf(counts) },
  );
  return new Map(found.map(({ at, x }) => [Number(at), x]));
}
