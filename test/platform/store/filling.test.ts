import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { fill } from '../../../platform/store/filling.ts';
import { ratesTable } from '../../../platform/store/rates.ts';
import { OpenSlice } from '../../../platform/store/slice.ts';
import { Spool } from '../../../platform/store/spool.ts';
import { silentTelemetry } from '../../../platform/telemetry/catalogue.ts';
import type { CountsRecord } from '../../../platform/topics/counts.ts';
import { topics } from '../../../platform/topics/topic.ts';
import { systemClock } from '../../../platform/units/clock.ts';
import { ClickHouse } from '../../support/clickhouse.ts';
import { eventually, temporaryFolder } from '../../support/process.ts';
import { countsLog, Filled, SECOND } from './filled.ts';

const WELL = { ok: true, reason: '' };
const WITHIN_MS = 30_000;

let server: ClickHouse;
beforeAll(async () => {
  server = await ClickHouse.start();
});
afterAll(() => server.stop());

test('brings every record into the store, and goes on after a stop without writing again what is there', async () => {
  const filled = await Filled.begin(server.url());
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
  const filled = await Filled.begin(server.url());
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
  const filled = await Filled.begin(server.url());
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
  const filled = await Filled.begin(server.url());
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
  const filled = await Filled.begin(server.url());
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
  await eventually('the name of the other', WITHIN_MS, async () => (await filled.writers()).includes('b'));
}, 60_000);

test('two that work at once write nothing twice, and one of them yields', async () => {
  const filled = await Filled.begin(server.url());
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
  const filled = await Filled.begin(server.url());
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
  const filled = await Filled.begin(server.url());
  await filled.append(30);
  const first = filled.filler('a');
  await eventually('the rows', WITHIN_MS, () => filled.holds());
  await first.stop();
  filled.use(await countsLog());
  await filled.append(5);
  filled.filler('b', { folder: 'b' });
  await eventually('the rows of the new log', WITHIN_MS, () => filled.holds(35));
}, 60_000);

test('while the event log hinders every start, what waits on disk is brought by one and not by more each second', async () => {
  const { path, remove } = temporaryFolder();
  onTestFinished(remove);
  const waiting = new OpenSlice();
  waiting.add(ratesTable, '[]\n', 1);
  waiting.position({ partition: 0, part: '', offset: 1, memory: '' });
  await (await Spool.open(join(path, 'counts'))).push(waiting.take());
  let asked = 0;
  const insert = () => new Promise<void>(() => asked++);
  const store = { name: '', isShared: false, insert, rows: async () => [], retain() {}, check: () => WELL, close: async () => undefined };
  const log = Object.assign(await countsLog(), { ends: () => Promise.reject(new Error('no leader')) });
  const filler = { log, store, clock: systemClock, telemetry: silentTelemetry, writer: 'a', folder: path };
  const filling = fill(filler, topics().counts, () => ({ from: new Map(), take: () => undefined }));
  await pause(3500);
  expect(asked).toBe(1);
  await filling.stop();
});
