import type { BatchEvent } from '@plummet/sdk/batch';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CountedMetric } from '../../detectors/counting/metric.ts';
import { PartitionFold } from '../../detectors/counting/partition.ts';
import { ArchivedEvents } from '../../ingest/archived-events.ts';
import type { StoredRecord } from '../../platform/eventlog/eventlog.ts';
import type { Position } from '../../platform/store/positions.ts';
import { OpenSlice, type Slice } from '../../platform/store/slice.ts';
import { type Fields, silentTelemetry, telemetryTo } from '../../platform/telemetry/catalogue.ts';
import { BLOCK_RECORDS } from '../../platform/topics/counts.ts';
import { batchRecord } from '../../platform/topics/events.ts';
import { batchText, foldAll, merged, Partition, START, START_SECOND } from '../detectors/counting/records.ts';
import { ManualClock } from '../support/clock.ts';

const METRICS: CountedMetric[] = [
  { name: 'order.placed', event: 'order.placed' },
  { name: 'user.registered', event: 'user.registered' },
];

/** A record that nobody can read; a block of them would be a quarter of a gigabyte. */
const HUGE_BYTES = 256 * 1024;

type Row = [type: string, time: string, source: string, seq: number, nth: number, id: string, data: string, weight: number, ...unknown[]];

function archive(positions: readonly Position[] = [], telemetry = silentTelemetry): { clock: ManualClock; events: ArchivedEvents } {
  const clock = new ManualClock();
  return { clock, events: new ArchivedEvents(positions, { topic: 'events', clock, telemetry }) };
}

function rowsIn(slices: readonly Slice[], table = 'events'): string[] {
  const texts = slices.flatMap(({ rows }) => rows.filter((one) => one.table.name === table).map(({ text }) => text.join('')));
  return texts.join('').split('\n').slice(0, -1);
}

function archived(records: readonly StoredRecord[]): Slice {
  const into = new OpenSlice();
  const { events } = archive();
  for (const record of records) events.take(record, into);
  return into.take();
}

/** By type and second from `START`, as counts are. */
function bySecond(rows: readonly string[]): Record<string, number> {
  const found: Record<string, number> = {};
  for (const row of rows) {
    const [type, time, , , , , , weight] = JSON.parse(row) as Row;
    const place = `${type} ${Math.floor(Number(time)) - START_SECOND}`;
    found[place] = (found[place] ?? 0) + weight;
  }
  return found;
}

const something = fc.record({
  form: fc.constantFrom('batch', 'batch', 'batch', 'repeat', 'tick', 'foreign', 'poison'),
  who: fc.nat(2),
  events: fc.array(fc.tuple(fc.constantFrom('order.placed', 'user.registered'), fc.nat(1500)), { maxLength: 5 }),
  skewMs: fc.constantFrom(0, 0, 0, 120, 7400, -300_000),
  id: fc.nat(6),
  afterMs: fc.oneof(fc.nat(300), fc.nat(400_000)),
  skip: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.nat(2 * BLOCK_RECORDS)),
});

function recordsOf(list: readonly (typeof something extends fc.Arbitrary<infer T> ? T : never)[]): StoredRecord[] {
  const partition = new Partition();
  const seqs = [0, 0, 0];
  let now = START;
  let offset = 0;
  for (const { form, who, events, skewMs, id, afterMs, skip } of list) {
    now += afterMs;
    offset += 1 + skip;
    partition.skipTo(offset);
    const seq = form === 'repeat' ? Math.max(0, (seqs[who] as number) - 1) : (seqs[who] as number)++;
    const listed = events.map(([type, after]): BatchEvent => [type, after, { note: 'a "b"\n' }]);
    if (form === 'tick') partition.tick(now);
    else if (form === 'poison') partition.put(batchRecord('shop#0', '{"producer":"shop#0","seq":', now), now);
    else if (form === 'foreign') partition.foreign([{ type: 'order.placed', time: now, source: 'till', id: String(id), weight: 3 }], now);
    else partition.batch({ producer: `shop#${who}`, seq, t0: now - 200 - skewMs, sent: now - skewMs, events: listed }, now);
  }
  return partition.records;
}

test('what is archived is what is counted, whatever repeats, whichever clocks are off', () => {
  fc.assert(
    fc.property(fc.array(something, { maxLength: 60 }), (list) => {
      const records = recordsOf(list);
      const counted = merged(foldAll(new PartitionFold(0, METRICS, 0), records).takeCounts());
      const rows = rowsIn([archived(records)]);
      expect(bySecond(rows)).toEqual(Object.fromEntries(Object.entries(counted).map(([place, { n }]) => [place, n])));
      expect(new Set(rows).size).toBe(rows.length);
    }),
    { numRuns: 200 },
  );
});

test('an archive that is killed and goes on from what it kept writes the same rows again, and no others', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(something, { minLength: 5, maxLength: 80 }), fc.nat(), async (list, at) => {
      const records = recordsOf(list);
      const whole = archived(records);
      const into = new OpenSlice();
      const { clock, events } = archive();
      const cut = 1 + (at % records.length);
      for (const record of records.slice(0, cut)) {
        events.take(record, into);
        await clock.advance(500);
      }
      const before = into.take();
      const { events: again } = archive(before.positions);
      const from = again.from.get(0) ?? 0;
      for (const record of records.filter(({ offset }) => offset >= from)) again.take(record, into);
      expect(new Set(rowsIn([before, into.take()]))).toEqual(new Set(rowsIn([whole])));
    }),
    { numRuns: 200 },
  );
});

