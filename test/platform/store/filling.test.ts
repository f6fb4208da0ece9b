import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { EventLog } from '../../../platform/eventlog/eventlog.ts';
import { openFileLog } from '../../../platform/eventlog/file/file.ts';
import { type Filling, fill, takingEach } from '../../../platform/store/filling.ts';
import { countRows, ratesOf, ratesTable } from '../../../platform/store/rates.ts';
import type { Store } from '../../../platform/store/store.ts';
import { type Fields, telemetryTo } from '../../../platform/telemetry/catalogue.ts';
import { type CountsRecord, countsRecord, decodeCounts } from '../../../platform/topics/counts.ts';
import { topics } from '../../../platform/topics/topic.ts';
import { systemClock } from '../../../platform/units/clock.ts';
import { ClickHouse } from '../../support/clickhouse.ts';
import { eventually, temporaryFolder } from '../../support/process.ts';
import { answering, testStore } from '../../support/stores.ts';

const { counts } = topics();
const SECOND = Math.floor(Date.now() / 1000) - 3600;
const WITHIN_MS = 30_000;
/** A tenth of what is usual. */
const FAST = { beatMs: 100, saveMs: 300, patienceMs: 500, freshMs: 1500 };

let server: ClickHouse;
beforeAll(async () => {
  server = await ClickHouse.start();
});
afterAll(() => server.stop());

/** An event log with counts, a store, and processes that fill it. */
class Filled {
  readonly folder: string;
  readonly url: string;
  readonly told: [string, Fields][] = [];
  readonly store: Store;
  #log: EventLog;
  #records = 0;

  private constructor(log: EventLog, folder: string) {
    this.#log = log;
    this.folder = folder;
    this.url = server.url();
    this.store = this.opened();
  }

  static async begin(): Promise<Filled> {
    const { path, remove } = temporaryFolder();
    const log = await openFileLog({ folder: join(path, 'log'), clock: systemClock, topics: [counts], fsync: 'never' });
    onTestFinished(async () => {
      await log.close();
      remove();
    });
    const filled = new Filled(log, path);
    await answering(filled.store);
    return filled;
  }

  opened(): Store {
    const store = testStore({ url: this.url, telemetry: telemetryTo((name, _, fields) => this.told.push([name, fields])) });
    onTestFinished(() => store.close());
    return store;
  }

  /** Another process with a name and, where it is on another machine, a folder of its own. */
  filler(writer: string, { store = this.store, folder = 'spool' } = {}): Filling {
    const telemetry = telemetryTo((name, _, fields) => this.told.push([name, { ...fields, writer }]));
    const filler = { log: this.#log, store, clock: systemClock, telemetry, writer, folder: join(this.folder, folder), pace: FAST };
    const filling = fill(filler, counts, (positions) =>
      takingEach(positions, (record, into) => {
        const read = decodeCounts(record);
        into.add(ratesTable, countRows(read), read.rows.length);
      }),
    );
    onTestFinished(() => filling.stop());
    return filling;
  }

  /** So many records, each with one event in a second of its own. */
  async append(records: number, series = 'orders~1'): Promise<void> {
    const rows = Array.from({ length: records }, (): CountsRecord => {
      const to = ++this.#records;
      return { partition: 0, block: 0, to, progress: 0, waits: [], rows: [[series, SECOND + to, 1, 0, 0]] };
    });
    await this.appendRecords(rows);
  }

  async appendRecords(records: readonly CountsRecord[]): Promise<void> {
    await this.#log.append(
      counts,
      records.map((record) => countsRecord(record, 0)),
    );
  }

  /** In place of the one before, whose records are gone. */
  use(log: EventLog): void {
    this.#log = log;
  }

  /** Every second once, with its one event. */
  async holds(records = this.#records): Promise<boolean> {
    const found = await ratesOf(this.store, { series: 'orders~1', from: SECOND, to: SECOND + 1_000_000, stepSeconds: 1 });
    return found.length === records && found.every(({ n }) => n === 1);
  }

  async writers(): Promise<string[]> {
    const found = await this.store.rows<{ writer: string }>('SELECT DISTINCT writer FROM positions ORDER BY writer');
    return found.map(({ writer }) => writer);
  }

  /** What waits on disk. */
  waiting(folder = 'spool'): number {
    return readdirSync(join(this.folder, folder, 'counts')).filter((file) => file.endsWith('.slice')).length;
  }
}

test('brings every record into the store, and goes on after a stop without writing again what is there', async () => {
  const filled = await Filled.begin();
  await filled.append(500);
  const first = filled.filler('a');
  await eventually('the rows', WITHIN_MS, () => filled.holds());
  await first.stop();
  await filled.append(100);
  filled.told.length = 0;
  filled.filler('a');
  await eventually('the rows', WITHIN_MS, () => filled.holds());
  const rows = filled.told.filter(([name]) => name === 'storeRows').reduce((sum, [, { value }]) => sum + Number(value), 0);
  expect(rows).toBe(100);
});

