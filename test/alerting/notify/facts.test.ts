import fc from 'fast-check';
import PostalMime from 'postal-mime';
import { describe, expect, test } from 'vitest';
import { after as folded, type KnownIncident, UNKNOWN } from '../../../alerting/incident/incident.ts';
import { steepLimitOf } from '../../../alerting/incident/steep-limit.ts';
import { letterOf } from '../../../alerting/notify/email/letter.ts';
import { bareFacts, type Facts, factsOf } from '../../../alerting/notify/facts.ts';
import { onCall, planOf, type Teams } from '../../../alerting/oncall/escalation.ts';
import { type PageWhen, type PageWhenFile, pageWhenOf } from '../../../detectors/steep-drop/page-when.ts';
import type { FellFacts, JournalLine } from '../../../platform/topics/incidents.ts';
import { fell, START_S } from '../../support/fall.ts';

const base = { incident: 'inc-0123456789', at: START_S * 1000, by: 'a' } as const;
const people = { ana: { email: 'ana@shop.example' }, bo: { email: 'bo@shop.example' }, cy: { email: 'cy@shop.example' } };
const teams: Teams = {
  default: {
    rotation: { people: ['ana', 'bo'], every: 'week', handover: 'Mon 09:00' },
    escalation: [
      { after: '0s', notify: 'on-call' },
      { after: '5m', notify: 'everyone' },
    ],
  },
};
const context = {
  plan: planOf(people, teams, 'Europe/Berlin'),
  timezone: 'Europe/Berlin',
  now: START_S * 1000,
  incidentUrl: 'https://plummet.example.com/incidents/inc-0123456789',
  acknowledgeUrl: 'https://plummet.example.com/a/token',
};
const page = { message: 'page', step: 0, person: 'ana' } as const;

function incident(facts: FellFacts, ...lines: JournalLine[]): KnownIncident {
  const opened: JournalLine = { kind: 'opened', ...base, severity: 1, second: START_S, fell: facts };
  return [opened, ...lines].reduce((state, line) => folded(state, line), UNKNOWN) as KnownIncident;
}

const row = ({ rows }: Facts, label: string): string => {
  const found = rows.find((one) => one.label === label);
  return found ? `${found.value}${found.aside ? ` ${found.aside}` : ''}` : '';
};

/** What a phone shows beside the subject: the first words of the HTML. */
const previewOf = (facts: Facts): string => /<div style="display:none[^>]*>([^<]*)<\/div>/.exec(letterOf(facts).html)?.[1] ?? '';

describe('a page says', () => {
  test('the fact, what comes next, and each number with what it is compared with', () => {
    const facts = factsOf(incident(fell('orders', START_S, { steepLimit: { unit: '%/s', value: -3 } })), page, context);
    expect(facts.banner).toEqual({ text: 'Sev-1: needs a person now', time: '15:00:00 CET' });
    expect(facts.headline).toBe('Orders fell 62% in 4\u00a0s');
    expect(facts.lead).toEqual({ strong: '118/s to 45/s', rest: ' since 14:59:56, still down.' });
    expect(facts.action?.hint).toBe('Two taps, no login. If nobody does by 15:05:00, everyone is paged.');
    expect(row(facts, 'How sure')).toBe('−8.7\u00a0σ (pages at −6: one false page a year)');
    expect(row(facts, 'How steep')).toBe('−15.5\u00a0% of usual per second (pages at −3)');
    expect(row(facts, 'Missing so far')).toBe('about 180 orders');
    expect(row(facts, 'Since')).toBe('14:59:56 CET, Fri 21 Nov 2025');
    expect(row(facts, 'Data')).toBe('15 of 15 apps speaking');
  });

  test('of a sum, what it is a sum of', () => {
    const revenue = { rateBefore: 4210, rateAfter: 1600, missing: 12_345.6, value: 'amount' };
    const facts = factsOf(incident(fell('revenue', START_S, revenue)), page, context);
    expect(facts.lead.strong).toBe('4,210/s to 1,600/s');
    expect(row(facts, 'Missing so far')).toBe('about 12,000 of revenue (amount)');
    const line: JournalLine = { kind: 'resolved', ...base, at: base.at + 60_000, reason: 'revenue recovered', missing: 45_678 };
    const resolved = factsOf(incident(fell('revenue', START_S, revenue), line), { ...page, message: 'resolved' }, context);
    expect(row(resolved, 'Missing')).toBe('about 46,000 of revenue (amount)');
  });

  test('which apps went silent, by the names that their owners gave them', () => {
    const silent = ['shop-web-3#k3v9x0q2m7t1c5zd', 'shop-web-4#aaaaaaaaaaaaaaaa'];
    const facts = factsOf(incident(fell('orders', START_S, { silent })), page, context);
    expect(row(facts, 'Data')).toBe('13 of 15 apps speaking, silent: shop-web-3 and shop-web-4');
  });

  test('that nobody can know whether orders are down where no app speaks', () => {
    const facts = factsOf(
      incident(fell('orders', START_S, { rateAfter: 0, drop: 1, noneSpeaksSince: (START_S - 5) * 1000 })),
      page,
      context,
    );
    expect(facts.headline).toBe('Orders 0/s and no app has spoken since 14:59:55: down, or cut off from Plummet');
    expect(row(facts, 'Apps')).toBe('none has spoken since 14:59:55');
  });

  test('which metrics fell with it, and of a thousand only the first few by name', () => {
    const joined = Array.from(
      { length: 1000 },
      (_, i): JournalLine => ({ kind: 'joined', ...base, severity: 2, fell: fell(`m${i}`, START_S) }),
    );
    const facts = factsOf(incident(fell('orders', START_S), ...joined), page, context);
    expect(row(facts, 'Fell with it')).toBe('m0, 118/s to 45/s (−62%)');
    expect(facts.rows.filter(({ label }) => label === '').at(-1)?.value).toBe('and 992 more');
    expect(letterOf(facts).html.length).toBeLessThan(50_000);
  });

  test('at a later step who was reached before, and who is paged too', () => {
    const sent = { kind: 'sent', ...base, message: 'page', step: 0, person: 'ana', way: 'email', try: 1, detail: '250' } as const;
    const steps: JournalLine[] = [
      { kind: 'escalated', ...base, step: 0, people: ['ana'], reason: '' },
      sent,
      { kind: 'escalated', ...base, step: 1, people: ['ana', 'bo', 'cy'], reason: '' },
    ];
    const facts = factsOf(incident(fell('orders', START_S), ...steps), { ...page, step: 1, person: 'bo' }, context);
    expect(facts.banner.text).toBe('Sev-1: nobody has it yet');
    expect(row(facts, 'Paged before')).toBe('Ana at 15:00:00');
    expect(facts.action?.hint).toBe('Two taps, no login. Ana and Cy are paged too.');
  });

  test('to who is on call until when they are', () => {
    const [onCallNow] = onCall(context.plan, context.now);
    const footer = (person: string): string => factsOf(incident(fell('orders', START_S)), { ...page, person }, context).footer;
    expect(footer(onCallNow as string)).toBe('You are on call until Mon 09:00. Answers and the resolution come in this thread.');
    expect(footer('cy')).toBe('Answers and the resolution come in this thread.');
  });
});

