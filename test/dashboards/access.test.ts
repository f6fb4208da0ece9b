import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FastifyPluginAsync, InjectOptions } from 'fastify';
import { afterEach, expect, test } from 'vitest';
import { Identities } from '../../dashboards/access/identity.ts';
import { openStage, type Stage, type StageOptions, temporaryFolder } from './stage.ts';

const TOKENS = [
  { name: 'wall', role: 'viewer', token: 'a-token-for-the-wall' },
  { name: 'ana', role: 'responder', token: 'a-token-for-ana-only' },
] as const;

const closing: (() => unknown)[] = [];

async function stageOf(options: Partial<StageOptions> = {}): Promise<Stage> {
  const stage = await openStage({ metrics: [], ...options });
  closing.push(() => stage.close());
  return stage;
}

const status = async (stage: Stage, options: InjectOptions): Promise<number> => (await stage.app.inject(options)).statusCode;
const bearer = (token: string): { authorization: string } => ({ authorization: `Bearer ${token}` });
const form = (token: string, next = '/'): InjectOptions => ({
  method: 'POST',
  url: '/signin',
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  payload: new URLSearchParams({ token, next }).toString(),
});

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

test('without tokens everything on a loopback address is open', async () => {
  const stage = await stageOf();
  expect(await status(stage, { url: '/api/metrics' })).toBe(200);
  expect(await status(stage, { url: '/api/metrics', headers: { host: '127.0.0.1:8080' } })).toBe(200);
  expect(await status(stage, { url: '/api/metrics', headers: { host: '[::1]:8080' } })).toBe(200);
});

test("a name that somebody else's page was given for our address is refused", async () => {
  const stage = await stageOf({ publicUrl: 'https://plummet.example.com' });
  expect(await status(stage, { url: '/api/metrics', headers: { host: 'evil.example' } })).toBe(421);
  expect(await status(stage, { url: '/api/metrics', headers: { host: 'plummet.example.com' } })).toBe(200);
  expect(await status(stage, { url: '/livez', headers: { host: 'pod-17:8080' } })).toBe(200);
});

test('with tokens nothing is told without one, but for the probes', async () => {
  const stage = await stageOf({ tokens: TOKENS });
  for (const url of ['/api/metrics', '/api/live', '/api/incidents', '/fresh', '/metrics', '/nothing'])
    expect(await status(stage, { url })).toBe(401);
  for (const url of ['/livez', '/readyz', '/signin', '/signin.css']) expect(await status(stage, { url })).toBe(200);
  expect(await status(stage, { url: '/api/metrics', headers: bearer('a-token-for-the-wrong') })).toBe(401);
  expect(await status(stage, { url: '/api/metrics', headers: bearer(TOKENS[0].token) })).toBe(200);
});

test('a viewer looks, a responder acts', async () => {
  const stage = await stageOf({ tokens: TOKENS });
  const act = (token: string): Promise<number> =>
    status(stage, { method: 'POST', url: '/api/incidents/inc-1/acknowledge', payload: {}, headers: bearer(token) });
  expect(await act(TOKENS[0].token)).toBe(403);
  expect(await act(TOKENS[1].token)).toBe(404);
});

test('a route that does not say what it needs is refused to everybody, but for the ways in that have keys of their own', async () => {
  const plugin: FastifyPluginAsync = async (app) => {
    app.get('/forgotten', async () => 'secret');
    app.post('/v1/events', async () => 'taken');
    app.get('/a/:token', async () => 'a page');
  };
  const stage = await stageOf({ tokens: TOKENS, plugins: [plugin] });
  expect(await status(stage, { url: '/forgotten', headers: bearer(TOKENS[1].token) })).toBe(403);
  expect(await status(stage, { method: 'POST', url: '/v1/events', payload: {} })).toBe(200);
  expect(await status(stage, { url: '/a/signed' })).toBe(200);
});

test('a person signs in once with a token and goes on by a cookie that scripts cannot read', async () => {
  const stage = await stageOf({ tokens: TOKENS });
  const away = await stage.app.inject({ url: '/api/metrics', headers: { accept: 'text/html' } });
  expect([away.statusCode, away.headers.location]).toEqual([302, '/signin?next=%2Fapi%2Fmetrics']);
  const wrong = await stage.app.inject(form('no-such-token-here'));
  expect([wrong.statusCode, wrong.headers['set-cookie']]).toEqual([401, undefined]);
  const right = await stage.app.inject(form(TOKENS[0].token, '/api/metrics'));
  expect([right.statusCode, right.headers.location]).toEqual([303, '/api/metrics']);
  const cookie = String(right.headers['set-cookie']);
  expect(cookie).toMatch(/^plummet_session=\S+; Path=\/; Max-Age=2592000; HttpOnly; SameSite=Strict$/);
  const value = cookie.split(';')[0] as string;
  expect(value).not.toContain(TOKENS[0].token);
  expect(await status(stage, { url: '/api/metrics', headers: { cookie: `other=1; ${value}` } })).toBe(200);
  expect(await status(stage, { url: '/api/metrics', headers: { cookie: value.slice(0, -2) } })).toBe(401);
  const longer = value.replace(/\.\d+\./, '.9999999999.');
  expect(await status(stage, { url: '/api/metrics', headers: { cookie: longer } })).toBe(401);
});

