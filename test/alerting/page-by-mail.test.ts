import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { linksTo, oneSecret } from '../../alerting/delivery/links.ts';
import { emailNotifier } from '../../alerting/notify/email/email.ts';
import { type PageStep, startPage } from '../../alerting/page.ts';
import { silentTelemetry } from '../../platform/telemetry/catalogue.ts';
import { decodeJournal, type JournalLine, journalRecord } from '../../platform/topics/incidents.ts';
import { topics } from '../../platform/topics/topic.ts';
import { systemClock } from '../../platform/units/clock.ts';
import { fell, START_S } from '../support/fall.ts';
import { Mailbox } from '../support/mailbox.ts';
import { type MemoryLog, memoryLog } from '../support/memory-log.ts';

const all = topics();
const people = { ana: { email: 'ana@shop.example' }, bo: { email: 'bo@shop.example' } };
let mailbox: Mailbox;
let log: MemoryLog;
let step: PageStep;

beforeEach(async () => {
  mailbox = await Mailbox.open();
  log = memoryLog({ clock: systemClock });
  step = begin(mailbox.url);
});
afterEach(async () => {
  await step.stop();
  await log.close();
  await mailbox.close();
});

function begin(smtp: string): PageStep {
  const notifiers = new Map([['email', emailNotifier({ smtp, from: 'plummet@shop.example' })]]);
  const links = linksTo('http://127.0.0.1:8080', oneSecret(new Uint8Array(32).fill(7)));
  return startPage({
    log,
    topics: all,
    clock: systemClock,
    telemetry: silentTelemetry,
    by: 'a',
    people,
    notifiers,
    links,
    timezone: 'UTC',
  });
}

async function write(...lines: JournalLine[]): Promise<void> {
  await log.append(all.incidents, lines.map(journalRecord));
}

const base = () => ({ incident: 'inc-0123456789', at: systemClock.wall(), by: 'a' }) as const;
const opened = (): JournalLine => ({ kind: 'opened', ...base(), severity: 1, second: START_S, fell: fell('orders', START_S) });
const resolved = (): JournalLine => ({ kind: 'resolved', ...base(), reason: 'orders recovered', missing: 400 });
const acknowledged = (): JournalLine => ({ kind: 'acknowledged', ...base(), person: 'bo', via: 'link' });
const journal = (): JournalLine[] => log.records(all.incidents, 0).map(decodeJournal);
const to = (address: string) => (one: { to: string }) => one.to === address;

describe('by a real mail server', () => {
  test('page, acknowledgement and end are one thread of one subject, to each who was paged', async () => {
    await write(opened());
    await mailbox.expects(to('ana@shop.example'));
    await mailbox.expects(to('bo@shop.example'));
    await write(acknowledged());
    await mailbox.expects(({ to, mail }) => to === 'ana@shop.example' && (mail.text?.startsWith('Acknowledged by Bo') ?? false));
    await write(resolved());
    await mailbox.expects(({ to, mail }) => to === 'ana@shop.example' && /^Resolved after .+: orders recovered/.test(mail.text ?? ''));
    const thread = mailbox.to('ana@shop.example').map(({ mail }) => mail);
    const [subject] = thread.map((mail) => mail.subject);
    expect(thread.map((mail) => mail.subject)).toEqual([subject, `Re: ${subject}`, `Re: ${subject}`]);
    expect(new Set(thread.map(({ references }) => references))).toEqual(new Set(['<inc-0123456789@shop.example>']));
    expect(new Set(thread.map(({ messageId }) => messageId)).size).toBe(3);
  });

  test('451 at first: the page comes two seconds later, under the same Message-ID', async () => {
    const tried: string[] = [];
    mailbox.behave({
      data: (nth) => (nth <= 2 ? { code: 451, text: 'try later' } : null),
      recipient: (address) => {
        tried.push(address);
        return null;
      },
    });
    await write(opened());
    await mailbox.expects(to('ana@shop.example'), 10_000);
    await mailbox.expects(to('bo@shop.example'), 10_000);
    expect(tried).toHaveLength(4);
    expect(journal().filter(({ kind }) => kind === 'failed')).toMatchObject([{ again: true }, { again: true }]);
    expect(mailbox.caught).toHaveLength(2);
  });

  test('550 for one of two: the other is paged, and the journal says who was not', async () => {
    mailbox.behave({ recipient: (address) => (address.startsWith('ana') ? { code: 550, text: 'no such person' } : null) });
    await write(opened());
    await mailbox.expects(to('bo@shop.example'));
    await expect
      .poll(() => journal().filter(({ kind }) => kind === 'failed'))
      .toMatchObject([{ person: 'ana', again: false, reason: expect.stringContaining('550') }]);
    expect(mailbox.to('ana@shop.example')).toEqual([]);
  });

  test('hanging after the letter was taken: given up in three seconds, and repeated only under its Message-ID', async () => {
    mailbox.behave({ data: (nth) => (nth <= 2 ? 'hang' : null) });
    await write(opened());
    await expect.poll(() => mailbox.to('ana@shop.example').length, { timeout: 14_000, interval: 50 }).toBe(2);
    const [first, second] = mailbox.to('ana@shop.example');
    expect(second?.mail.messageId).toBe(first?.mail.messageId);
    const tries = journal().filter((line) => (line.kind === 'intended' || line.kind === 'failed') && line.person === 'ana');
    const [intended, gaveUp] = tries;
    expect((gaveUp?.at ?? 0) - (intended?.at ?? 0)).toBeLessThan(3500);
  });

  test('refused connections: the page comes as soon as the server is back', async () => {
    const { port } = mailbox;
    await mailbox.close();
    await write(opened());
    await expect.poll(() => journal().filter(({ kind }) => kind === 'failed').length, { timeout: 5000 }).toBeGreaterThanOrEqual(2);
    mailbox = new Mailbox();
    await mailbox.listen(port);
    await mailbox.expects(to('ana@shop.example'), 12_000);
    expect(mailbox.to('ana@shop.example')).toHaveLength(1);
  });

  test('a restart in the middle of an outage neither pages again nor forgets to say when it is over', async () => {
    await write(opened());
    await expect.poll(() => journal().filter(({ kind }) => kind === 'sent').length).toBe(2);
    await step.stop();
    step = begin(mailbox.url);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(mailbox.caught).toHaveLength(2);
    await write(resolved());
    await expect.poll(() => mailbox.caught.length).toBe(4);
  });
});
