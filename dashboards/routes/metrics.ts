/** The metrics, their last three hours, and the live stream. */
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { nearest } from '../../platform/config/problem.ts';
import type { Telemetry } from '../../platform/telemetry/catalogue.ts';
import type { Clock } from '../../platform/units/clock.ts';
import { parseDuration } from '../../platform/units/duration.ts';
import { parseRfc3339 } from '../../platform/units/rfc3339.ts';
import { refuse } from '../access/guard.ts';
import type { Live } from '../live.ts';
import { HistoryPace, POINTS_MAX } from './history-pace.ts';

const FROM_DEFAULT_MS = 300_000;
/** Years 1970 to 9999. */
const MOMENT_MS_MAX = 253_402_300_800_000;

interface RatesQuery {
  from?: string;
  to?: string;
  step?: string;
}

/** Epoch seconds; `to` is the first one left out. */
interface Range {
  readonly from: number;
  readonly to: number;
  readonly stepSeconds: number;
  readonly step: string;
}

export interface MetricRoutesOptions {
  readonly live: Live;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
}

export const metricRoutes: FastifyPluginAsync<MetricRoutesOptions> = async (app, { live, clock, telemetry }) => {
  const pace = new HistoryPace();

  function refuseTooMuch(request: FastifyRequest, reply: FastifyReply, { from, to, stepSeconds }: Range): FastifyReply | null {
    const seconds = to - from;
    const who = { name: request.identity?.name ?? null, address: request.ip };
    const tooMuch = pace.tooMuch({ ...who, seconds, points: Math.ceil(seconds / stepSeconds) }, clock.monotonic());
    if (!tooMuch) return null;
    const { by, wait } = tooMuch;
    telemetry.historyRefused({ by });
    reply.header('retry-after', String(wait));
    const again = `Ask again in ${wait} s.`;
    if (by === 'everybody') return refuse(reply, 503, 'too-busy', `More history is asked for than can be read. ${again}`);
    return refuse(reply, 429, 'too-fast', `This is more history than one client may ask for. ${again} Longer steps cost less.`);
  }

  app.get('/api/metrics', { config: { need: 'look' } }, async () => live.metrics());

  app.get<{ Params: { name: string }; Querystring: RatesQuery }>(
    '/api/metrics/:name/rates',
    { config: { need: 'look' } },
    async (request, reply) => {
      const { name } = request.params;
      const range = asked(request.query, live.now());
      if (typeof range === 'string') return refuse(reply, 400, 'bad-range', range);
      const refusal = refuseTooMuch(request, reply, range);
      if (refusal) return refusal;
      const rates = live.rates(name, range);
      if (rates) return reply.header('cache-control', 'no-store').send(rates);
      const names = live.hello().metrics.map((metric) => metric.name);
      const near = nearest(name, names);
      const known = near ? `Did you mean "${near}"?` : `There are: ${names.slice(0, 20).join(', ') || 'none'}.`;
      return refuse(reply, 404, 'no-such-metric', `No metric is called "${name}". ${known}`);
    },
  );

  // `since` is the last second the viewer has, `back` how many seconds it wants to begin with: its own clock may be wrong.
  // However long it was away, it is told no more than the newest `most` of them; with `once` the stream ends where it is live.
  app.get<{ Querystring: { since?: string; back?: string; most?: string; once?: string } }>(
    '/api/live',
    { config: { need: 'look' }, exposeHeadRoute: false },
    async (request, reply) => {
      await live.ready;
      const { since, back, most, once } = request.query;
      const after = secondOf(request.headers['last-event-id']) ?? secondOf(since);
      reply.hijack();
      if (live.connect(reply.raw, { after, back: secondOf(back), most: secondOf(most), once: once === '1' })) return;
      reply.raw.writeHead(503, { 'retry-after': '5', 'content-type': 'text/plain' }).end('Too many viewers.\n');
    },
  );
};

/** @returns the range, or what is wrong with it */
function asked({ from, to, step = '1s' }: RatesQuery, now: number): Range | string {
  const end = to === undefined ? now : parseRfc3339(to);
  if (end === null) return `to: "${to}" is no moment. Write it like 2025-11-21T14:03:07Z.`;
  const start = from === undefined ? end - FROM_DEFAULT_MS : parseRfc3339(from);
  if (start === null) return `from: "${from}" is no moment. Write it like 2025-11-21T14:03:07Z.`;
  if (start < 0 || end > MOMENT_MS_MAX) return 'from and to lie between the years 1970 and 9999.';
  if (start > end) return 'from is after to. Swap them.';
  const stepMs = parseDuration(step);
  if (stepMs === null || stepMs < 1000 || stepMs % 1000 !== 0)
    return `step: "${step}" is no whole number of seconds. Write it like 1s, 10s or 1m.`;
  const range = { from: Math.floor(start / 1000), to: Math.ceil(end / 1000), stepSeconds: stepMs / 1000, step };
  const seconds = range.to - range.from;
  if (Math.ceil(seconds / range.stepSeconds) > POINTS_MAX) {
    return `These are more than ${POINTS_MAX} points. The smallest step for this range is ${Math.ceil(seconds / POINTS_MAX)}s.`;
  }
  return range;
}

/** @returns null where the text is no second: no number, negative, too large to be one */
function secondOf(text: string | string[] | undefined): number | null {
  return typeof text === 'string' && /^\d{1,12}$/.test(text) ? Number(text) : null;
}
