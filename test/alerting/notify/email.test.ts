import type { AddressInfo } from 'node:net';
import { createServer, type Server } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { after, type KnownIncident, UNKNOWN } from '../../../alerting/incident/incident.ts';
import { emailNotifier } from '../../../alerting/notify/email/email.ts';
import { factsOf } from '../../../alerting/notify/facts.ts';
import type { Message } from '../../../alerting/notify/notifier.ts';
import { planOf } from '../../../alerting/oncall/escalation.ts';
import { notifierContract } from '../../contracts/notifier.ts';
import { fell, START_S } from '../../support/fall.ts';
import { Mailbox } from '../../support/mailbox.ts';

const incident = after(UNKNOWN, {
  kind: 'opened',
  incident: 'inc-0123456789',
  at: START_S * 1000,
  by: 'a',
  severity: 1,
  second: START_S,
  fell: fell('orders', START_S),
}) as KnownIncident;

function messageTo(address: string, more: Partial<Message> = {}): Message {
  const context = { plan: planOf({ ana: {} }, undefined, 'Europe/Berlin'), timezone: 'Europe/Berlin', now: START_S * 1000 };
  const urls = { incidentUrl: 'http://127.0.0.1/incidents/inc-0123456789', acknowledgeUrl: 'http://127.0.0.1/a/token' };
  const facts = factsOf(incident, { message: 'page', step: 0, person: 'ana' }, { ...context, ...urls });
  const way = { channel: 'email', to: address };
  return { key: 'inc-0123456789.page-0.ana', incident: incident.id, person: 'ana', way, repeat: false, facts, state: incident, ...more };
}

const never = new AbortController().signal;

notifierContract('e-mail', async () => {
  const mailbox = await Mailbox.open({ auth: { user: 'plummet', pass: 'canary-secret' } });
  const smtp = mailbox.url.replace('//', '//plummet:canary-secret@');
  return {
    notifier: emailNotifier({ smtp, from: 'plummet@shop.example' }),
    message: messageTo('ana@shop.example'),
    secrets: ['canary-secret'],
    mends: () => mailbox.behave({}),
    refusesOnce: () => {
      mailbox.behave({ recipient: () => ({ code: 451, text: 'try later' }) });
      return true;
    },
    refusesForGood: () => {
      mailbox.behave({ recipient: () => ({ code: 550, text: 'no such person canary' }) });
      return true;
    },
    hangs: () => {
      mailbox.behave({ greeting: () => 'hang' });
      return true;
    },
    arrived: () => mailbox.caught.map(({ mail }) => mail.messageId?.slice(1).split('@')[0] ?? ''),
    close: () => mailbox.close(),
  };
});

