/** `GET /api/metrics/NAME/explain?at=TIME`: why a second paged, or why not: every question of the rule with its number. */
import type { FastifyPluginAsync } from 'fastify';
import { nearest } from '../../platform/config/problem.ts';
import { explanationAnswer } from '../../platform/store/explain-answer.ts';
import type { AskedMetric, SecondExplained } from '../../platform/store/explain-second.ts';
import { parseRfc3339 } from '../../platform/units/rfc3339.ts';
import { refuse } from '../access/guard.ts';
import type { Live } from '../live.ts';
import { POINTS_MAX } from './history-pace.ts';
import { type RefuseTooMuch, refuseUnknown } from './too-much.ts';

export interface ExplainRoutesOptions {
  readonly live: Live;
  readonly refuseTooMuch: RefuseTooMuch;
  /** As they are configured now. */
  readonly metrics: () => readonly AskedMetric[];
  /** Never rejects. */
  readonly explain: (metric: AskedMetric, second: number) => Promise<SecondExplained | { readonly is: string; readonly why: string }>;
}

/** A quarter of a second of work, in slices and in turn: as much as so many of the longest histories. Two a second for each client. */
const COST = 7;
/** An incident is opened some seconds after its fall began. */
const OPENED_MS = 600_000;
const TIME_CHARS_MAX = 64;
const NAME_CHARS_MAX = 200;
/** The store counts seconds between these years, 1970 and 2106. */
const SECOND_MAX = 2 ** 32;

const schema = {
  params: { type: 'object', properties: { name: { type: 'string', maxLength: NAME_CHARS_MAX } } },
  querystring: { type: 'object', properties: { at: { type: 'string', maxLength: TIME_CHARS_MAX } } },
} as const;

type Asked = { Params: { name: string }; Querystring: { at?: string } };

export const explainRoutes: FastifyPluginAsync<ExplainRoutesOptions> = async (app, { live, refuseTooMuch, metrics, explain }) => {
  app.get<Asked>('/api/metrics/:name/explain', { config: { need: 'look' }, schema }, async (request, reply) => {
    const { name } = request.params;
    const metric = metrics().find((one) => one.name === name);
    if (!metric) {
      const names = metrics().map((one) => one.name);
      return refuseUnknown(reply, name, nearest(name, names), names);
    }
    const second = secondOf(request.query.at, live.now());
    if (typeof second === 'string') return refuse(reply, 400, 'bad-time', second);
    const refusal = refuseTooMuch(request, reply, { points: COST * POINTS_MAX, seconds: 0 });
    if (refusal) return refusal;
    // Just after a start memory is read from the event log.
    await live.ready;
    const found = await explain(metric, second);
    reply.header('cache-control', 'no-store');
    if ('why' in found) return refuse(reply.header('retry-after', '5'), 503, `history-${found.is}`, found.why);
    if (found.explanation === null) return refuse(reply, 422, 'unknown-second', nothingKnown(name, second, found));
    return explanationAnswer(metric, found, incidentAt(live, name, second));
  });
};

/** @param now  ms since the epoch @returns what is wrong with it, where it is no second that can have been decided on */
function secondOf(at: string | undefined, now: number): number | string {
  const how = 'Write it like at=2025-11-21T14:03:07Z or at=1763733787.';
  if (at === undefined) return `at: which second? ${how}`;
  const ms = /^\d{1,12}$/.test(at) ? Number(at) * 1000 : parseRfc3339(at);
  if (ms === null || ms < 0 || ms >= SECOND_MAX * 1000) return `at: "${at}" is no second. ${how}`;
  if (ms > now) return `at: "${at}" is in the future. It is ${new Date(now).toISOString().slice(0, -5)}Z.`;
  return Math.floor(ms / 1000);
}

export function incidentAt(live: Live, metric: string, second: number): string | null {
  const around = live.incidents(second * 1000, second * 1000 + OPENED_MS);
  return around.find(({ metrics }) => metrics.some(({ name, fall }) => name === metric && fall.from <= second))?.id ?? null;
}

function nothingKnown(name: string, second: number, { from, to }: { from: number | null; to: number | null }): string {
  const iso = (at: number): string => `${new Date(at * 1000).toISOString().slice(0, -5)}Z`;
  if (from === null || to === null) return `Nothing is known of ${name} yet.`;
  const reaches = `What is known reaches from ${iso(from)} to ${iso(to)}.`;
  if (second > to) return `${iso(second)} is not decided on yet. ${reaches} Ask again in some seconds.`;
  return `Nothing is known of ${name} at ${iso(second)}. ${reaches}`;
}
