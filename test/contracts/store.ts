/** What every store means, a server or the embedded one: the same cases over both, through the same client. */
import type { BatchHead } from '@plummet/sdk/batch';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { batchRows, deadLettersTable, eventsBySecond, eventsTable, foreignRow, letterRow } from '../../platform/store/events.ts';
import { incidentsTable, journalOf, journalRow } from '../../platform/store/incidents.ts';
import { type Position, positionRow, positionsTable, readPositions } from '../../platform/store/positions.ts';
import { closingRows, countRows, ratesTable } from '../../platform/store/rates.ts';
import type { Store } from '../../platform/store/store.ts';
import type { CountRow, CountsRecord } from '../../platform/topics/counts.ts';
import type { ForeignEvent } from '../../platform/topics/events.ts';
import type { JournalLine } from '../../platform/topics/incidents.ts';
import type { Signal, SignalState } from '../../platform/topics/signals.ts';
import { ratesOf } from '../support/stored-rates.ts';
import { historyContract } from './store-history.ts';
import { pastContract } from './store-past.ts';
import { segmentsContract } from './store-segments.ts';
import { thresholdsContract } from './store-thresholds.ts';

export interface StoreWorld {
  readonly store: Store;
  /** Another process that opens the same store. */
  again(): Promise<Store>;
  end(): Promise<void>;
}

/** An hour ago, so that nothing is too old to be kept. */
const SECOND = Math.floor(Date.now() / 1000) - 3600;
const DAY = 86_400;

const place = (offset: number, appendedAt = SECOND * 1000) => ({ partition: 1, offset, appendedAt });
const order = (n: number, at = SECOND * 1000): ForeignEvent => ({ type: 'order.placed', time: at, source: 'shop', id: `o-${n}` });
const counts = (to: number, rows: CountRow[], { partition = 0, block = 0 } = {}): CountsRecord => {
  return { partition, block, to, progress: 0, waits: [], rows };
};
const signal = (state: SignalState, n: number | null): Signal => {
  return { series: 'orders~1', state, n, rate: null, usual: null, derivative: null, steepness: null, drop: null };
};

export function storeContract(name: string, open: () => Promise<StoreWorld>): void {
  async function world(): Promise<StoreWorld> {
    const opened = await open();
    onTestFinished(() => opened.end());
    return opened;
  }
  const count = async (store: Store, from: string): Promise<number> => {
    const [row] = await store.rows<{ n: number }>(`SELECT count() AS n FROM ${from}`);
    return Number(row?.n);
  };

  describe(name, () => {
    tables(world, count);
    events(world, count);
    rates(world);
    texts(world);
    memory(world);
    pastContract(world);
    historyContract(world);
    segmentsContract(world);
    thresholdsContract(world);
  });
}

type Count = (store: Store, from: string) => Promise<number>;
type World = () => Promise<StoreWorld>;

function tables(world: World, count: Count): void {
  test('makes its tables once, however many processes begin at the same time', async () => {
    const { store, again } = await world();
    const others = await Promise.all([again(), again(), again()]);
    const found = await Promise.all([store, ...others].map((one) => count(one, 'migrations FINAL')));
    expect(new Set(found).size).toBe(1);
    expect(found[0]).toBeGreaterThan(2);
    expect(store.check()).toEqual({ ok: true, reason: '' });
  });

  test('lets rows go when their retention is over, and not before, also after it was changed', async () => {
    const { store } = await world();
    const [{ now } = { now: 0 }] = await store.rows<{ now: number }>('SELECT toUnixTimestamp(now()) AS now');
    const appended = [1, 20, 40].map((days) => (Number(now) - days * DAY) * 1000);
    await store.insert(eventsTable, [appended.map((at, i) => foreignRow(order(i, at), 0, place(i, at))).join('')]);
    const left = async (): Promise<number> => {
      await store.rows('OPTIMIZE TABLE events FINAL');
      return count(store, 'events');
    };
    expect(await left()).toBe(2);
    store.retain({ events: 10 * DAY, rates: null, incidents: null });
    expect(await left()).toBe(1);
    store.retain({ events: null, rates: null, incidents: null });
    await store.insert(eventsTable, [foreignRow(order(9, SECOND * 1000), 0, place(9, appended[2]))]);
    expect(await left()).toBe(2);
  });
}

