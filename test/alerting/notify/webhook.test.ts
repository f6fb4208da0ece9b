import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { reachOf } from '../../../alerting/notify/allow-private.ts';
import type { WebhookBody } from '../../../alerting/notify/webhook/body.ts';
import { webhookNotifier } from '../../../alerting/notify/webhook/webhook.ts';
import { notifierContract } from '../../contracts/notifier.ts';
import { START_S } from '../../support/fall.ts';
import { Hook, type Posted } from '../../support/hook.ts';
import { MESSAGE_INCIDENT, messageBy } from '../../support/message.ts';
import { ROOT } from '../../support/sources.ts';

const LOOPBACK = reachOf(['127.0.0.0/8']);
const notifier = webhookNotifier({ mayReach: LOOPBACK, now: () => START_S * 1000 + 345 });
const never = new AbortController().signal;

notifierContract('a webhook', async () => {
  const hook = await Hook.open();
  const url = `${hook.url.replace('//', '//user:canary-password@')}/canary-path?key=canary-query`;
  const secret = 'whsec_Y2FuYXJ5LXNlY3JldA==';
  const echo = `no: ${secret} canary-password canary-path canary-query`;
  return {
    notifier,
    message: messageBy({ channel: 'webhook', to: url, secret }),
    secrets: [secret, 'canary-password', 'canary-path', 'canary-query'],
    mends: () => {
      hook.answer = { status: 204 };
    },
    refusesOnce: () => {
      hook.answer = { status: 503, body: echo };
      return true;
    },
    refusesForGood: () => {
      hook.answer = { status: 410, body: echo };
      return true;
    },
    hangs: () => {
      hook.answer = 'hang';
      return true;
    },
    arrived: () => hook.posted.map(({ headers }) => String(headers['webhook-id'])),
    close: () => hook.close(),
  };
});

