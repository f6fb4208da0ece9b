/** Incidents and what was noted for the morning: which there were, what happened in one, and "I have it". */
import type { FastifyPluginAsync, FastifyReply } from 'fastify';
import type { Acknowledged } from '../../alerting/delivery/acknowledge.ts';
import { displayName } from '../../alerting/oncall/contact.ts';
import { parseRfc3339 } from '../../platform/units/rfc3339.ts';
import { refuse } from '../access/guard.ts';
import type { Live } from '../live.ts';

export interface IncidentRoutesOptions {
  readonly live: Live;
  /** Writes it to the journal, once. */
  readonly acknowledge: (incident: string, person: string) => Promise<Acknowledged>;
}

/** Thirty days. */
const FROM_DEFAULT_MS = 30 * 86_400_000;
const PERSON_CHARS_MAX = 63;

export const incidentRoutes: FastifyPluginAsync<IncidentRoutesOptions> = async (app, { live, acknowledge }) => {
  app.get<{ Querystring: RangeQuery }>('/api/incidents', { config: { need: 'look' } }, async (request, reply) => {
    const range = rangeOf(request.query, live.now());
    if (typeof range === 'string') return refuse(reply, 400, 'bad-range', range);
    await live.ready;
    return live.incidents(range.from, range.to);
  });

  app.get<{ Querystring: RangeQuery }>('/api/findings', { config: { need: 'look' } }, async (request, reply) => {
    const range = rangeOf(request.query, live.now());
    if (typeof range === 'string') return refuse(reply, 400, 'bad-range', range);
    await live.ready;
    return live.findings(range.from, range.to);
  });

  app.get<{ Params: { id: string } }>('/api/incidents/:id', { config: { need: 'look' } }, async (request, reply) => {
    await live.ready;
    return live.incident(request.params.id) ?? unknown(reply, request.params.id);
  });

  app.post<{ Params: { id: string }; Body: { person?: unknown } | null }>(
    '/api/incidents/:id/acknowledge',
    { config: { need: 'act' } },
    async (request, reply) => {
      const { id } = request.params;
      const named = request.body?.person;
      if (named !== undefined && (typeof named !== 'string' || named === '' || named.length > PERSON_CHARS_MAX)) {
        return refuse(reply, 400, 'bad-person', `person is a name of at most ${PERSON_CHARS_MAX} characters.`);
      }
      const person = named ?? request.identity?.name ?? 'somebody';
      const outcome = await acknowledge(id, person);
      switch (outcome.kind) {
        case 'done':
          return { id, is: 'acknowledged', by: person };
        case 'already':
          return reply.code(409).send(already(`${displayName(outcome.inHand.person)} has it already.`, outcome.inHand.person));
        case 'over':
          return reply.code(409).send(already('It is resolved already.', outcome.inHand?.person ?? null));
        case 'unknown':
          return unknown(reply, id);
      }
    },
  );
};

interface RangeQuery {
  readonly from?: string;
  readonly to?: string;
}

/** Milliseconds since the epoch; a sentence where it is none. */
function rangeOf({ from, to }: RangeQuery, now: number): { readonly from: number; readonly to: number } | string {
  const end = to === undefined ? now + 1 : parseRfc3339(to);
  if (end === null) return `to: "${to}" is no moment. Write it like 2025-11-21T14:03:07Z.`;
  const start = from === undefined ? end - FROM_DEFAULT_MS : parseRfc3339(from);
  if (start === null) return `from: "${from}" is no moment. Write it like 2025-11-21T14:03:07Z.`;
  return start > end ? 'from is after to. Swap them.' : { from: start, to: end };
}

function already(message: string, by: string | null): object {
  return { error: { code: 'already', message }, by };
}

function unknown(reply: FastifyReply, id: string): FastifyReply {
  return refuse(reply, 404, 'no-such-incident', `There is no incident "${id}".`);
}