function events(world: World, count: Count): void {
  test('holds each event once when the reply to an insert is lost and it is inserted again', async () => {
    const { store } = await world();
    const rows = Array.from({ length: 500 }, (_, i) => foreignRow(order(i), 0, place(i)));
    await store.insert(eventsTable, rows, 'one and the same');
    await store.insert(eventsTable, rows, 'one and the same');
    expect(await count(store, 'events')).toBe(500);
    expect(await count(store, 'events FINAL')).toBe(500);
  });

  test('holds each event once when a crash cuts what is inserted again in other places', async () => {
    const { store } = await world();
    const rows = Array.from({ length: 100 }, (_, i) => foreignRow(order(i), i % 3, place(Math.floor(i / 3))));
    await store.insert(eventsTable, rows.slice(0, 60));
    await store.insert(eventsTable, rows.slice(17, 41));
    await store.insert(eventsTable, rows.slice(33));
    expect(await count(store, 'events FINAL')).toBe(100);
    expect(await eventsBySecond(store, 'order.placed', SECOND, SECOND + 1)).toEqual(new Map([[SECOND, 100]]));
  });

  test('keeps how far off a clock was that had begun in 1970', async () => {
    const { store } = await world();
    const since1970 = SECOND * 1000;
    const head: BatchHead = { producer: 'till#1', seq: 0, published: 1, sent: 0, until: 0, t0: 0, lost: {}, tally: {} };
    await store.insert(eventsTable, [batchRows(head, [['order.placed', 0]], since1970, place(1))]);
    const found = await store.rows<{ shift: number }>('SELECT shift_ms AS shift FROM events');
    expect(found.map(({ shift }) => Number(shift))).toEqual([since1970]);
  });

  test('holds two events apart that are the same in everything but their place in the log', async () => {
    const { store } = await world();
    await store.insert(eventsTable, [
      foreignRow(order(1), 0, place(7)) + foreignRow(order(1), 1, place(7)) + foreignRow(order(1), 0, place(8)),
    ]);
    expect(await count(store, 'events FINAL')).toBe(3);
  });
}

function rates(world: World): void {
  const range = { series: 'orders~1', from: SECOND, to: SECOND + 10, stepSeconds: 1 };

  test('takes of a block what was counted last, in whatever order it comes, and adds blocks and partitions up', async () => {
    const { store } = await world();
    const records = [
      counts(900, [['orders~1', SECOND, 40, 4.5, 0]]),
      counts(400, [['orders~1', SECOND, 11, 1.5, 0]]),
      counts(1400, [['orders~1', SECOND, 7, 0.25, 1]], { block: 1 }),
      counts(800, [['orders~1', SECOND, 5, 0, 0]], { partition: 2 }),
    ];
    for (const record of records) await store.insert(ratesTable, [countRows(record)]);
    const expected = { second: SECOND, n: 52, sum: 4.75, lost: 1, closed: 0, closedSeconds: 0 };
    expect(await ratesOf(store, range)).toEqual([expected]);
    await store.insert(ratesTable, records.map(countRows));
    expect(await ratesOf(store, range)).toEqual([expected]);
  });

  test('says beside what came late what was known when the second closed', async () => {
    const { store } = await world();
    await store.insert(ratesTable, [countRows(counts(10, [['orders~1', SECOND, 9, 0, 0]]))]);
    await store.insert(ratesTable, [closingRows(SECOND, [signal('blind', null)], 5)]);
    await store.insert(ratesTable, [closingRows(SECOND, [signal('normal', 9)], 6)]);
    // The twin decides the same second a moment later, and knows more by then.
    await store.insert(ratesTable, [closingRows(SECOND, [signal('normal', 12)], 7)]);
    await store.insert(ratesTable, [countRows(counts(30, [['orders~1', SECOND, 14, 0, 0]]))]);
    expect(await ratesOf(store, range)).toMatchObject([{ n: 14, closed: 9, closedSeconds: 1 }]);
    expect(await store.rows('SELECT n, closed, state FROM history')).toMatchObject([
      { closed: expect.toSatisfy((n) => Number(n) === 9), state: 'normal' },
    ]);
  });

  test('takes what was known of a sum when its second closed, cents and refunds and all', async () => {
    const { store } = await world();
    for (const [i, sum] of [1234.56, -3.5, 1e21, 0].entries()) {
      await store.insert(ratesTable, [closingRows(SECOND + i, [signal('normal', sum)], 5)]);
    }
    const rates = await ratesOf(store, range);
    expect(rates.map(({ closed }) => closed)).toEqual([1234.56, -3.5, 1e21, 0]);
  });

  test('draws a year in steps', async () => {
    const { store } = await world();
    const rows: CountRow[] = Array.from({ length: 1000 }, (_, i) => ['orders~1', SECOND + i * 60, i, 0, 0]);
    await store.insert(ratesTable, [countRows(counts(1000, rows))]);
    const hours = await ratesOf(store, { series: 'orders~1', from: SECOND - DAY, to: SECOND + DAY, stepSeconds: 3600 });
    expect(hours.length).toBeLessThan(19);
    expect(hours.reduce((sum, { n }) => sum + n, 0)).toBe((999 * 1000) / 2);
    expect(hours.every(({ second }) => second % 3600 === 0)).toBe(true);
  });
}