/** Keys, and nothing of what they hold. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shapeOf);
  if (typeof value !== 'object' || value === null) return typeof value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shapeOf(inner)]));
}

describe('a webhook', () => {
  let hook: Hook;
  beforeEach(async () => {
    hook = await Hook.open();
  });
  afterEach(() => hook.close());

  const send = (kind?: 'page' | 'acknowledged' | 'resolved', secret?: string, joined?: string[]) => {
    return notifier.send(messageBy({ channel: 'webhook', to: `${hook.url}/in?x=1`, ...(secret && { secret }) }, kind, joined), never);
  };

  test('posts what Alertmanager would', async () => {
    expect(await send('page', undefined, ['payments'])).toMatchObject({ kind: 'sent', detail: expect.stringContaining('200 OK') });
    const [posted] = hook.posted;
    expect(posted).toMatchObject({ path: '/in?x=1', headers: { 'content-type': 'application/json', 'user-agent': 'Plummet' } });
    const [body] = hook.bodies<WebhookBody>();
    expect(body).toMatchObject({
      version: '4',
      groupKey: `{}:{incident="${MESSAGE_INCIDENT}"}`,
      truncatedAlerts: 0,
      status: 'firing',
      receiver: 'ana',
      groupLabels: { incident: MESSAGE_INCIDENT },
      commonLabels: { alertname: 'PlummetDrop', severity: 'critical', incident: MESSAGE_INCIDENT },
      commonAnnotations: { message: 'page', acknowledge_url: 'https://plummet.example.com/a/token' },
      externalURL: 'https://plummet.example.com',
    });
    expect(body?.alerts.map(({ labels }) => labels.metric)).toEqual(['orders', 'payments']);
    expect(body?.alerts[0]).toMatchObject({
      status: 'firing',
      labels: { alertname: 'PlummetDrop', severity: 'critical', metric: 'orders' },
      annotations: {
        summary: 'orders fell 62% in 4\u00a0s: 118/s to 45/s',
        rate_before: '118',
        rate_after: '45',
        drop: '0.62',
        missing: '180',
      },
      startsAt: '2025-11-21T13:59:56.000Z',
      endsAt: '0001-01-01T00:00:00Z',
      generatorURL: `https://plummet.example.com/incidents/${MESSAGE_INCIDENT}`,
      fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/),
    });
  });

  test('says who has it, then that it is over, about the same alert', async () => {
    for (const kind of ['page', 'acknowledged', 'resolved'] as const) await send(kind);
    const bodies = hook.bodies<WebhookBody>();
    expect(bodies.map(({ status }) => status)).toEqual(['firing', 'firing', 'resolved']);
    expect(bodies.map(({ commonAnnotations }) => commonAnnotations.message)).toEqual(['page', 'acknowledged', 'resolved']);
    expect(bodies[1]?.commonAnnotations).toMatchObject({ acknowledged_by: 'bo' });
    expect(bodies[2]?.alerts[0]).toMatchObject({
      status: 'resolved',
      endsAt: '2025-11-21T14:03:20.000Z',
      annotations: { missing: '5800' },
    });
    expect(new Set(bodies.map(({ alerts }) => alerts[0]?.fingerprint)).size).toBe(1);
  });

  test('is signed as Standard Webhooks say, and not where there is no secret', async () => {
    await send('page', `whsec_${Buffer.from('a key of 24 random bytes').toString('base64')}`);
    await send('page', 'any other text');
    await send('page');
    const signatures = hook.posted.map(({ headers, body }) => [
      headers['webhook-signature'],
      `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`,
    ]);
    const expected = (key: string, signed: string) => `v1,${createHmac('sha256', key).update(signed).digest('base64')}`;
    expect(signatures[0]?.[0]).toBe(expected('a key of 24 random bytes', signatures[0]?.[1] as string));
    expect(signatures[1]?.[0]).toBe(expected('any other text', signatures[1]?.[1] as string));
    expect(signatures[2]?.[0]).toBeUndefined();
    expect(hook.posted[0]?.headers).toMatchObject({ 'webhook-id': `${MESSAGE_INCIDENT}.page-0.ana`, 'webhook-timestamp': String(START_S) });
  });

  test('is described by the manual, which verifies it as well', async () => {
    const manual = readFileSync(`${ROOT}/docs/webhook.md`, 'utf8');
    const block = (language: string): string => manual.split(`\`\`\`${language}\n`)[1]?.split('```')[0] as string;
    await send('page', 'whsec_c2VjcmV0');
    const [{ headers, body }] = hook.posted as [Posted];
    expect(shapeOf(JSON.parse(body))).toEqual(shapeOf(JSON.parse(block('json'))));
    const code = block('js').replaceAll('Date.now()', `${START_S}000`).replace('function', 'export function');
    const { isFromPlummet } = await import(`data:text/javascript,${encodeURIComponent(code)}`);
    expect(isFromPlummet(headers, body, 'whsec_c2VjcmV0')).toBe(true);
    expect(isFromPlummet(headers, `${body} `, 'whsec_c2VjcmV0')).toBe(false);
    expect(isFromPlummet(headers, body, 'whsec_b3RoZXI=')).toBe(false);
  });

  test('of many metrics that fell together names fifty and counts the rest', async () => {
    await send(
      'page',
      undefined,
      Array.from({ length: 60 }, (_, i) => `metric ${i} \u202e\n🛒`),
    );
    const [body] = hook.bodies<WebhookBody>();
    expect([body?.alerts.length, body?.truncatedAlerts]).toEqual([50, 11]);
    expect(body?.alerts[1]?.labels.metric).toBe('metric 0  🛒');
  });

  test('an answer decides whether the same way may work later', async () => {
    const outcomes: unknown[] = [];
    for (const status of [200, 202, 204, 301, 307, 400, 401, 404, 408, 410, 429, 500, 502, 503]) {
      hook.answer = { status, headers: { location: `${hook.url}/elsewhere` } };
      const outcome = await send();
      outcomes.push([status, outcome.kind === 'sent' || (outcome.again ? 'again' : 'not again')]);
    }
    expect(outcomes).toEqual([
      ...[200, 202, 204].map((status) => [status, true]),
      ...[301, 307, 400, 401, 404].map((status) => [status, 'not again']),
      [408, 'again'],
      [410, 'not again'],
      ...[429, 500, 502, 503].map((status) => [status, 'again']),
    ]);
    expect(hook.posted.map(({ path }) => path)).not.toContain('/elsewhere');
  });

  test('who asks to be left alone for a while is, for a minute at most', async () => {
    const waits: unknown[] = [];
    for (const value of ['7', '0', '86400', 'Fri, 21 Nov 2025 14:00:00 GMT', '-1']) {
      hook.answer = { status: 429, headers: { 'retry-after': value } };
      const outcome = await send();
      waits.push(outcome.kind === 'failed' && outcome.waitMs);
    }
    expect(waits).toEqual([7000, undefined, 60_000, undefined, undefined]);
  });

  test('a long answer is read no further than its beginning', async () => {
    hook.answer = { status: 500, body: `no\n${'x'.repeat(5_000_000)}` };
    const outcome = await send();
    expect(outcome).toMatchObject({ kind: 'failed', again: true });
    expect(JSON.stringify(outcome).length).toBeLessThan(400);
  });

  test('what was taken is sent, though the rest of the answer never comes', async () => {
    hook.answer = 'drip';
    const told = new AbortController();
    const sending = notifier.send(messageBy({ channel: 'webhook', to: hook.url }), told.signal);
    await expect.poll(() => hook.posted.length).toBe(1);
    setTimeout(() => told.abort(), 100);
    expect(await sending).toMatchObject({ kind: 'sent' });
  });

  test('a line that is cut, and a port where nobody is, may be tried again', async () => {
    hook.answer = 'cut';
    expect(await send()).toMatchObject({ kind: 'failed', again: true });
    const gone = messageBy({ channel: 'webhook', to: hook.url });
    await hook.close();
    expect(await notifier.send(gone, never)).toMatchObject({
      kind: 'failed',
      again: true,
      reason: expect.stringContaining('ECONNREFUSED'),
    });
    hook = await Hook.open();
  });
});
