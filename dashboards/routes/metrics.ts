/** The metrics, their history at any zoom, and the live stream. */
import type { FastifyPluginAsync } from 'fastify';
import { nearest } from '../../platform/config/problem.ts';
import { refuse } from '../access/guard.ts';
import type { Live } from '../live.ts';
import type { RatesAnswer } from '../live-frames.ts';
import { type RefuseTooMuch, refuseUnknown } from './too-much.ts';
import { type RatesQuery, zoomOf } from './zoom.ts';

/** Entries that are written in one go. */
const LONG_LIST = 1000;

export interface MetricRoutesOptions {
  readonly live: Live;
  readonly refuseTooMuch: RefuseTooMuch;
}

export const metricRoutes: FastifyPluginAsync<MetricRoutesOptions> = async (app, { live, refuseTooMuch }) => {
  app.get('/api/metrics', { config: { need: 'look' } }, async () => live.metrics());

  app.get<{ Params: { name: string }; Querystring: RatesQuery & { segment?: string } }>(
    '/api/metrics/:name/rates',
    { config: { need: 'look' } },
    async (request, reply) => {
      const { name } = request.params;
      const range = zoomOf(request.query, live.now());
      if (typeof range === 'string') return refuse(reply, 400, 'bad-range', range);
      const seconds = range.to - range.from;
      const refusal = refuseTooMuch(request, reply, { seconds, points: Math.ceil(seconds / range.stepSeconds) });
      if (refusal) return refusal;
      const { segment } = request.query;
      if (Array.isArray(segment)) return refuse(reply, 400, 'bad-segment', 'Ask for one segment at a time.');
      const rates = live.rates(name, range, segment);
      if (rates)
        return reply
          .header('cache-control', 'no-store')
          .type('application/json; charset=utf-8')
          .send(await textOf(await rates));
      const names = live.hello().metrics.map((metric) => metric.name);
      return refuseUnknown(reply, name, nearest(name, names), names);
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

/** As JSON, list by list, and the loop goes round in between: all of it at once would take 5 ms. */
async function textOf(rates: RatesAnswer): Promise<string> {
  const parts: string[] = [];
  for (const [name, value] of Object.entries(rates)) {
    parts.push(`${JSON.stringify(name)}:${JSON.stringify(value)}`);
    if (Array.isArray(value) && value.length > LONG_LIST) await new Promise((resolve) => setImmediate(resolve));
  }
  return `{${parts.join(',')}}`;
}

/** @returns null where the text is no second: no number, negative, too large to be one */
function secondOf(text: string | string[] | undefined): number | null {
  return typeof text === 'string' && /^\d{1,12}$/.test(text) ? Number(text) : null;
}