function texts(world: World): void {
  test('gives every text back as it came, whatever it holds', async () => {
    const { store } = await world();
    const hostile = [
      "'; DROP TABLE events; --",
      'a\\b\'c"d',
      '{x:String}',
      'tab\tline\nend\r',
      '\u0000\u0001',
      '\u202e<script>',
      '🙂',
      '\\N',
      '',
    ];
    const any = fc.uniqueArray(fc.oneof(fc.constantFrom(...hostile), fc.string({ unit: 'binary' })), { minLength: 1, maxLength: 20 });
    let offset = 0;
    await fc.assert(
      fc.asyncProperty(any, async (found) => {
        const from = offset;
        const rows = found.map((text) =>
          letterRow({ at: SECOND * 1000, from: text, reason: 'bad-json', detail: text, text, bytes: 3 }, offset++),
        );
        await store.insert(deadLettersTable, rows);
        const query =
          'SELECT origin, detail, text FROM dead_letters FINAL WHERE dead_letters.offset >= {from:UInt64} ORDER BY dead_letters.offset';
        const kept = await store.rows<{ origin: string; detail: string; text: string }>(query, { from });
        const wellFormed = found.map((text) => Buffer.from(text).toString());
        expect(kept).toEqual(wellFormed.map((text) => ({ origin: text, detail: text, text })));
        const [asked = ''] = wellFormed;
        expect(await store.rows('SELECT {asked:String} AS asked', { asked })).toEqual([{ asked }]);
      }),
      { numRuns: 20 },
    );
  });

  test('keeps the fields of an event as JSON', async () => {
    const { store } = await world();
    const data = { amount: 42.5, note: 'it\'s "quoted" \\ \n', vip: true, none: null };
    await store.insert(eventsTable, [foreignRow({ ...order(1), data, weight: 10 }, 0, place(1))]);
    const [row] = await store.rows<{ data: string; id: string; n: number }>(
      "SELECT data, id, weight AS n, JSONExtractFloat(data, 'amount') AS amount FROM events FINAL WHERE JSONExtractBool(data, 'vip')",
    );
    expect(row).toMatchObject({ id: 'o-1', n: 10, amount: 42.5 });
    expect(JSON.parse(row?.data ?? '')).toEqual(data);
  });
}

function memory(world: World): void {
  test('says how far each reader came, by its newest word', async () => {
    const { store, again } = await world();
    const position = (offset: number, part = ''): Position => ({ partition: 3, part, offset, memory: `"${offset}"\n` });
    await store.insert(positionsTable, [positionRow('events', 'a', position(4)), positionRow('counts', 'a', position(9))]);
    await store.insert(positionsTable, [positionRow('events', 'b', position(8)) + positionRow('events', 'b', position(6, 'pairs/1'))]);
    const found = await readPositions(await again(), 'events');
    expect(found.toSorted((a, b) => a.offset - b.offset)).toEqual([position(6, 'pairs/1'), position(8)]);
  });

  test('tells an incident from its first line to its last', async () => {
    const { store } = await world();
    const line = (at: number, person: string): JournalLine => ({
      incident: 'i-1',
      at,
      by: 'a-1',
      kind: 'acknowledged',
      person,
      via: 'mail',
    });
    const lines = [line(SECOND * 1000 + 5, 'ana'), line(SECOND * 1000, "o'bo")];
    await store.insert(incidentsTable, [lines.map(journalRow).toReversed().join('')]);
    expect(await journalOf(store, 'i-1')).toEqual(lines);
  });

  test('puts nobody into a wait when it is closed', async () => {
    const { store } = await world();
    await store.rows('SELECT 1');
    const asked = store.rows('SELECT sleepEachRow(1) FROM numbers(3) SETTINGS max_block_size = 1').then(
      () => 'answered',
      () => 'ended',
    );
    await store.close();
    expect(await asked).toBe('ended');
    await expect(store.rows('SELECT 1')).rejects.toMatchObject({ kind: 'away' });
  });
}
