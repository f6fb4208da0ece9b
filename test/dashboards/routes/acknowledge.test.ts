import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { acknowledgeRoutes } from '../../../dashboards/routes/acknowledge.ts';
import { createServer } from '../../../dashboards/server.ts';
import { Metrics } from '../../../platform/telemetry/metrics.ts';
import { AlertingWorld, INCIDENT } from '../../support/alerting-world.ts';
import { fell } from '../../support/fall.ts';

let world: AlertingWorld;
let app: FastifyInstance;
beforeEach(async () => {
  world = new AlertingWorld();
  await world.write(world.opened());
  const { log, topics, clock, telemetry, links } = world;
  app = await createServer({
    clock,
    telemetry,
    tokens: [{ name: 'wall', role: 'viewer', token: 'a-token-of-the-wall' }],
    health: { metrics: new Metrics(), checks: [] },
    plugins: [
      async (server) =>
        void (await server.register(acknowledgeRoutes, {
          log,
          topics,
          clock,
          telemetry,
          links,
          by: 'api',
          timezone: () => 'Europe/Berlin',
        })),
    ],
  });
});
afterEach(() => app.close());

const path = (person = 'ana', incident = INCIDENT): string =>
  new URL(world.links.acknowledge(incident, person, world.clock.wall())).pathname;
const form = { 'content-type': 'application/x-www-form-urlencoded' };
const post = (url: string, headers: Record<string, string> = {}) => app.inject({ method: 'POST', url, headers: { ...form, ...headers } });

describe('the link of a mail', () => {
  test('opened shows the fact and a button, needs no sign-in, and changes nothing, however often scanners open it', async () => {
    for (let i = 0; i < 5; i++) {
      const page = await app.inject({ url: path() });
      expect(page.statusCode).toBe(200);
      expect(page.body).toContain('Orders fell 62% in 4\u00a0s');
      expect(page.body).toContain('118/s to 45/s since 14:59:56 CET. Nobody has it yet. You answer as Ana.');
      expect(page.body).toContain('<form method="post"><button>Acknowledge</button></form>');
    }
    await app.inject({ method: 'HEAD', url: path() });
    await app.inject({ method: 'OPTIONS', url: path() });
    expect(world.lines).toEqual(['opened']);
  });

  test('pressed puts the incident into the hand of who it was made for', async () => {
    const page = await post(path());
    expect(page.statusCode).toBe(200);
    expect(page.body).toContain('You have it');
    expect(page.body).toContain('Nobody else will be paged.');
    expect(world.journal.at(-1)).toMatchObject({ kind: 'acknowledged', person: 'ana', via: 'link', by: 'api' });
  });

  test('works once: afterwards it only says who has it', async () => {
    await post(path());
    for (const page of [await post(path()), await app.inject({ url: path() })]) {
      expect(page.body).toContain('You have it');
      expect(page.body).not.toContain('<button');
    }
    expect((await post(path('bo'))).body).toContain('Ana has it');
    expect(world.lines).toEqual(['opened', 'acknowledged']);
  });

  test('says so where it is over', async () => {
    await world.write(world.resolved());
    const page = await post(path());
    expect(page.body).toContain('It is over');
    expect(page.body).toContain('Resolved at 15:00:00 CET');
    expect(world.lines).toEqual(['opened', 'resolved']);
  });

  test('works from a program without a body and from one that sends JSON', async () => {
    expect((await app.inject({ method: 'POST', url: path() })).body).toContain('You have it');
    const json = await app.inject({ method: 'POST', url: path('bo'), headers: { 'content-type': 'application/json' }, payload: '{"a":' });
    expect(json.body).toContain('Ana has it');
  });
});

describe('refused with a sentence, and nothing written, is', () => {
  test('a link that was forged, cut or made up', async () => {
    const url = path();
    for (const wrong of [`${url}x`, url.slice(0, -3), '/a/nonsense', `/a/${'x'.repeat(590)}`, `/a/${encodeURIComponent('<script>')}`]) {
      const page = await post(wrong);
      expect(page.statusCode).toBe(404);
      expect(page.body).toContain('This is not a link of ours');
      expect(page.body).not.toContain('<script');
    }
    expect(world.lines).toEqual(['opened']);
  });

  test('a link that is a week old', async () => {
    const url = path();
    await world.clock.advance(7 * 86_400_000);
    const page = await post(url);
    expect(page.statusCode).toBe(410);
    expect(page.body).toContain('This link has expired');
    expect(world.lines).toEqual(['opened']);
  });

  test('a link of an incident that the journal does not know', async () => {
    expect((await post(path('ana', 'inc-none'))).statusCode).toBe(404);
  });

  test('a form that another site sends', async () => {
    for (const headers of [{ 'sec-fetch-site': 'cross-site' }, { origin: 'https://evil.example' }]) {
      expect((await post(path(), headers as Record<string, string>)).statusCode).toBe(403);
    }
    expect(world.lines).toEqual(['opened']);
    expect((await post(path(), { 'sec-fetch-site': 'same-origin', origin: 'https://plummet.example' })).statusCode).toBe(200);
  });

  test('a body larger than any form of ours', async () => {
    const page = await app.inject({ method: 'POST', url: path(), headers: form, payload: 'x'.repeat(5000) });
    expect(page.statusCode).toBe(413);
    expect(world.lines).toEqual(['opened']);
  });
});

test('a journal that takes nothing is said plainly, with the button to try again', async () => {
  world.log.failAppends(world.topics.incidents, 1);
  const page = await post(path());
  expect(page.statusCode).toBe(503);
  expect(page.body).toContain('Not written down yet');
  expect((await post(path())).body).toContain('You have it');
});

test('its headers let nothing run, keep nothing and tell nobody the address', async () => {
  const { headers, body } = await app.inject({ url: path() });
  expect(headers).toMatchObject({
    'cache-control': 'no-store',
    'referrer-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'x-robots-tag': 'noindex, nofollow, noarchive',
  });
  expect(headers['content-security-policy']).toMatch(
    /^default-src 'none'; style-src 'sha256-[^']+'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'$/,
  );
  expect(body).not.toMatch(/<script|\bon[a-z]+=|src=/i);
});

test('names with markup are shown as they are', async () => {
  await world.write(world.opened({ incident: 'inc-evil', fell: fell('<img src=x onerror=alert(1)>', world.second) }));
  const { body } = await app.inject({ url: path('<b>ana</b>', 'inc-evil') });
  expect(body).not.toMatch(/<img|<b>/);
  expect(body).toContain('&lt;img');
});
