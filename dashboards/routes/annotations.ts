/** What is marked on the charts: deploys, notes, what the demo rehearsed. */
import type { FastifyPluginAsync } from 'fastify';
import { type Annotation, annotationsBetween } from '../../platform/store/annotations.ts';
import type { Store } from '../../platform/store/store.ts';
import { atMost } from '../../platform/units/at-most.ts';
import type { Clock } from '../../platform/units/clock.ts';
import { parseRfc3339 } from '../../platform/units/rfc3339.ts';
import { refuse } from '../access/guard.ts';
import type { AnnotationView } from '../live-frames.ts';

export interface AnnotationRoutesOptions {
  /** Null: nothing can be marked. */
  readonly store: Store | null;
  readonly clock: Clock;
  /** ms since the epoch */
  readonly now: () => number;
}

/** Thirty days. */
const FROM_DEFAULT_MS = 30 * 86_400_000;
const ANSWER_MS_MAX = 2000;
/** The store counts milliseconds between these years, 1970 and 2106. */
const MOMENT_MS_MAX = 4_294_967_295_000;

export const annotationRoutes: FastifyPluginAsync<AnnotationRoutesOptions> = async (app, { store, clock, now }) => {
  app.get<{ Querystring: { from?: string; to?: string } }>('/api/annotations', { config: { need: 'look' } }, async (request, reply) => {
    const { from, to } = request.query;
    const end = to === undefined ? now() + 1 : parseRfc3339(to);
    if (end === null) return refuse(reply, 400, 'bad-range', `to: "${to}" is no moment. Write it like 2025-11-21T14:03:07Z.`);
    const start = from === undefined ? end - FROM_DEFAULT_MS : parseRfc3339(from);
    if (start === null) return refuse(reply, 400, 'bad-range', `from: "${from}" is no moment. Write it like 2025-11-21T14:03:07Z.`);
    if (start > end) return refuse(reply, 400, 'bad-range', 'from is after to. Swap them.');
    reply.header('cache-control', 'no-store');
    if (!store) return [] satisfies AnnotationView[];
    let why = `History did not answer within ${ANSWER_MS_MAX / 1000} s. Ask again.`;
    let found: readonly Annotation[] | null = null;
    const reading = annotationsBetween(store, inStore(start), inStore(end)).then(
      (annotations) => {
        found = annotations;
      },
      (error: Error) => {
        why = `What is marked stands in history, and that cannot be reached. ${error.message}`;
      },
    );
    await atMost(clock, ANSWER_MS_MAX, reading);
    if (found) return found satisfies readonly AnnotationView[];
    return refuse(reply.header('retry-after', '5'), 503, 'history-away', why);
  });
};

function inStore(ms: number): number {
  return Math.round(Math.max(0, Math.min(ms, MOMENT_MS_MAX)));
}
