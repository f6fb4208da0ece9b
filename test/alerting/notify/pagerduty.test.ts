import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { reachOf } from '../../../alerting/notify/allow-private.ts';
import { pagerdutyNotifier } from '../../../alerting/notify/pagerduty/pagerduty.ts';
import { notifierContract } from '../../contracts/notifier.ts';
import { Hook } from '../../support/hook.ts';
import { MESSAGE_INCIDENT, messageBy } from '../../support/message.ts';

const notifier = pagerdutyNotifier({ mayReach: reachOf(['127.0.0.0/8']) });
const KEY = 'canary0123456789canary0123456789';
const never = new AbortController().signal;

interface PagerDutyEvent {
  readonly event_action: string;
  readonly dedup_key: string;
  readonly payload?: { readonly custom_details: Readonly<Record<string, string>> };
}

notifierContract('PagerDuty', async () => {
  const hook = await Hook.open();
  return {
    notifier,
    message: messageBy({ channel: 'pagerduty', to: hook.url, secret: KEY }),
    secrets: [KEY],
    mends: () => {
      hook.answer = { status: 202, body: '{"status":"success"}' };
    },
    refusesOnce: () => {
      hook.answer = { status: 429, body: `slow down, ${KEY}` };
      return true;
    },
    refusesForGood: () => {
      hook.answer = { status: 400, body: `{"status":"invalid event","errors":["${KEY} is no routing key"]}` };
      return true;
    },
    hangs: () => {
      hook.answer = 'hang';
      return true;
    },
    arrived: () => hook.bodies<PagerDutyEvent>().map(({ payload }) => payload?.custom_details.message ?? ''),
    close: () => hook.close(),
  };
});

describe('PagerDuty', () => {
  let hook: Hook;
  beforeEach(async () => {
    hook = await Hook.open();
    hook.answer = { status: 202 };
  });
  afterEach(() => hook.close());

  const send = (kind?: 'page' | 'acknowledged' | 'resolved', joined?: string[]) => {
    return notifier.send(messageBy({ channel: 'pagerduty', to: hook.url, secret: KEY }, kind, joined), never);
  };

  test('is triggered with the facts, the numbers and both links', async () => {
    expect(await send('page', ['payments', 'signups'])).toMatchObject({ kind: 'sent' });
    expect(hook.bodies()[0]).toMatchObject({
      routing_key: KEY,
      event_action: 'trigger',
      dedup_key: MESSAGE_INCIDENT,
      client: 'Plummet',
      payload: {
        summary: '[Sev-1] orders fell 62% in 4 s: 118/s to 45/s',
        source: 'plummet.example.com',
        severity: 'critical',
        timestamp: '2025-11-21T13:59:56.000Z',
        component: 'orders',
        custom_details: {
          'Fell with it': 'payments, 118/s to 45/s (\u221262%); signups, 118/s to 45/s (\u221262%)',
          'How sure': '\u22128.7\u00a0σ (pages at \u22126: one false page a year)',
        },
      },
      links: [
        { href: 'https://plummet.example.com/a/token', text: 'Acknowledge in Plummet' },
        { href: `https://plummet.example.com/incidents/${MESSAGE_INCIDENT}`, text: 'Open the incident' },
      ],
    });
  });

  test('hears of acknowledgement and end under the key it was triggered with', async () => {
    for (const kind of ['page', 'acknowledged', 'resolved'] as const) await send(kind);
    const events = hook.bodies<PagerDutyEvent>();
    expect(events.map(({ event_action }) => event_action)).toEqual(['trigger', 'acknowledge', 'resolve']);
    expect(new Set(events.map(({ dedup_key }) => dedup_key))).toEqual(new Set([MESSAGE_INCIDENT]));
  });

  test('says why an event was not taken, without the key', async () => {
    hook.answer = { status: 400, body: '{"status":"invalid event","message":"Event object is invalid"}' };
    expect(await send()).toMatchObject({ kind: 'failed', again: false, reason: expect.stringContaining('Event object is invalid') });
    hook.answer = { status: 500 };
    expect(await send()).toMatchObject({ kind: 'failed', again: true });
  });
});
