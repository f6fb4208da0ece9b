/** What a route needs and what a role may; a route that declares nothing is refused to everybody. */

/** `open`: nobody is asked who they are. `look`: see everything. `act`: acknowledge, and what else has an effect. */
export type Need = 'open' | 'look' | 'act';

export type Role = 'viewer' | 'responder' | 'editor' | 'admin';

const MAY: Readonly<Record<Role, readonly Need[]>> = {
  viewer: ['look'],
  responder: ['look', 'act'],
  editor: ['look', 'act'],
  admin: ['look', 'act'],
};

declare module 'fastify' {
  interface FastifyContextConfig {
    need?: Need;
  }
}

/** Open wherever they are registered: probes, the link of a mail, and events, for which there are keys. */
const OPEN_ROUTES: ReadonlySet<string> = new Set(['/livez', '/readyz', '/a/:token', '/v1/events']);

/** @param url  as the route was registered; undefined where none fits */
export function needOf(url: string | undefined, declared: Need | undefined): Need | null {
  if (declared) return declared;
  return url !== undefined && OPEN_ROUTES.has(url) ? 'open' : null;
}

export function may(role: Role, need: Need): boolean {
  return need === 'open' || MAY[role].includes(need);
}
