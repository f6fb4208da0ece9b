import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Sums, Totals } from '../../detectors/counting/total.ts';
import { BLOCK_RECORDS, type CountRow, type CountsRecord } from '../../platform/topics/counts.ts';

const SERIES = ['orders~1', 'revenue~2', 'signups~3'];
const PARTITIONS = 2;

/** What one offset of a partition of `events` adds to one series and second. */
interface Entry {
  readonly series: number;
  readonly second: number;
  readonly n: number;
  readonly sum: number;
  readonly lost: number;
}

/** An entry each 300 offsets, so that a few of them make several blocks. */
const OFFSETS_AN_ENTRY = 300;

/** The records of a counter that starts at a block and flushes after the entries that `flushes` names. */
function countsOf(partition: number, entries: readonly Entry[], fromBlock: number, flushes: readonly boolean[]): CountsRecord[] {
  const records: CountsRecord[] = [];
  let rows = new Map<string, CountRow>();
  let changed = new Set<string>();
  let block = fromBlock;
  const flush = (to: number): void => {
    const changedRows = [...changed].map((key) => rows.get(key) as CountRow);
    records.push({ partition, block, to, progress: 0, waits: [], rows: structuredClone(changedRows) });
    changed = new Set();
  };
  entries.forEach(({ series, second, n, sum, lost }, i) => {
    const offset = i * OFFSETS_AN_ENTRY;
    const own = Math.floor(offset / BLOCK_RECORDS);
    if (own < fromBlock) return;
    if (own > block) {
      flush((block + 1) * BLOCK_RECORDS);
      block = own;
      rows = new Map();
    }
    const key = `${series} ${second}`;
    const row = rows.get(key) ?? [SERIES[series] as string, second, 0, 0, 0];
    rows.set(key, [row[0], row[1], row[2] + n, row[3] + sum, row[4] + lost]);
    changed.add(key);
    if (flushes[i % flushes.length]) flush(offset + 1);
  });
  flush(Math.min((block + 1) * BLOCK_RECORDS, entries.length * OFFSETS_AN_ENTRY));
  return records;
}

/** As the contract says it: by (series, second, partition, block) the row of the highest `to`; then all blocks are added up. */
function naive(records: readonly CountsRecord[]): Map<string, [number, number, number]> {
  const newest = new Map<string, { to: number; row: CountRow }>();
  for (const { partition, block, to, rows } of records) {
    for (const row of rows) {
      const key = `${row[0]} ${row[1]} ${partition} ${block}`;
      if ((newest.get(key)?.to ?? 0) < to) newest.set(key, { to, row });
    }
  }
  const totals = new Map<string, [number, number, number]>();
  for (const [key, { row }] of newest) {
    const [series, second, partition] = key.split(' ');
    const [n, sum, lost] = totals.get(`${series} ${second} ${partition}`) ?? [0, 0, 0];
    totals.set(`${series} ${second} ${partition}`, [n + row[2], sum + row[3], lost + row[4]]);
  }
  return totals;
}

const anEntry = fc.record({
  series: fc.nat({ max: SERIES.length - 1 }),
  second: fc.integer({ min: 1000, max: 1006 }),
  n: fc.nat({ max: 50 }),
  sum: fc.constantFrom(0, 0, 3.5),
  lost: fc.constantFrom(0, 0, 7),
});

/** Merges lists, each in its own order, as `choices` says. */
function interleave<T>(lists: readonly T[][], choices: readonly number[]): T[] {
  const waiting = lists.map((list) => [...list]);
  const merged: T[] = [];
  for (let i = 0; waiting.some((list) => list.length > 0); i++) {
    const full = waiting.filter((list) => list.length > 0);
    merged.push(full[(choices[i % choices.length] as number) % full.length]?.shift() as T);
  }
  return merged;
}

test('totals of twins, restarts and replays are those of the naive merge, whatever the order between them', () => {
  const flushes = fc.array(fc.boolean(), { minLength: 1, maxLength: 7 });
  const world = fc.record({
    entries: fc.array(fc.array(anEntry, { minLength: 1, maxLength: 12 }), { minLength: PARTITIONS, maxLength: PARTITIONS }),
    flushes: fc.tuple(flushes, flushes, flushes),
    choices: fc.array(fc.nat({ max: 5 }), { minLength: 1, maxLength: 30 }),
    again: fc.nat({ max: 3 }),
  });
  fc.assert(
    fc.property(world, ({ entries, flushes: [a, b, restarted], choices, again }) => {
      const counters = entries.flatMap((own, partition) => {
        const first = countsOf(partition, own, 0, a);
        const restart = Math.min(again, Math.floor(((own.length - 1) * OFFSETS_AN_ENTRY) / BLOCK_RECORDS));
        return [[...first, ...countsOf(partition, own, restart, restarted)], countsOf(partition, own, 0, b)];
      });
      const records = interleave(counters, choices);
      const totals = new Totals({ partitions: PARTITIONS });
      const indexes = SERIES.map((series) => totals.watch(series));
      for (const record of records) totals.take(record);
      const expected = naive(records);
      for (const [i, series] of SERIES.entries()) {
        for (let second = 1000; second <= 1006; second++) {
          for (let partition = 0; partition < PARTITIONS; partition++) {
            const [n, sum, lost] = expected.get(`${series} ${second} ${partition}`) ?? [0, 0, 0];
            expect(totals.at(indexes[i] as number, second, partition)).toEqual({ n, sum, lost });
          }
        }
      }
    }),
    { numRuns: 300 },
  );
});

