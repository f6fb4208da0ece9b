/** What every store tells of a metric's past, whether from roll-ups or from seconds, and what is marked in it. */
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { annotate, annotationRow, annotationsBetween, annotationsTable } from '../../platform/store/annotations.ts';
import { incidentsTable, journalRow, resolvedBetween } from '../../platform/store/incidents.ts';
import { type HistorySteps, historyOf } from '../../platform/store/metric-history.ts';
import { ratesTable } from '../../platform/store/rates.ts';
import { startRoller } from '../../platform/store/roller.ts';
import { rollUp, waitingHours } from '../../platform/store/rollups.ts';
import type { Store } from '../../platform/store/store.ts';
import { silentTelemetry } from '../../platform/telemetry/catalogue.ts';
import type { JournalLine } from '../../platform/topics/incidents.ts';
import type { SignalState } from '../../platform/topics/signals.ts';
import { systemClock } from '../../platform/units/clock.ts';
import { knownSteps, rowOf, type Written } from '../support/known-seconds.ts';
import { eventually } from '../support/process.ts';
import type { StoreWorld } from './store.ts';

const HOUR = 3600;
const DAY = 86_400;
/** The beginning of an hour some days ago. */
const START = Math.floor(Date.now() / 1000 / HOUR) * HOUR - 5 * DAY;
const STATES: readonly SignalState[] = ['warming', 'normal', 'falling', 'dropped', 'recovering', 'too slow'];

type World = () => Promise<StoreWorld>;

export function historyContract(world: World): void {
  rollups(world);
  outages(world);
  ages(world);
  marks(world);
}

/** Numbers that are exact in every column. */
const quarters = (most: number) => fc.integer({ min: -most, max: most }).map((n) => n / 4);
const maybe = (numbers: fc.Arbitrary<number>) => fc.option(numbers);

/** Many writings of few seconds around the turn of an hour, so that they meet. */
function writings(): fc.Arbitrary<Written[]> {
  const place = {
    series: fc.constantFrom('it~s~old', 'it~s~new'),
    second: fc.integer({ min: -25, max: 25 }).map((second) => START + HOUR + second),
  };
  const n = fc.integer({ min: 0, max: 9 });
  const unique = fc.integer({ min: 1, max: 2 ** 40 });
  const counted = { partition: fc.integer({ min: 0, max: 1 }), block: fc.integer({ min: 0, max: 1 }), to: unique };
  const found = fc.record({ usual: maybe(quarters(9)), derivative: maybe(quarters(9)), steepness: maybe(quarters(9)) });
  const seen = fc.tuple(fc.constantFrom(...STATES), n, found).map(([state, of, rest]) => ({ state, n: of, ...rest }));
  const blind = fc.constant({ state: 'blind' as const, n: null, usual: null, derivative: null, steepness: null });
  const one = fc.oneof(
    fc.record({ is: fc.constant('counted' as const), ...place, ...counted, n, sum: quarters(40) }),
    fc.record({ is: fc.constant('closed' as const), ...place, offset: unique, signal: fc.oneof(blind, seen) }),
    fc.record({ is: fc.constant('elsewhere' as const), ...place, n, sum: quarters(40), at: unique }),
  );
  return fc.array(one, { minLength: 1, maxLength: 40 });
}

async function write(store: Store, written: readonly Written[]): Promise<void> {
  await store.insert(ratesTable, written.map(rowOf));
}

async function rollAll(store: Store): Promise<void> {
  await rollUp(store, await waitingHours(store, 1000));
}

/** 0 and -0 are one. */
const plain = (steps: HistorySteps): unknown => JSON.parse(JSON.stringify(steps));

