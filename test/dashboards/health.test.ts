import Fastify, { type FastifyInstance } from 'fastify';
import { expect, test } from 'vitest';
import { type HealthOptions, healthRoutes } from '../../dashboards/routes/health.ts';
import { Metrics } from '../../platform/telemetry/metrics.ts';
import { ManualClock } from '../support/clock.ts';

async function serverOf(options: Partial<HealthOptions> = {}): Promise<{ app: FastifyInstance; clock: ManualClock }> {
  const clock = new ManualClock();
  const app = Fastify();
  await app.register(healthRoutes, { clock, metrics: new Metrics(), checks: [], ...options });
  return { app, clock };
}

const good = { name: 'event log', needed: true, check: () => ({ ok: true, reason: '' }) };
const away = { name: 'mail', needed: false, check: () => ({ ok: false, reason: 'smtp does not answer' }) };

test('it lives as long as it answers', async () => {
  const { app } = await serverOf();
  expect((await app.inject({ url: '/livez' })).body).toBe('ok\n');
});

test('it is ready while events can be kept, whatever else is away', async () => {
  const { app } = await serverOf({ checks: [good, away] });
  const plain = await app.inject({ url: '/readyz' });
  expect([plain.statusCode, plain.body]).toEqual([200, 'ready\n']);
  const verbose = await app.inject({ url: '/readyz?verbose' });
  expect(verbose.body).toBe('[+] event log: ok\n[-] mail: failed, events are taken all the same: smtp does not answer\nready\n');
});

test('it is not ready when a needed part fails, throws or does not answer, and names it', async () => {
  const broken = { ...good, check: () => Promise.reject(new Error('disk full')) };
  const silent = { ...good, name: 'silent', check: () => new Promise<never>(() => undefined) };
  const { app, clock } = await serverOf({ checks: [broken, silent] });
  const asked = app.inject({ url: '/readyz' });
  await expect.poll(() => clock.timers).toBe(2);
  await clock.advance(1000);
  const { statusCode, body } = await asked;
  expect(statusCode).toBe(503);
  expect(body).toContain('[-] event log: failed: Error: disk full');
  expect(body).toContain('[-] silent: failed: no answer within 1 s');
});

test('it is fresh while the newest decision is at most 3 s old', async () => {
  const clock = new ManualClock();
  const decidedAt = clock.wall();
  const app = Fastify();
  await app.register(healthRoutes, { clock, metrics: new Metrics(), checks: [], newest: () => ({ second: 7, decidedAt }) });
  await clock.advance(3000);
  const fresh = await app.inject({ url: '/fresh' });
  expect([fresh.statusCode, fresh.json()]).toEqual([200, { fresh: true, second: 7, ageSeconds: 3 }]);
  await clock.advance(1);
  expect((await app.inject({ url: '/fresh' })).statusCode).toBe(503);
});

test('before anything was decided it is not fresh', async () => {
  const { app } = await serverOf({ newest: () => null });
  const { statusCode, body } = await app.inject({ url: '/fresh' });
  expect([statusCode, JSON.parse(body)]).toEqual([503, { fresh: false, second: null, ageSeconds: null }]);
});

test('where nobody looks at decisions it is not fresh, and says where to ask', async () => {
  const { app } = await serverOf();
  const { statusCode, body } = await app.inject({ url: '/fresh' });
  expect([statusCode, JSON.parse(body)]).toMatchObject([503, { fresh: false, reason: expect.stringMatching(/not the role dashboards/) }]);
});

test('metrics come in the text form that Prometheus reads', async () => {
  const { app } = await serverOf();
  const { headers, body } = await app.inject({ url: '/metrics' });
  expect(headers['content-type']).toContain('text/plain');
  expect(body).toContain('# TYPE plummet_viewers gauge');
});