const record = (partition: number, to: number, rows: CountRow[]): CountsRecord => ({
  ...{ partition, block: Math.ceil(to / BLOCK_RECORDS) - 1, to, progress: 0, waits: [], rows },
});

test('a late event after a restart does not win over the whole count with its higher offset', () => {
  const totals = new Totals({ partitions: 1 });
  const index = totals.watch('orders~1');
  totals.take(record(0, 800, [['orders~1', 1000, 311, 0, 0]]));
  totals.take(record(0, 1700, [['orders~1', 1000, 1, 0, 0]]));
  expect(totals.at(index, 1000, 0).n).toBe(312);
  totals.take(record(0, 800, [['orders~1', 1000, 311, 0, 0]]));
  totals.take(record(0, 1700, [['orders~1', 1000, 1, 0, 0]]));
  expect(totals.at(index, 1000, 0).n).toBe(312);
});

test('a second is summed over the partitions that are not left out', () => {
  const totals = new Totals({ partitions: 3 });
  const index = totals.watch('orders~1');
  for (const partition of [0, 1, 2]) totals.take(record(partition, 10, [['orders~1', 1000, 10 ** partition, 2, partition]]));
  const sums = new Sums();
  totals.add(1000, [false, true, false], sums);
  expect([sums.n[index], sums.sum[index], sums.lost[index]]).toEqual([101, 4, 2]);
  totals.add(1001, [false, false, false], sums);
  expect(sums.n[index]).toBe(0);
});

test('forgotten seconds and series that nobody watches take no memory', () => {
  const totals = new Totals({ partitions: 1 });
  const index = totals.watch('orders~1');
  totals.forgetBefore(1001);
  totals.take(
    record(0, 10, [
      ['orders~1', 1000, 5, 0, 0],
      ['else~9', 1001, 5, 0, 0],
      ['orders~1', 1001, 7, 0, 0],
    ]),
  );
  expect(totals.at(index, 1000, 0).n).toBe(0);
  expect(totals.at(index, 1001, 0).n).toBe(7);
  totals.unwatch('orders~1');
  expect(totals.watch('signups~3')).toBe(index);
  expect(totals.at(index, 1001, 0).n).toBe(0);
});

test('a thousand series more change no count that is there', () => {
  const totals = new Totals({ partitions: 2 });
  const index = totals.watch('orders~1');
  totals.take(record(1, 10, [['orders~1', 1000, 5, 2.5, 1]]));
  for (let i = 0; i < 1000; i++) totals.watch(`series~${i}`);
  totals.take(
    record(1, 1010, [
      ['orders~1', 1000, 1, 0.5, 0],
      ['series~999', 1000, 3, 0, 0],
    ]),
  );
  expect(totals.at(index, 1000, 1)).toEqual({ n: 6, sum: 3, lost: 1 });
  expect(totals.at(totals.watch('series~999'), 1000, 1).n).toBe(3);
});

test('memory is bounded: the seconds farthest ahead are let go and known as torn', () => {
  const totals = new Totals({ partitions: 1, bytesMax: 1 });
  const index = totals.watch('orders~1');
  const take = (second: number): void => totals.take(record(0, 10, [['orders~1', second, 1, 0, 0]]));
  for (const stray of [9_000_000, 9_000_001]) take(stray);
  for (let second = 1000; second < 1032; second++) take(second);
  expect(totals.at(index, 1031, 0).n).toBe(1);
  expect([totals.isWhole(1031), totals.isWhole(9_000_000), totals.isWhole(9_000_001)]).toEqual([true, false, false]);
  take(1032);
  expect(totals.isWhole(1032)).toBe(false);
  totals.forgetBefore(1001);
  take(1033);
  expect([totals.at(index, 1033, 0).n, totals.isWhole(1033)]).toEqual([1, true]);
});