test('waits on disk while the server is dead, longer than anybody has patience, and has every row once when it is back', async () => {
  const filled = await Filled.begin();
  const filling = filled.filler('a');
  await filled.append(50);
  await eventually('the first rows', WITHIN_MS, () => filled.holds());
  await server.kill();
  for (let i = 0; i < 20; i++) {
    await filled.append(20);
    await pause(100);
  }
  expect(filled.waiting()).toBeGreaterThan(0);
  await server.restart();
  await eventually('all rows', WITHIN_MS, () => filled.holds());
  await eventually('an empty spool', WITHIN_MS, async () => filled.waiting() === 0);
  await filling.stop();
  expect(await filled.holds()).toBe(true);
}, 60_000);

test('a process that begins while the server is dead goes on from what waits on its disk', async () => {
  const filled = await Filled.begin();
  const first = filled.filler('a-1');
  await filled.append(50);
  await eventually('the first rows', WITHIN_MS, () => filled.holds());
  await server.kill();
  await filled.append(50);
  await eventually('a slice on disk', WITHIN_MS, async () => filled.waiting() > 0);
  await first.stop();
  const waiting = filled.waiting();
  filled.filler('a-2', { store: filled.opened() });
  await filled.append(50);
  await eventually('another slice on disk', WITHIN_MS, async () => filled.waiting() > waiting);
  await server.restart();
  await eventually('all rows', WITHIN_MS, () => filled.holds());
}, 60_000);

test('holds nobody up while the server hangs', async () => {
  const filled = await Filled.begin();
  const filling = filled.filler('a');
  await filled.append(10);
  await eventually('the first rows', WITHIN_MS, () => filled.holds());
  server.hang();
  try {
    await filled.append(10);
    await pause(1500);
    const began = performance.now();
    await filling.stop();
    expect(performance.now() - began).toBeLessThan(15_000);
  } finally {
    server.goOn();
  }
  filled.filler('a');
  await eventually('all rows', WITHIN_MS, () => filled.holds());
}, 60_000);

test('of two processes one works, and the other takes over where it stopped', async () => {
  const filled = await Filled.begin();
  await filled.append(100);
  const first = filled.filler('a', { folder: 'a' });
  await eventually('the rows', WITHIN_MS, () => filled.holds());
  filled.filler('b', { folder: 'b', store: filled.opened() });
  await filled.append(100);
  await eventually('the rows', WITHIN_MS, () => filled.holds());
  expect(filled.told.filter(([name, { writer }]) => name === 'storeRows' && writer === 'b')).toEqual([]);
  await first.stop();
  await filled.append(100);
  await eventually('the rows of the other', WITHIN_MS, () => filled.holds());
  expect(await filled.writers()).toContain('b');
}, 60_000);

test('two that work at once write nothing twice, and one of them yields', async () => {
  const filled = await Filled.begin();
  await filled.append(300);
  filled.filler('a', { folder: 'a' });
  filled.filler('b', { folder: 'b', store: filled.opened() });
  const worked = (writer: string) => filled.told.filter(([name, told]) => name === 'storeRows' && told.writer === writer).length;
  for (let i = 0; i < 20; i++) {
    await filled.append(10);
    await pause(100);
  }
  const before = worked('b');
  await filled.append(10);
  await eventually('the rows', WITHIN_MS, () => filled.holds());
  await pause(500);
  expect(worked('b')).toBe(before);
  expect(worked('a')).toBeGreaterThan(5);
}, 60_000);

test('puts aside the one row that cannot be read, and keeps all others', async () => {
  const filled = await Filled.begin();
  await filled.append(40);
  const bad: CountsRecord = {
    partition: 0,
    block: 0,
    to: 'far' as unknown as number,
    progress: 0,
    waits: [],
    rows: [['x~1', SECOND, 1, 0, 0]],
  };
  await filled.appendRecords([bad]);
  await filled.append(40);
  filled.filler('a');
  await eventually('the rows', WITHIN_MS, () => filled.holds());
  expect(readdirSync(join(filled.folder, 'spool/counts/refused'))).toHaveLength(1);
  expect(filled.told.filter(([name]) => name === 'rowsRefused')).toHaveLength(1);
});

test('reads a new event log from its beginning, whatever the store knows of the one before', async () => {
  const filled = await Filled.begin();
  await filled.append(30);
  const first = filled.filler('a');
  await eventually('the rows', WITHIN_MS, () => filled.holds());
  await first.stop();
  const { path, remove } = temporaryFolder();
  const log = await openFileLog({ folder: path, clock: systemClock, topics: [counts], fsync: 'never' });
  onTestFinished(async () => {
    await log.close();
    remove();
  });
  filled.use(log);
  await filled.append(5);
  filled.filler('b', { folder: 'b' });
  await eventually('the rows of the new log', WITHIN_MS, () => filled.holds(35));
}, 60_000);