test('a session ends with its token, and its cookie is secure behind https', async () => {
  const before = await stageOf({ tokens: TOKENS, publicUrl: 'https://plummet.example.com' });
  const cookie = String((await before.app.inject(form(TOKENS[0].token))).headers['set-cookie']);
  expect(cookie).toMatch(/; Secure$/);
  const after = await stageOf({ tokens: [{ ...TOKENS[0], token: 'another-token-for-it' }] });
  expect(await status(after, { url: '/api/metrics', headers: { cookie: cookie.split(';')[0] as string } })).toBe(401);
});

test('a session ends after a month, and asks for the token again', () => {
  const identities = new Identities(TOKENS);
  const now = 1_795_000_000;
  const cookie = identities.session(TOKENS[0], now, false).split(';')[0] as string;
  expect(identities.of({ cookie }, now + 30 * 86_400 - 1)?.name).toBe('wall');
  expect(identities.of({ cookie }, now + 30 * 86_400)).toBeNull();
});

test('signing in leads to our own pages only, and what is asked for is shown as text', async () => {
  const stage = await stageOf({ tokens: TOKENS });
  for (const next of ['https://evil.example', '//evil.example', '/\\evil.example', 'javascript:1', '/signin']) {
    expect((await stage.app.inject(form(TOKENS[0].token, next))).headers.location).toBe('/');
  }
  const { body } = await stage.app.inject({ url: `/signin?next=${encodeURIComponent('/"><script>1</script>')}` });
  expect(body).not.toContain('<script>1');
});

test('guessing tokens ends after ten tries a minute', async () => {
  const stage = await stageOf({ tokens: TOKENS });
  const tries: number[] = [];
  for (let i = 0; i < 11; i++) tries.push(await status(stage, form(`guess number ${i} of many`)));
  expect(tries).toEqual([...Array(10).fill(401), 429]);
});

test("what acts is taken from our own pages and from programs, not from somebody else's page", async () => {
  const stage = await stageOf();
  const act = (headers: Record<string, string>): Promise<number> =>
    status(stage, {
      method: 'POST',
      url: '/api/incidents/inc-1/acknowledge',
      payload: {},
      headers: { host: 'localhost:8080', ...headers },
    });
  expect(await act({})).toBe(404);
  expect(await act({ origin: 'http://localhost:8080', 'sec-fetch-site': 'same-origin' })).toBe(404);
  expect(await act({ 'sec-fetch-site': 'cross-site' })).toBe(403);
  expect(await act({ 'sec-fetch-site': 'same-site' })).toBe(403);
  expect(await act({ origin: 'http://evil.example' })).toBe(403);
  expect(await act({ origin: 'null' })).toBe(403);
});

test('pages come with a policy that runs nothing inline; hashed files are kept for ever, the page itself never', async () => {
  const { path, remove } = temporaryFolder();
  closing.push(remove);
  mkdirSync(join(path, 'assets'));
  writeFileSync(join(path, 'index.html'), '<!doctype html>');
  writeFileSync(join(path, 'assets/main-1a2b3c.js'), '1');
  const stage = await stageOf({ webFolder: path });
  const page = await stage.app.inject({ url: '/incidents/inc-1' });
  expect(page.statusCode).toBe(200);
  expect(page.headers['cache-control']).toBe('no-cache');
  const policy = String(page.headers['content-security-policy']);
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toMatch(/unsafe|https?:|\*/);
  const script = await stage.app.inject({ url: '/assets/main-1a2b3c.js' });
  expect(script.headers['cache-control']).toBe('public, max-age=31536000, immutable');
  expect(await status(stage, { url: '/assets/../index.html' })).not.toBe(500);
  expect(await status(stage, { url: '/assets/%2e%2e/%2e%2e/etc/passwd' })).toBeGreaterThanOrEqual(400);
});

test('pages that are not built are named with what to do', async () => {
  const { path, remove } = temporaryFolder();
  closing.push(remove);
  await expect(stageOf({ webFolder: path })).rejects.toThrow(/npm run build/);
});
