/** Is it alive, can it take events, is it still deciding, and what it counts. */
import type { FastifyPluginAsync } from 'fastify';
import type { Health } from '../../platform/eventlog/eventlog.ts';
import type { Metrics } from '../../platform/telemetry/metrics.ts';
import { type Clock, SteadyTime, sleep } from '../../platform/units/clock.ts';

interface HealthCheck {
  readonly name: string;
  /** Only what a durable append needs decides whether events can be taken. */
  readonly needed: boolean;
  check(): Promise<Health> | Health;
}

export interface HealthOptions {
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly checks: readonly HealthCheck[];
  /** The newest decided second and since when that is known (steady ms); null before the first; left out where nobody looks at any. */
  readonly newest?: () => { readonly second: number; readonly decidedAt: number } | null;
}

/** Older than this the newest decision is stale. */
const FRESH_MS = 3000;
const NO_SCREENS = 'this process has not the role dashboards, so nobody looks at it; ask one that has';
/** A check that takes longer has failed. */
const CHECK_MS = 1000;

export const healthRoutes: FastifyPluginAsync<HealthOptions> = async (app, { clock, metrics, checks, newest }) => {
  const time = new SteadyTime(clock);

  app.get('/livez', { config: { need: 'open' } }, async () => 'ok\n');

  app.get<{ Querystring: { verbose?: string } }>('/readyz', { config: { need: 'open' } }, async (request, reply) => {
    const results = await Promise.all(checks.map((check) => run(check, clock)));
    const ready = results.every(({ needed, ok }) => ok || !needed);
    const lines = results.map(({ name, ok, needed, reason }) => `[${ok ? '+' : '-'}] ${name}: ${said(ok, needed, reason)}`);
    const verdict = ready ? 'ready' : 'not ready';
    const verbose = request.query.verbose !== undefined && request.query.verbose !== 'false';
    reply.code(ready ? 200 : 503).type('text/plain; charset=utf-8');
    return verbose || !ready ? `${[...lines, verdict].join('\n')}\n` : `${verdict}\n`;
  });

  app.get('/fresh', { config: { need: 'look' } }, async (_request, reply) => {
    const at = newest?.();
    const ageSeconds = at ? Math.max(0, Math.round(time.now() - at.decidedAt)) / 1000 : null;
    const fresh = ageSeconds !== null && ageSeconds * 1000 <= FRESH_MS;
    const second = at?.second ?? null;
    return reply.code(fresh ? 200 : 503).send({ fresh, second, ageSeconds, ...(newest ? {} : { reason: NO_SCREENS }) });
  });

  app.get('/metrics', { config: { need: 'look' } }, async (_request, reply) => reply.type(metrics.contentType).send(await metrics.text()));
};

function said(ok: boolean, needed: boolean, reason: string): string {
  if (ok) return 'ok';
  return `${needed ? 'failed' : 'failed, events are taken all the same'}: ${reason}`;
}

async function run({ name, needed, check }: HealthCheck, clock: Clock): Promise<Health & { name: string; needed: boolean }> {
  const late = sleep(clock, CHECK_MS).then(() => ({ ok: false, reason: `no answer within ${CHECK_MS / 1000} s` }));
  const asked = Promise.resolve()
    .then(check)
    .catch((error: unknown) => ({ ok: false, reason: String(error) }));
  return { name, needed, ...(await Promise.race([asked, late])) };
}
