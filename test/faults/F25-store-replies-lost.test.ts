import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { Filled } from '../platform/store/filled.ts';
import { ClickHouse } from '../support/clickhouse.ts';
import { DeafProxy } from '../support/deaf-proxy.ts';
import { eventually } from '../support/process.ts';

const WITHIN_MS = 30_000;
const LOST = 6;

let server: ClickHouse;
beforeAll(async () => {
  server = await ClickHouse.start();
});
afterAll(() => server.stop());

test('an insert whose answer is lost is made again and changes nothing: rows are equal, with and without merging', async () => {
  const proxy = await DeafProxy.to(server.port);
  onTestFinished(() => proxy.close());
  const url = new URL(server.url());
  url.port = String(proxy.port);
  const filled = await Filled.begin(url.href);
  filled.filler('a');
  let rounds = 0;
  for (; proxy.swallowed < LOST; rounds++) {
    if (rounds % 2 === 0) proxy.swallow = 1;
    await filled.append(20);
    await pause(100);
  }
  proxy.swallow = 0;
  await eventually('all rows', WITHIN_MS, () => filled.holds());
  const [row] = await filled.store.rows<{ n: number }>('SELECT count() AS n FROM rates');
  expect(Number(row?.n)).toBe(20 * rounds);
}, 60_000);
