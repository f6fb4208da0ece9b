import { expect, test } from 'vitest';
import { after, type KnownIncident, UNKNOWN } from '../../../alerting/incident/incident.ts';
import { CONSOLE, consoleNotifier, THIS_TERMINAL } from '../../../alerting/notify/console.ts';
import type { Facts } from '../../../alerting/notify/facts.ts';
import { notifiers } from '../../../alerting/notify/registry.ts';
import { notifierContract } from '../../contracts/notifier.ts';
import { fell, START_S } from '../../support/fall.ts';

const facts: Facts = {
  kind: 'page',
  subject: '[Sev-1] orders fell 62% in 4 s: 118/s to 45/s',
  banner: { text: 'Sev-1: needs a person now', time: '14:03:08 CET' },
  headline: 'Orders fell 62% in 4 s',
  lead: { strong: '', rest: '' },
  action: null,
  incidentUrl: '',
  rows: [],
  footer: '',
  line: '[Sev-1] orders fell 62% in 4 s: 118/s to 45/s, since 14:03:04.',
};
function opened(): KnownIncident {
  const line = { kind: 'opened', incident: 'inc-1', at: START_S * 1000, by: 'a', severity: 1, second: START_S } as const;
  return after(UNKNOWN, { ...line, fell: fell('orders', START_S) }) as KnownIncident;
}
const message = {
  key: 'inc-1.page-0.x',
  incident: 'inc-1',
  person: THIS_TERMINAL,
  way: { channel: CONSOLE, to: '' },
  repeat: false,
  facts,
  state: opened(),
};

notifierContract('the terminal', async () => {
  const lines: string[] = [];
  let broken = false;
  const write = (line: string): void => {
    if (broken) throw new Error('EPIPE');
    lines.push(line);
  };
  return {
    notifier: consoleNotifier(write),
    message,
    secrets: [],
    mends: () => {
      broken = false;
    },
    refusesOnce: () => {
      broken = true;
      return true;
    },
    refusesForGood: () => false,
    hangs: () => false,
    arrived: () => lines.map(() => message.key),
    close: async () => undefined,
  };
});

test('a page is one calm line with its time', async () => {
  const lines: string[] = [];
  await consoleNotifier((line) => lines.push(line)).send(message, new AbortController().signal);
  expect(lines).toEqual(['14:03:08 CET  [Sev-1] orders fell 62% in 4 s: 118/s to 45/s, since 14:03:04.']);
});

test('there is e-mail where a server is configured, and the terminal always', () => {
  const write = (): void => undefined;
  const now = (): number => 0;
  expect([...notifiers({ write, now }).keys()]).toEqual(['console', 'webhook', 'pagerduty']);
  const mail = { smtp: 'smtp://127.0.0.1:25', from: 'a@b.example' };
  expect([...notifiers({ write, now, mail }).keys()]).toEqual(['console', 'email', 'webhook', 'pagerduty']);
});