test('how steep a fall must be is told in the unit of the YAML, and every number in one form', () => {
  const steep = (pageWhen: PageWhenFile, more: Partial<FellFacts> = {}): string => {
    const limit = steepLimitOf(pageWhenOf(pageWhen) as PageWhen, pageWhen.within !== undefined);
    return row(factsOf(incident(fell('orders', START_S, { ...more, steepLimit: limit })), page, context), 'How steep');
  };
  const fallen = '−15.5\u00a0% of usual per second';
  expect(steep({})).toBe(`${fallen} (pages at −3)`);
  expect(steep({ drop: '62%', derivative: -3 })).toBe(`${fallen} (pages at −3)`);
  expect(steep({ derivative: '-2.5 %/s' })).toBe(`${fallen} (pages at −2.5)`);
  expect(steep({ derivative: '-3 events/s2' })).toBe(`${fallen} (pages at −3\u00a0events/s²)`);
  expect(steep({ derivative: '-6 sigma' })).toBe(`${fallen} (pages at −3)`);
  expect(steep({ drop: '50%', within: '13s' })).toBe(`${fallen} (pages when 50% is gone within 13\u00a0s)`);
  expect(steep({}, { derivative: -100 })).toBe('−100\u00a0% of usual per second (pages at −3)');
  // An incident of an older version says no limit.
  const old = factsOf(incident(fell('orders', START_S, { steepness: -8, threshold: -6.25 })), page, context);
  expect(row(old, 'How steep')).toBe(fallen);
  expect(row(old, 'How sure')).toMatch(/^−8\u00a0σ \(pages at −6\.3: /);
});

test('a threshold that its history has raised is told as such, with what it was and by how much history', () => {
  const raised = { steepness: -7.9, threshold: -7.2, raisedFrom: -5.99, raisedByDays: 21 };
  const facts = factsOf(incident(fell('orders', START_S, raised)), page, context);
  expect(row(facts, 'How sure')).toBe('−7.9\u00a0σ (pages at −7.2: raised from −6 by 21 days of history)');
});

describe('a word after a page says', () => {
  const acknowledged: JournalLine = { kind: 'acknowledged', ...base, at: (START_S + 125) * 1000, person: 'bo', via: 'link' };
  const resolved: JournalLine = { kind: 'resolved', ...base, at: (START_S + 368) * 1000, reason: 'orders recovered', missing: 5812 };

  test('in its first line who has it, under the subject of the page', () => {
    const facts = factsOf(incident(fell('orders', START_S), acknowledged), { ...page, message: 'acknowledged' }, context);
    const { text } = letterOf(facts);
    expect(text.split('\n')[0]).toBe('Acknowledged by Bo');
    expect(text).toContain('Bo has it since 15:02:05 CET. Nobody else will be paged.');
    expect(previewOf(facts)).toMatch(/^Acknowledged by Bo\. Bo has it since/);
    expect(facts.subject).toBe(factsOf(incident(fell('orders', START_S)), page, context).subject);
    expect(facts.action).toBeNull();
  });

  test('in its first line that it is over, then how long it took and what is missing', () => {
    const facts = factsOf(incident(fell('orders', START_S), acknowledged, resolved), { ...page, message: 'resolved' }, context);
    const { text } = letterOf(facts);
    expect(text.split('\n')[0]).toBe('Resolved after 6\u00a0min 12\u00a0s: orders recovered');
    expect(text).toContain('Down from 14:59:56 to 15:06:08 CET.');
    expect(previewOf(facts)).toMatch(/^Resolved after 6\u00a0min 12\u00a0s: orders recovered\. Down from/);
    expect(row(facts, 'Missing')).toBe('about 5,800 orders');
    expect(row(facts, 'In hand')).toBe('Bo, since 15:02:05');
    expect(facts.subject).toBe(factsOf(incident(fell('orders', START_S)), page, context).subject);
  });
});

describe('a letter', () => {
  const evil = '<script>alert(1)</script>"\'&\r\nBcc: x@y.z\u202e{{7*7}}';

  test('holds no script, no image and nothing from the network but its two links', () => {
    const { html } = letterOf(factsOf(incident(fell('orders', START_S)), page, context));
    expect(html).not.toMatch(/<(script|img|iframe|object|embed|form|link|svg|video|base)\b/i);
    expect(html).not.toMatch(/@import|url\(|\bsrc=|\bon[a-z]+=|javascript:/i);
    expect([...html.matchAll(/(?:href|action)="([^"]*)"/g)].map((match) => match[1]).sort()).toEqual(
      [context.acknowledgeUrl, context.incidentUrl].sort(),
    );
  });

  test('shows names from YAML and network as they are, and lets none of them act', () => {
    const facts = factsOf(incident(fell(evil, START_S, { silent: [`${evil}#1`] })), { ...page, person: evil }, context);
    const { html, text } = letterOf(facts, { repeat: true });
    expect(html).not.toContain('<script');
    expect(html).toContain('&lt;script&gt;');
    expect(`${facts.subject}${text}`).not.toContain('\u202e');
    expect(facts.subject).not.toMatch(/[\r\n]/);
    expect(text.split('\n').some((line) => line.startsWith('Bcc:'))).toBe(false);
  });

  test('says the same in text and in HTML', async () => {
    const facts = factsOf(incident(fell('orders', START_S)), page, context);
    const { html, text } = letterOf(facts);
    const shown =
      (await PostalMime.parse(`Content-Type: text/html; charset=utf-8\r\n\r\n${html}`)).html?.replace(
        /<style>[\s\S]*?<\/style>|<[^>]+>/g,
        ' ',
      ) ?? '';
    const said = (words: string): string => words.replace(/\s+/g, ' ').trim();
    for (const { label, value, aside } of facts.rows) {
      for (const part of [label, value, aside ?? '']) {
        expect(said(shown)).toContain(said(part));
        expect(said(text)).toContain(said(part));
      }
    }
    for (const part of [facts.headline, facts.action?.hint ?? '', facts.footer, facts.banner.text]) {
      expect(said(shown)).toContain(said(part));
      expect(said(text)).toContain(said(part));
    }
  });

  test('that may be a repeat says so', () => {
    const facts = factsOf(incident(fell('orders', START_S)), page, context);
    expect(letterOf(facts).text).not.toContain('may have reached you before');
    expect(letterOf(facts, { repeat: true }).text).toContain('may have reached you before');
    expect(letterOf(facts, { repeat: true }).html).toContain('may have reached you before');
  });

  test('can be written from any numbers', () => {
    const number = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true, min: 0, max: 1e12 }), fc.constantFrom(0, 1e-9));
    const numbers = fc.record({ rateBefore: number, rateAfter: number, drop: fc.double({ min: 0, max: 1, noNaN: true }), missing: number });
    const steep = fc.record({
      derivative: fc.double({ min: -1e6, max: 0, noNaN: true }),
      steepness: fc.double({ min: -1e6, max: 0, noNaN: true }),
      threshold: fc.double({ min: -60, max: 0, noNaN: true }),
    });
    fc.assert(
      fc.property(numbers, steep, fc.string({ unit: 'binary' }), (some, more, metric) => {
        const facts = factsOf(incident(fell(metric, START_S, { ...some, ...more })), page, context);
        expect(JSON.stringify(letterOf(facts))).not.toMatch(/NaN|undefined|Infinity/);
      }),
    );
  });

  test('is written even where words fail', () => {
    const facts = bareFacts(incident(fell('orders', START_S)), page, context);
    expect(facts).toMatchObject({ subject: '[Sev-1] orders fell', action: { url: context.acknowledgeUrl } });
    expect(letterOf(facts).text).toContain(context.acknowledgeUrl);
  });
});
