import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Filled } from '../platform/store/filled.ts';
import { ClickHouse, freshDatabase } from '../support/clickhouse.ts';
import { eventually } from '../support/process.ts';

const WITHIN_MS = 30_000;

let server: ClickHouse;
beforeAll(async () => {
  server = await ClickHouse.start();
});
afterAll(() => server.stop());

test.each([
  [
    'has too many parts',
    'SYSTEM STOP MERGES rates',
    'ALTER TABLE rates MODIFY SETTING parts_to_throw_insert = 1',
    'ALTER TABLE rates RESET SETTING parts_to_throw_insert',
  ],
  [
    'is out of disk',
    'SYSTEM FLUSH LOGS',
    'ALTER TABLE rates MODIFY SETTING min_free_disk_bytes_to_perform_insert = 1000000000000000',
    'ALTER TABLE rates RESET SETTING min_free_disk_bytes_to_perform_insert',
  ],
])(
  'a server that %s is left alone for a while and then gets fewer and larger inserts, every row once',
  async (_, before, refuse, take) => {
    const database = freshDatabase();
    const filled = await Filled.begin(server.url({ database }));
    expect(await server.ask(before, { database })).toBe('');
    filled.filler('a');
    await filled.append(10);
    await eventually('the first rows', WITHIN_MS, () => filled.holds());
    expect(await server.ask(refuse, { database })).toBe('');
    for (let i = 0; i < 25; i++) {
      await filled.append(10);
      await pause(100);
    }
    const waiting = filled.waiting();
    expect(waiting).toBeGreaterThan(3);
    filled.told.length = 0;
    expect(await server.ask(take, { database })).toBe('');
    await eventually('all rows', WITHIN_MS, () => filled.holds());
    await eventually('an empty spool', WITHIN_MS, async () => filled.waiting() === 0);
    expect(filled.told.filter(([name]) => name === 'storeRows').length).toBeLessThan(waiting);
  },
  60_000,
);
