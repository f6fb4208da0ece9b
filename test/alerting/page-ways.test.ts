import { afterEach, beforeEach, expect, test } from 'vitest';
import { linksTo, oneSecret } from '../../alerting/delivery/links.ts';
import { notifiers } from '../../alerting/notify/registry.ts';
import { type PageStep, startPage } from '../../alerting/page.ts';
import { type Fields, telemetryTo } from '../../platform/telemetry/catalogue.ts';
import { decodeJournal, type JournalLine, journalRecord } from '../../platform/topics/incidents.ts';
import { topics } from '../../platform/topics/topic.ts';
import { systemClock } from '../../platform/units/clock.ts';
import { fell, START_S } from '../support/fall.ts';
import { Hook } from '../support/hook.ts';
import { Mailbox } from '../support/mailbox.ts';
import { type MemoryLog, memoryLog } from '../support/memory-log.ts';

const all = topics();
const KEY = 'canary-routing-key';
const SECRET = 'canary-signing-secret';

let mailbox: Mailbox;
let pagerduty: Hook;
let hook: Hook;
let log: MemoryLog;
let step: PageStep;
let told: Fields[];

beforeEach(async () => {
  [mailbox, pagerduty, hook] = await Promise.all([Mailbox.open(), Hook.open(), Hook.open()]);
  log = memoryLog({ clock: systemClock });
  told = [];
  const ways = {
    pagerduty: { key: KEY, url: pagerduty.url },
    webhook: { url: `${hook.url}/canary-path`, secret: SECRET },
    email: 'ana@shop.example',
  };
  step = startPage({
    ...{ log, topics: all, clock: systemClock, by: 'a', timezone: 'UTC' },
    telemetry: telemetryTo((_name, _entry, fields) => told.push(fields)),
    people: { ana: ways },
    notifiers: notifiers({
      mail: { smtp: mailbox.url, from: 'plummet@shop.example' },
      security: { allow_private: ['127.0.0.0/8'] },
      write: () => undefined,
      now: () => systemClock.wall(),
    }),
    links: linksTo('http://127.0.0.1:8080', oneSecret(new Uint8Array(32).fill(7))),
  });
});
afterEach(async () => {
  await step.stop();
  await Promise.all([log.close(), mailbox.close(), pagerduty.close(), hook.close()]);
});

const base = () => ({ incident: 'inc-0123456789', at: systemClock.wall(), by: 'a' }) as const;
const write = (line: JournalLine): Promise<unknown> => log.append(all.incidents, [journalRecord(line)]);
const open = () => write({ kind: 'opened', ...base(), severity: 1, second: START_S, fell: fell('orders', START_S) });
const tries = (): string[] =>
  log
    .records(all.incidents, 0)
    .map(decodeJournal)
    .flatMap((line) =>
      (line.kind === 'sent' || line.kind === 'failed') && line.person === 'ana' ? [`${line.way} ${line.try} ${line.kind}`] : [],
    );

test('the first way that takes it is the only one, and hears the rest of the story', async () => {
  pagerduty.answer = { status: 202 };
  await open();
  await expect.poll(() => pagerduty.posted.length).toBe(1);
  await write({ kind: 'acknowledged', ...base(), person: 'ana', via: 'link' });
  await expect.poll(() => pagerduty.posted.length).toBe(2);
  await write({ kind: 'resolved', ...base(), reason: 'orders recovered', missing: 400 });
  await expect
    .poll(() => pagerduty.bodies<{ event_action: string }>().map((event) => event.event_action))
    .toEqual(['trigger', 'acknowledge', 'resolve']);
  expect([hook.posted, mailbox.caught]).toEqual([[], []]);
});

test('a way that asks to be left alone, and one that refuses for good, cost no time: the next one is tried', async () => {
  pagerduty.answer = { status: 429, headers: { 'retry-after': '30' } };
  hook.answer = { status: 404 };
  const before = performance.now();
  await open();
  await mailbox.expects(({ to }) => to === 'ana@shop.example');
  expect(performance.now() - before).toBeLessThan(5 * 500);
  await expect.poll(tries).toEqual(['pagerduty 1 failed', 'webhook 1 failed', 'email 1 sent']);
});

test('a way that fails in passing is tried once more, then the next one', async () => {
  pagerduty.answer = { status: 503 };
  await open();
  await expect.poll(() => hook.posted.length, { timeout: 15_000 }).toBe(1);
  await expect.poll(tries).toEqual(['pagerduty 1 failed', 'pagerduty 2 failed', 'webhook 1 sent']);
  expect(mailbox.caught).toEqual([]);
});

test('no secret stands in the journal or in what is logged', async () => {
  pagerduty.answer = { status: 400, body: `${KEY} is no key` };
  hook.answer = { status: 403, body: `${SECRET} did not sign /canary-path` };
  await open();
  await mailbox.expects(({ to }) => to === 'ana@shop.example');
  await expect.poll(tries).toHaveLength(3);
  const written = JSON.stringify([log.records(all.incidents, 0), told]);
  expect(written).toContain('is no key');
  expect(written).not.toContain('canary');
});