test('keeps what it must know of a block with its pairs, and reads on from there', () => {
  const partition = new Partition();
  const order = (id: number, at: number) => partition.foreign([{ type: 'order.placed', time: at, source: 'till', id: String(id) }], at);
  for (let i = 0; i < BLOCK_RECORDS + 5; i++) order(i, START + i * 50);
  const slice = archived(partition.records);
  expect(slice.positions.map(({ part, offset }) => [part.split('/')[0], offset])).toContainEqual(['', BLOCK_RECORDS]);
  expect(slice.positions.filter(({ part }) => part.startsWith('pairs/')).length).toBeGreaterThan(3);
  const { events } = archive(slice.positions);
  expect(events.from).toEqual(new Map([[0, BLOCK_RECORDS]]));
  const into = new OpenSlice();
  partition.skipTo(BLOCK_RECORDS + 5);
  order(7, START + 60_000);
  events.take(partition.records.at(-1) as StoredRecord, into);
  expect(rowsIn([into.take()])).toEqual([]);
});

test('reads on where its memory cannot be read, and says so', () => {
  const told: [string, Fields][] = [];
  const positions = [{ partition: 0, part: '', offset: BLOCK_RECORDS, memory: '{"v":99}' }];
  const { events } = archive(
    positions,
    telemetryTo((name, _, fields) => told.push([name, fields])),
  );
  expect(events.from).toEqual(new Map([[0, BLOCK_RECORDS]]));
  expect(told).toEqual([['stateUnreadable', expect.objectContaining({ what: "the archive's memory of partition 0" })]]);
  const into = new OpenSlice();
  events.take(new Partition().skipTo(BLOCK_RECORDS + 3).batch({ seq: 4 }).records[0] as StoredRecord, into);
  expect(rowsIn([into.take()])).toHaveLength(1);
});

test('flags a tally that lies only where no gateway has looked, and archives the events all the same', () => {
  const told: string[] = [];
  const telemetry = telemetryTo((name) => told.push(name));
  const lying = batchText({ seq: 0, events: [['order.placed', 0]] }).replace('[[0,1]]', '[[0,9]]');
  const record = (headers: Record<string, string>, offset: number): StoredRecord => {
    const { 'content-type': contentType = '' } = batchRecord('shop#1', lying, START).headers ?? {};
    return { partition: 2, offset, appendedAt: START, key: '', value: lying, headers: { 'content-type': contentType, ...headers } };
  };
  for (const [headers, flagged] of [
    [{ received: String(START) }, 0],
    [{}, 1],
  ] as const) {
    const { events } = archive([], telemetry);
    const into = new OpenSlice();
    events.take(record(headers, 42), into);
    const slice = into.take();
    expect(rowsIn([slice])).toHaveLength(1);
    expect(rowsIn([slice], 'dead_letters').map((row) => JSON.parse(row).slice(1, 4))).toEqual(
      flagged ? [['events/2@42', 42, 'lying-tally']] : [],
    );
    expect(told.filter((name) => name === 'lyingTally')).toHaveLength(flagged);
  }
});

test('a batch whose events cannot be read is a dead letter', () => {
  const { events } = archive();
  const into = new OpenSlice();
  const broken = batchText({ seq: 0 }).replace(/"events":.*/, '"events":[[["order.placed",0]]]}');
  events.take({ ...(new Partition().put(batchRecord('shop#1', broken, START), START).records[0] as StoredRecord) }, into);
  const slice = into.take();
  expect(rowsIn([slice])).toEqual([]);
  expect(rowsIn([slice], 'dead_letters')).toHaveLength(1);
});

test('a batch whose data is nested too deep to be written is a dead letter, and the next one is archived', () => {
  const { events } = archive();
  const into = new OpenSlice();
  const nested = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  const deep = batchText({ seq: 0, events: [['order.placed', 0, { note: 'x' }]] }).replace('"x"', nested);
  const records = new Partition().put(batchRecord('shop#1', deep, START), START).batch({ seq: 1 }).records;
  for (const record of records) events.take(record, into);
  const slice = into.take();
  expect(rowsIn([slice]).map((row) => (JSON.parse(row) as Row)[3])).toEqual([1]);
  expect(rowsIn([slice], 'dead_letters').map((row) => JSON.parse(row).slice(1, 4))).toEqual([['events/0@0', 0, 'unexpected']]);
});

test('keeps nothing of the records that cannot be read, however many and large they are', () => {
  const { events } = archive();
  const into = new OpenSlice();
  const before = process.memoryUsage().heapUsed;
  for (let offset = 0; offset < BLOCK_RECORDS; offset++) {
    const value = Buffer.alloc(HUGE_BYTES, 'x').toString();
    events.take({ partition: 0, offset, appendedAt: START, key: '', value, headers: { 'content-type': 'text/plain' } }, into);
  }
  expect(process.memoryUsage().heapUsed - before).toBeLessThan((BLOCK_RECORDS * HUGE_BYTES) / 2);
}, 60_000);
