import { once } from 'node:events';
import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { createServer } from '../../dashboards/server.ts';
import { gateway } from '../../ingest/gateway.ts';
import { silentTelemetry } from '../../platform/telemetry/catalogue.ts';
import { Metrics } from '../../platform/telemetry/metrics.ts';
import { topics as topicsOf } from '../../platform/topics/topic.ts';
import { systemClock } from '../../platform/units/clock.ts';
import { type MemoryLog, memoryLog } from '../support/memory-log.ts';

const topics = topicsOf();
const common = { clock: systemClock, telemetry: silentTelemetry };

async function serverOver(log: MemoryLog) {
  const health = { metrics: new Metrics(), checks: [] };
  const app = await createServer({ ...common, tokens: [], health, plugins: [gateway({ ...common, log, topics })] });
  onTestFinished(() => app.close());
  await app.listen({ port: 0, host: '127.0.0.1' });
  const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  const post = () => {
    const headers = { 'content-type': 'application/json' };
    return fetch(`${url}/v1/events`, { method: 'POST', headers, body: '{"type":"order.placed"}' });
  };
  return { app, url, post };
}

test('what was sent before the end is answered; what comes meanwhile is to be sent elsewhere', async () => {
  const log = memoryLog({ clock: systemClock, latencyMs: 600 });
  const { app, url, post } = await serverOver(log);
  const early = post();
  await pause(200);
  const closed = app.close();
  const [late, ready] = await Promise.all([post(), fetch(`${url}/readyz`)]);
  expect([(await early).status, late.status, ready.status]).toEqual([202, 503, 503]);
  await closed;
  const records = Array.from({ length: topics.events.partitions }, (_, partition) => log.records(topics.events, partition)).flat();
  expect(records).toHaveLength(1);
});

test('who is asked for what the event log does not take is told so; who never ends what he sends is cut off', async () => {
  const log = memoryLog({ clock: systemClock });
  log.hold(topics.events);
  const { app, url, post } = await serverOver(log);
  const asked = post();
  const endless = request(`${url}/v1/events`, { method: 'POST', headers: { 'content-length': '100' } });
  const cut = once(endless, 'error');
  endless.write('{');
  await pause(200);
  const before = performance.now();
  await app.close();
  expect(performance.now() - before).toBeLessThan(25_000);
  expect((await asked).status).toBe(503);
  expect(await cut).toMatchObject([{ code: 'ECONNRESET' }]);
}, 40_000);
