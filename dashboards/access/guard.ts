/** Stands before every route: is this address meant, does the request come from our own pages, who asks, may they? */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isLoopback } from '../../platform/config/server.ts';
import type { SteadyTime } from '../../platform/units/clock.ts';
import type { Identities, Identity } from './identity.ts';
import { may, needOf } from './permissions.ts';

declare module 'fastify' {
  interface FastifyRequest {
    identity: Identity | null;
  }
}

export interface GuardOptions {
  readonly identities: Identities;
  readonly time: SteadyTime;
  /** Where people reach us, when that is not the address that is bound. */
  readonly publicUrl: string | undefined;
}

export function guard(app: FastifyInstance, { identities, time, publicUrl }: GuardOptions): void {
  const publicHost = publicUrl === undefined ? null : new URL(publicUrl).host;
  app.decorateRequest('identity', null);
  app.addHook('onRequest', async (request, reply) => {
    const need = needOf(request.routeOptions.url, request.routeOptions.config.need);
    if (need === 'open') return;
    if (!identities.asked && !isMeant(request, publicHost)) {
      return refuse(
        reply,
        421,
        'wrong-host',
        `"${request.headers.host ?? ''}" is not an address of this Plummet. Set server.public_url to it.`,
      );
    }
    request.identity = identities.of(request.headers, Math.floor(time.now() / 1000));
    if (!request.identity) return askWho(request, reply);
    if (request.routeOptions.url === undefined) return;
    if (need === null || !may(request.identity.role, need)) {
      return refuse(
        reply,
        403,
        'not-allowed',
        `The role ${request.identity.role} may not do this. It takes a token of the role responder.`,
      );
    }
    if (need === 'act' && !isOurOwn(request, publicHost)) {
      return refuse(reply, 403, 'cross-site', 'This request comes from a page that is not ours. Open the dashboard itself.');
    }
  });
}

/** A name that somebody else's page was given for our loopback address (DNS rebinding) is not meant. */
function isMeant({ headers }: FastifyRequest, publicHost: string | null): boolean {
  const host = headers.host ?? '';
  if (host === publicHost) return true;
  return isLoopback(host.replace(/:\d+$/, '').replace(/^\[|\]$/g, ''));
}

/** Browsers say where a request comes from; programs say nothing and bring a token. */
export function isOurOwn({ headers }: Pick<FastifyRequest, 'headers'>, publicHost: string | null): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return false;
  if (headers.origin === undefined) return true;
  const origin = URL.canParse(headers.origin) ? new URL(headers.origin).host : null;
  return origin !== null && (origin === headers.host || origin === publicHost);
}

function askWho(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const wantsPage = request.method === 'GET' && (request.headers.accept ?? '').includes('text/html');
  if (wantsPage) return reply.redirect(`/signin?next=${encodeURIComponent(request.url)}`, 302);
  return refuse(reply, 401, 'who', 'Send `Authorization: Bearer TOKEN`, one of server.tokens, or sign in on the dashboard.');
}

export function refuse(reply: FastifyReply, status: number, code: string, message: string): FastifyReply {
  return reply.code(status).header('cache-control', 'no-store').send({ error: { code, message } });
}
