/** The sign-in page: one field for a token, no script. */
import rateLimit from '@fastify/rate-limit';
import type { FastifyPluginAsync } from 'fastify';
import type { SteadyTime } from '../../platform/units/clock.ts';
import { isOurOwn, refuse } from './guard.ts';
import type { Identities } from './identity.ts';

const TRIES_PER_MINUTE_MAX = 10;
const FORM_BYTES_MAX = 4096;

export interface SignInOptions {
  readonly identities: Identities;
  readonly time: SteadyTime;
  readonly publicUrl: string | undefined;
}

export const signInRoutes: FastifyPluginAsync<SignInOptions> = async (app, { identities, time, publicUrl }) => {
  await app.register(rateLimit, { global: false });
  const limits = { rateLimit: { max: TRIES_PER_MINUTE_MAX, timeWindow: '1 minute' } };
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: FORM_BYTES_MAX },
    (_request, body, done) => {
      done(null, Object.fromEntries(new URLSearchParams(body as string)));
    },
  );

  app.get('/signin.css', { config: { need: 'open' } }, async (_request, reply) => reply.type('text/css; charset=utf-8').send(STYLE));

  app.get<{ Querystring: { next?: string } }>('/signin', { config: { need: 'open' } }, async (request, reply) => {
    if (!identities.asked) return reply.redirect(ownPath(request.query.next), 302);
    return reply
      .type('text/html; charset=utf-8')
      .header('cache-control', 'no-store')
      .send(page(ownPath(request.query.next), ''));
  });

  app.post<{ Body?: { token?: string; next?: string } }>('/signin', { config: { need: 'open', ...limits } }, async (request, reply) => {
    const publicHost = publicUrl === undefined ? null : new URL(publicUrl).host;
    if (!isOurOwn(request, publicHost)) return refuse(reply, 403, 'cross-site', 'This form was not sent from our own page.');
    const next = ownPath(request.body?.next);
    const token = identities.byToken(String(request.body?.token ?? '').trim());
    if (!token) {
      const told = 'No token of server.tokens reads like this.';
      return reply.code(401).type('text/html; charset=utf-8').header('cache-control', 'no-store').send(page(next, told));
    }
    const secure = publicUrl?.startsWith('https:') ?? false;
    return reply.header('set-cookie', identities.session(token, Math.floor(time.now() / 1000), secure)).redirect(next, 303);
  });
};

/** Only paths of our own: never another site, whatever the query says. */
function ownPath(next: string | undefined): string {
  return next !== undefined && /^\/(?![/\\])[\x21-\x7e]*$/.test(next) && !next.startsWith('/signin') ? next : '/';
}

function page(next: string, told: string): string {
  const error = told ? `<p role="alert" class="told">${escaped(told)}</p>` : '';
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="dark light">
<title>Sign in · Plummet</title>
<link rel="stylesheet" href="/signin.css">
</head>
<body>
<main>
<h1>Plummet</h1>
<p>Pages are sent whether or not anybody signs in here.</p>
<form method="post" action="/signin">
<label for="token">Token</label>
<input id="token" name="token" type="password" autocomplete="current-password" required autofocus>
<input type="hidden" name="next" value="${escaped(next)}">
${error}
<button>Sign in</button>
</form>
</main>
</body>
</html>
`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

const STYLE = `:root {
  color-scheme: dark light;
  --page: #0a0c0f; --tile: #12151a; --line: #697585; --text: #eef1f5; --text-2: #a8b1bd; --bad: #ff7a33; --focus: #56b4e9;
}
@media (prefers-color-scheme: light) {
  :root { --page: #f6f7f9; --tile: #fff; --line: #7d8794; --text: #12161c; --text-2: #4c5663; --bad: #b84300; --focus: #0072b2; }
}
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: var(--page); color: var(--text); }
body, input, button { font: 16px/1.5 system-ui, sans-serif; }
main { width: min(360px, 100vw - 28px); padding: 24px; background: var(--tile); border-radius: 14px; }
h1 { margin: 0; font-size: 24px; }
p { margin: 4px 0 20px; color: var(--text-2); }
.told { margin: 8px 0 0; color: var(--bad); }
label { display: block; margin-bottom: 4px; }
input[type=password], button { width: 100%; height: 44px; border-radius: 9px; }
input[type=password] { padding: 0 12px; color: inherit; background: var(--page); border: 1px solid var(--line); }
button { margin-top: 16px; font-weight: 600; color: var(--page); background: var(--text); border: 0; }
:focus-visible { outline: 2px solid var(--focus); outline-offset: 2px; }
`;