describe('a letter by SMTP', () => {
  let mailbox: Mailbox;
  beforeEach(async () => {
    mailbox = await Mailbox.open();
  });
  afterEach(() => mailbox.close());

  const notifier = () => emailNotifier({ smtp: mailbox.url, from: 'plummet@shop.example' });

  test('carries the headers that keep its thread together and machines from answering', async () => {
    expect(await notifier().send(messageTo('ana@shop.example'), never)).toMatchObject({ kind: 'sent' });
    const [caught] = mailbox.caught;
    const header = (key: string) => caught?.mail.headers.find((one) => one.key === key)?.value;
    expect(caught).toMatchObject({ from: 'plummet@shop.example', to: 'ana@shop.example' });
    expect(caught?.mail.subject).toBe('[Sev-1] orders fell 62% in 4 s: 118/s to 45/s');
    expect(caught?.mail.from).toMatchObject({ name: 'Plummet', address: 'plummet@shop.example' });
    expect(caught?.mail.messageId).toBe('<inc-0123456789.page-0.ana@shop.example>');
    expect(caught?.mail.inReplyTo).toBe('<inc-0123456789@shop.example>');
    expect(caught?.mail.references).toBe('<inc-0123456789@shop.example>');
    expect(header('auto-submitted')).toBe('auto-generated');
    expect(header('x-auto-response-suppress')).toBe('All');
    expect(header('x-priority')).toMatch(/^1/);
    expect(caught?.mail.text).toContain('Acknowledge: http://127.0.0.1/a/token');
    expect(caught?.mail.html).toContain('href="http://127.0.0.1/a/token"');
  });

  test('the subject is plain ASCII, so that no reader shows it encoded', async () => {
    await notifier().send(messageTo('ana@shop.example'), never);
    expect(mailbox.caught[0]?.raw).toContain('\r\nSubject: [Sev-1] orders fell 62% in 4 s: 118/s to 45/s\r\n');
  });

  test('what follows a page answers it: `Re:` keeps the thread, and tells a phone that it is no second page', async () => {
    const page = messageTo('ana@shop.example');
    for (const kind of ['acknowledged', 'resolved'] as const) {
      await notifier().send(messageTo('ana@shop.example', { key: `${kind}.ana`, facts: { ...page.facts, kind } }), never);
    }
    await notifier().send(page, never);
    const subject = '[Sev-1] orders fell 62% in 4 s: 118/s to 45/s';
    expect(mailbox.caught.map(({ mail }) => mail.subject)).toEqual([`Re: ${subject}`, `Re: ${subject}`, subject]);
  });

  test('450 and 451 may pass, 550 will not, 421 may, 503 blames the session only', async () => {
    const outcomes: unknown[] = [];
    for (const code of [450, 451, 550, 553, 503]) {
      mailbox.behave({ recipient: () => ({ code, text: 'as told' }) });
      outcomes.push(await notifier().send(messageTo('ana@shop.example'), never));
    }
    mailbox.behave({ greeting: () => ({ code: 421, text: 'busy' }) });
    outcomes.push(await notifier().send(messageTo('ana@shop.example'), never));
    mailbox.behave({ data: () => ({ code: 554, text: 'looks like spam' }) });
    outcomes.push(await notifier().send(messageTo('ana@shop.example'), never));
    expect(outcomes.map((outcome) => (outcome as { again: boolean }).again)).toEqual([true, true, false, false, true, true, false]);
    expect(mailbox.caught).toEqual([]);
  });

  test('a server that hangs after the letter was handed over is given up within three seconds', async () => {
    mailbox.behave({ data: () => 'hang' });
    const startedAt = performance.now();
    expect(await notifier().send(messageTo('ana@shop.example'), never)).toMatchObject({ kind: 'failed', again: true });
    expect(performance.now() - startedAt).toBeLessThan(3500);
  });

  test('a server that never greets, one that cuts the line and one that is not there may all be tried again', async () => {
    mailbox.behave({ greeting: () => 'hang' });
    expect(await notifier().send(messageTo('ana@shop.example'), never)).toMatchObject({ kind: 'failed', again: true });
    mailbox.behave({ data: () => 'cut' });
    expect(await notifier().send(messageTo('ana@shop.example'), never)).toMatchObject({ kind: 'failed', again: true });
    const closed = await closedPort();
    const gone = emailNotifier({ smtp: `smtp://127.0.0.1:${closed}`, from: 'plummet@shop.example' });
    expect(await gone.send(messageTo('ana@shop.example'), never)).toMatchObject({ kind: 'failed', again: true });
  });

  test('line breaks in names and addresses add no header', async () => {
    const evil = 'orders\r\nBcc: everybody@shop.example';
    const { facts } = messageTo('ana@shop.example');
    await notifier().send(messageTo('ana@shop.example', { facts: { ...facts, subject: `[Sev-1] ${evil} fell` } }), never);
    const header = mailbox.caught[0]?.mail.headers.find(({ key }) => key === 'bcc');
    expect(header).toBeUndefined();
    expect(mailbox.caught.map(({ to }) => to)).toEqual(['ana@shop.example']);
  });

  test('a URL that names no server is a failure in words, not an exception', async () => {
    for (const smtp of ['nonsense', 'http://mail.example', 'smtp://']) {
      const outcome = await emailNotifier({ smtp, from: 'plummet@shop.example' }).send(messageTo('ana@shop.example'), never);
      expect(outcome).toMatchObject({ kind: 'failed', again: false });
    }
  });
});

async function closedPort(): Promise<number> {
  const server: Server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
