/** Events that one core takes at the gateway, checked and durable, against a Fastify handler that does nothing with the same bytes. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BATCH_CONTENT_TYPE, type BatchEvent, encodeBatch, tallyOf } from '@plummet/sdk/batch';
import Fastify, { type FastifyInstance } from 'fastify';
import { serverLimits } from '../ingest/admission/limits.ts';
import { gateway } from '../ingest/gateway.ts';
import { openFileLog } from '../platform/eventlog/file/file.ts';
import { telemetry } from '../platform/telemetry/logger.ts';
import { Metrics } from '../platform/telemetry/metrics.ts';
import { topics as topicsOf } from '../platform/topics/topic.ts';
import { systemClock } from '../platform/units/clock.ts';
import type { Load, LoadDone } from './http-load.ts';
import type { BenchRow } from './row.ts';

const EVENTS_PER_BATCH = 100;
const REQUESTS = 15_000;
const WARM_UP_REQUESTS = 3000;
const CONNECTIONS = 32;
const FLOOR_EVENTS_PER_SECOND = 300_000;

export async function gatewayBench(): Promise<BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'plummet-bench-'));
  const topics = topicsOf();
  const clock = systemClock;
  const log = await openFileLog({ folder, clock, topics: Object.values(topics) });
  const client = fork(fileURLToPath(new URL('./http-load.ts', import.meta.url)));
  const app = Fastify({ ...serverLimits });
  // Without a limit of pace: the one client stands for all.
  const limits = { requestsPerSecondMax: 1e9, bytesPerSecondMax: 1e12 };
  const measured = telemetry({ clock, metrics: new Metrics(), level: 'silent' });
  await app.register(gateway({ log, topics, clock, telemetry: measured, limits }));
  await app.register(empty);
  await app.listen({ port: 0, host: '127.0.0.1' });
  try {
    const load = {
      port: (app.server.address() as AddressInfo).port,
      contentType: BATCH_CONTENT_TYPE,
      bodies: batches(),
      connections: CONNECTIONS,
    };
    const nothing = await requestsPerCpuSecond(client, { ...load, path: '/empty' });
    const taken = await requestsPerCpuSecond(client, { ...load, path: '/v1/events' });
    return [
      {
        name: 'gateway: events in batches of 100, checked and durable',
        value: taken * EVENTS_PER_BATCH,
        unit: 'events a CPU-second',
        against: 'requests of an empty Fastify handler, same bytes',
        ratio: taken / nothing,
        floor: FLOOR_EVENTS_PER_SECOND,
      },
    ];
  } finally {
    client.kill();
    await app.close();
    await log.close();
    await rm(folder, { recursive: true });
  }
}

/** Reads the body, as it must, and answers. */
async function empty(app: FastifyInstance): Promise<void> {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, _body, done) => done(null));
  app.post('/empty', async (_request, reply) => reply.code(202).send());
}

/** CPU time of this process, all its threads; the client's is not in it. */
async function requestsPerCpuSecond(client: ChildProcess, load: Omit<Load, 'requests'>): Promise<number> {
  await sent(client, { ...load, requests: WARM_UP_REQUESTS });
  const before = process.cpuUsage();
  await sent(client, { ...load, requests: REQUESTS });
  const { user, system } = process.cpuUsage(before);
  return REQUESTS / ((user + system) / 1e6);
}

async function sent(client: ChildProcess, load: Load): Promise<void> {
  const answered = once(client, 'message');
  client.send(load);
  const [{ answers }] = (await answered) as [LoadDone];
  if (answers['202'] !== load.requests) throw new Error(`not all requests were taken: ${JSON.stringify(answers)}`);
}

/** Two types with and without data, as a shop sends them; several, so that nothing is cached by its text. */
function batches(): string[] {
  return Array.from({ length: 64 }, (_, seq) => {
    const t0 = 1_763_694_925_123 + seq * 100;
    const events = Array.from({ length: EVENTS_PER_BATCH }, (_, i): BatchEvent => {
      return i % 4 === 0
        ? ['user.registered', i]
        : ['order.placed', i, { amount: 5 + ((i * 37 + seq) % 400), channel: i % 3 ? 'web' : 'app' }];
    });
    const head = {
      producer: `shop-web-${seq}#k3v9x0q2m7t1c5zd`,
      seq,
      published: EVENTS_PER_BATCH * (seq + 1),
      sent: t0 + 100,
      until: t0 + 100,
      t0,
    };
    return encodeBatch({ ...head, lost: {}, tally: tallyOf(t0, events), events });
  });
}