function rollups(world: World): void {
  test('tells the same from roll-ups as from seconds, whatever is written when, in which order, also of two series', async () => {
    const { store } = await world();
    const asked = fc.record({
      lots: fc.array(fc.tuple(writings(), fc.boolean()), { minLength: 1, maxLength: 3 }),
      from: fc.constantFrom(START, START + HOUR - 20, START + HOUR - 13),
      seconds: fc.constantFrom(2 * HOUR, HOUR + 27, 33, 70),
      stepSeconds: fc.constantFrom(1, 7, 10, 60, HOUR, DAY),
      isSum: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(asked, async ({ lots, from, seconds, stepSeconds, isSum }) => {
        for (const table of ['rates', 'touched', 'rollups']) await store.rows(`TRUNCATE TABLE ${table}`);
        for (const [written, isRolled] of lots) {
          await write(store, written);
          if (isRolled) await rollAll(store);
        }
        const range = { from, to: from + seconds, stepSeconds };
        const told = await historyOf(store, { metric: 'it~s', ...range, isSum: () => isSum });
        const all = lots.flatMap(([written]) => written);
        expect(plain(told)).toEqual(plain(knownSteps(all, range, isSum)));
      }),
      { numRuns: 25 },
    );
  }, 60_000);

  test('of two who roll an hour up at once the one who knew more of it wins', async () => {
    const { store } = await world();
    const row = (second: number): Written => ({ is: 'elsewhere', series: 'orders~1', second, n: 4, sum: 0, at: second });
    await write(store, [row(START)]);
    const early = await waitingHours(store, 10);
    await write(store, [row(START + 1)]);
    await rollAll(store);
    // It had looked before, and writes after.
    await rollUp(store, early);
    expect(await waitingHours(store, 10)).toEqual([]);
    const range = { metric: 'orders', from: START, to: START + HOUR, stepSeconds: HOUR, isSum: () => false };
    expect((await historyOf(store, range)).counts).toEqual([8]);
  });

  test('an hour in which nothing is known is rolled up, too, and waits for nothing more', async () => {
    const { store } = await world();
    await write(store, [{ is: 'counted', series: 'orders~1', second: START, partition: 0, block: 0, to: 1, n: 0, sum: 0 }]);
    await rollAll(store);
    expect(await waitingHours(store, 10)).toEqual([]);
  });

  test('what a plain INSERT of somebody else adds is told at once, and rolled up by whoever looks', async () => {
    const { store, again } = await world();
    const other = await again();
    const rollers = [store, other].map((one) =>
      startRoller({ store: one, clock: systemClock, telemetry: silentTelemetry, random: () => 0.5, lookMs: 200 }),
    );
    onTestFinished(async () => void (await Promise.all(rollers.map((roller) => roller.stop()))));
    const range = { metric: 'orders', from: START, to: START + 2 * HOUR, stepSeconds: HOUR, isSum: () => false };
    const insert = (from: number, n: number): Promise<unknown> =>
      other.rows(
        `INSERT INTO rates (series, second, partition, to, n) SELECT 'orders~1', ${from} + number, -2, ${n}, ${n} FROM numbers(1800)`,
      );
    const rolled = async (): Promise<boolean> => (await waitingHours(store, 10)).length === 0;
    await insert(START, 2);
    expect((await historyOf(store, range)).counts).toEqual([3600, null]);
    await eventually('the roll-up', 20_000, rolled);
    await insert(START, 3);
    await insert(START + HOUR, 1);
    expect((await historyOf(store, range)).counts).toEqual([5400, 1800]);
    await eventually('the second roll-up', 20_000, rolled);
    expect((await historyOf(store, range)).counts).toEqual([5400, 1800]);
  }, 60_000);

  test('what a killed server had not said of the last rows counts as touched', async () => {
    const { store } = await world();
    await write(store, [{ is: 'elsewhere', series: 'orders~1', second: START, n: 4, sum: 0, at: 1 }]);
    await store.rows('TRUNCATE TABLE touched');
    expect(await waitingHours(store, 10)).toEqual([]);
    const roller = startRoller({ store, clock: systemClock, telemetry: silentTelemetry, random: () => 0, lookMs: 200 });
    onTestFinished(() => roller.stop());
    const range = { metric: 'orders', from: START, to: START + HOUR, stepSeconds: HOUR, isSum: () => false };
    await eventually('its count', 20_000, async () => (await historyOf(store, range)).counts[0] === 4);
  }, 60_000);
}

function outages(world: World): void {
  test('a total outage of two seconds twenty days ago stands out at the zoom of thirty days', async () => {
    const { store } = await world();
    const now = START + 5 * DAY;
    const from = now - 30 * DAY;
    const fell = now - 20 * DAY + 1234;
    const begin = fell - DAY / 2;
    await store.rows(`INSERT INTO rates (series, second, partition, to, n, closed, state)
      SELECT 'orders~1', ${begin} + number AS at, -1, 1, 0, if(at IN (${fell}, ${fell + 1}), 0, 50), 'normal' FROM numbers(${DAY})`);
    const range = { metric: 'orders', from, to: from + 30 * DAY, stepSeconds: 1800, isSum: () => false };
    const is = (steps: HistorySteps): void => {
      expect(steps.min.map((least, i) => (least === 0 ? i : -1)).filter((i) => i >= 0)).toEqual([Math.floor((fell - from) / 1800)]);
      expect(steps.counts[Math.floor((fell - from) / 1800)]).toBe(89_900);
      expect(steps.counts.reduce<number>((sum, n) => sum + (n ?? 0), 0)).toBe(50 * (DAY - 2));
      expect(steps.closed).toEqual(steps.counts);
    };
    const waiting = await waitingHours(store, 1000);
    await rollUp(store, waiting.slice(0, 13));
    is(await historyOf(store, range));
    await rollUp(store, waiting.slice(13));
    is(await historyOf(store, range));
  }, 60_000);

  test('tells nothing of metrics that it does not know, of ranges without seconds, and of years that it cannot count', async () => {
    const { store } = await world();
    await write(store, [{ is: 'elsewhere', series: 'orders~1', second: START, n: 4, sum: 0, at: 1 }]);
    const told = async (metric: string, from: number, to: number): Promise<unknown> =>
      (await historyOf(store, { metric, from, to, stepSeconds: DAY, isSum: () => false })).counts;
    expect(await told('order', START, START + DAY)).toEqual([null]);
    expect(await told("'; DROP TABLE rates; --", START, START + DAY)).toEqual([null]);
    expect(await told('orders', START, START)).toEqual([]);
    expect(await told('orders', 2 ** 33, 2 ** 33 + DAY)).toEqual([null]);
    expect(await told('orders', 2 ** 32 - DAY, 2 ** 32 + DAY)).toEqual([null, null]);
  });
}

function ages(world: World): void {
  test('keeps seconds and roll-ups as long as it is told, and tells nothing of what is older', async () => {
    const { store } = await world();
    const at = [1, 20, 40].map((days) => START - days * DAY);
    await write(
      store,
      at.map((second): Written => ({ is: 'elsewhere', series: 'orders~1', second, n: 4, sum: 0, at: 1 })),
    );
    await rollAll(store);
    store.retain({ events: null, rates: 30 * DAY, incidents: null });
    const left = async (table: string): Promise<number> => {
      await store.rows(`OPTIMIZE TABLE ${table} FINAL`);
      const [row] = await store.rows<{ n: number }>(`SELECT count() AS n FROM ${table}`);
      return Number(row?.n);
    };
    expect([await left('rates'), await left('rollups'), await left('touched')]).toEqual([2, 6, 2]);
    for (const stepSeconds of [60, DAY]) {
      const told = (from: number) => historyOf(store, { metric: 'orders', from, to: from + stepSeconds, stepSeconds, isSum: () => false });
      expect(await Promise.all(at.map(async (second) => (await told(second)).counts))).toEqual([[4], [4], [null]]);
    }
  });
}

function marks(world: World): void {
  test('tells what is marked in a range, as it was written last, and not what was taken back', async () => {
    const { store } = await world();
    const mark = (id: string, at: number, until: number | null = null) => {
      return {
        id,
        kind: 'note',
        at: START * 1000 + at,
        until: until === null ? null : START * 1000 + until,
        text: `it's ${id}`,
        writer: 'ana',
      };
    };
    await annotate(store, [mark('b', 500, 2500), mark('a', 0), mark('gone', 600), mark('late', 9000)], START * 1000);
    await annotate(store, [{ ...mark('a', 0), text: 'put right' }], START * 1000 + 1);
    await store.insert(annotationsTable, [annotationRow(mark('gone', 600), START * 1000 + 1, true)]);
    const told = (from: number, to: number) => annotationsBetween(store, START * 1000 + from, START * 1000 + to);
    expect(await told(0, 1000)).toEqual([{ ...mark('a', 0), text: 'put right' }, mark('b', 500, 2500)]);
    expect(await told(1000, 3000)).toEqual([mark('b', 500, 2500)]);
    expect(await told(3000, 9000)).toEqual([]);
  });

  test('tells which outages of a metric are over, from their first second on', async () => {
    const { store } = await world();
    const lines = (incident: string, metric: string, from: number, resolved: number | null): JournalLine[] => {
      const base = { incident, by: 'a' };
      const rates = { rateBefore: 9, rateAfter: 0, drop: 1, derivative: -50, steepness: -9, threshold: -6, fallWindow: 4, missing: 30 };
      const fell = { ...rates, from: START + from, at: START + from + 3, metric, series: `${metric}~1`, silent: [], producers: 1 };
      const opened: JournalLine = { ...base, kind: 'opened', at: (START + from + 4) * 1000, severity: 1, second: START + from + 3, fell };
      if (resolved === null) return [opened];
      return [opened, { ...base, kind: 'resolved', at: (START + resolved) * 1000, reason: 'recovered', missing: 30 }];
    };
    const all = [
      lines('b', 'orders', 900, 1200),
      lines('a', 'orders', 100, 400),
      lines('c', 'orders', 2000, null),
      lines('d', 'visits', 300, 500),
    ];
    await store.insert(
      incidentsTable,
      all.flat().map((line, offset) => journalRow(line, offset)),
    );
    const told = (from: number, to: number) => resolvedBetween(store, 'orders', (START + from) * 1000, (START + to) * 1000);
    const [a, b] = [
      { from: START + 100, to: (START + 400) * 1000 },
      { from: START + 900, to: (START + 1200) * 1000 },
    ];
    expect(await told(0, 5000)).toEqual([
      { incident: 'a', ...a },
      { incident: 'b', ...b },
    ]);
    expect(await told(101, 900)).toEqual([]);
  });
}
