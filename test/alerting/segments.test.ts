import PostalMime from 'postal-mime';
import { expect, test } from 'vitest';
import { after, type KnownIncident, UNKNOWN } from '../../alerting/incident/incident.ts';
import { LastSeconds } from '../../alerting/incident/last-seconds.ts';
import { type Finding, linesOfFall, linesOfRecovery } from '../../alerting/incident/verdict.ts';
import { letterOf } from '../../alerting/notify/email/letter.ts';
import { type Facts, factsOf } from '../../alerting/notify/facts.ts';
import { planOf } from '../../alerting/oncall/escalation.ts';
import { journalText } from '../../dashboards/incidents/journal-text.ts';
import { segmentSeries } from '../../platform/topics/counts.ts';
import { decodeJournal, type FellFacts, type JournalLine, journalRecord } from '../../platform/topics/incidents.ts';
import { decodeSignals, type Signal, signalsRecord } from '../../platform/topics/signals.ts';
import { fall, fell, START_S, signal, signals } from '../support/fall.ts';

const stamp = { at: START_S * 1000, by: 'a' };
const metric = { name: 'orders', series: 'orders~1', kind: 'write', critical: true } as const;
const NL = { by: 'country', segment: 'nl', segments: [{ segment: 'nl', share: 1, drop: 1 }] };
const finding = (second: number, said: Signal): Finding => ({ metric, second, signal: said, apps: { silent: [], producers: 3 } });

function factsFor(facts: FellFacts): Facts {
  const opened: JournalLine = { kind: 'opened', incident: 'inc-1', ...stamp, severity: 1, second: START_S, fell: facts };
  const plan = planOf({ ana: { email: 'ana@shop.example' } }, undefined, 'UTC');
  const context = { plan, timezone: 'UTC', now: START_S * 1000, incidentUrl: 'https://p.example/i', acknowledgeUrl: null };
  return factsOf(after(UNKNOWN, opened) as KnownIncident, { message: 'page', step: 0, person: 'ana' }, context);
}
const whereOf = ({ rows }: Facts): string | undefined => rows.find(({ label }) => label === 'Where')?.value;

test('a page names the segment that fell, and those that carry a fall of all', () => {
  const only = factsFor(fell('orders', START_S, NL));
  expect(only.headline).toBe('Orders (country nl) fell 62% in 4\u00a0s');
  expect(only.subject).toBe('[Sev-1] orders (country nl) fell 62% in 4 s: 118/s to 45/s');
  expect(whereOf(only)).toBe('only country nl');
  const carried = factsFor(fell('orders', START_S, { by: 'country', segments: [{ segment: 'de', share: 0.83, drop: 0.98 }] }));
  expect(carried.headline).toBe('Orders fell 62% in 4\u00a0s');
  expect(whereOf(carried)).toBe('country de \u221298% (83% of what is missing)');
  expect(letterOf(carried).text).toContain('Where           country de');
  expect(whereOf(factsFor(fell('orders', START_S, { by: 'country', segments: [] })))).toBe('everywhere alike, by country');
  expect(whereOf(factsFor(fell('orders', START_S)))).toBeUndefined();
});

test('a name that users made up can neither add a header nor markup', async () => {
  const hostile = 'nl\r\nBcc: all@example.com\u2028<img src=x onerror=alert(1)>\u202e';
  const facts = factsFor(fell('orders', START_S, { ...NL, segment: hostile, segments: [{ segment: hostile, share: 1, drop: 1 }] }));
  expect(facts.subject).not.toMatch(/[\r\n\u2028\u202e]/);
  const { html, text } = letterOf(facts);
  expect(html).not.toContain('<img');
  expect(text).not.toMatch(/^Bcc:/m);
  const mail = await PostalMime.parse(`Subject: ${facts.subject}\r\n\r\n${text}`);
  expect(mail.bcc).toBeUndefined();
});

test('a segment falls, then everything: one incident, which ends when all are back', () => {
  let state = UNKNOWN as KnownIncident;
  const take = (lines: readonly JournalLine[]): string[] => {
    for (const line of lines) state = after(state, decodeJournal(journalRecord(line) as never)) as KnownIncident;
    return lines.map(({ kind }) => kind);
  };
  const known = (): KnownIncident[] => ((state as { is: string }).is === 'unknown' ? [] : [state]);
  const segment = signal('orders', 'dropped', { fall: fall(START_S, NL) });
  expect(take(linesOfFall(finding(START_S, segment), known(), stamp))).toEqual(['opened']);
  expect(state.falls[0]?.fell).toMatchObject({ ...NL, metric: 'orders' });
  const whole = signal('orders', 'dropped', { fall: fall(START_S + 20, { by: 'country', segments: [] }) });
  expect(take(linesOfFall(finding(START_S + 20, whole), known(), stamp))).toEqual([]);
  // The whole is back, and the segment is not: its fall is told again.
  expect(take(linesOfFall(finding(START_S + 200, segment), known(), stamp))).toEqual([]);
  expect(take(linesOfRecovery(finding(START_S + 300, signal('orders', 'normal')), known(), 0, stamp))).toEqual(['recovered', 'resolved']);
  expect(take(linesOfFall(finding(START_S + 20, whole), known(), stamp))).toEqual([]);
});

test('a segment falls, and everything long after: that is another incident, and both end when all are back', () => {
  const known = new Map<string, KnownIncident>();
  const take = (lines: readonly JournalLine[]): string[] => {
    for (const line of lines) known.set(line.incident, after(known.get(line.incident) ?? UNKNOWN, line) as KnownIncident);
    return lines.map(({ kind }) => kind);
  };
  const down = (second: number, said: Signal): string[] => take(linesOfFall(finding(second, said), known.values(), stamp));
  const segment = signal('orders', 'dropped', { fall: fall(START_S, NL) });
  expect(down(START_S, segment)).toEqual(['opened']);
  const [first] = [...known.keys()];
  take([{ kind: 'acknowledged', incident: first as string, ...stamp, person: 'ana', via: 'mail' }]);
  const whole = signal('orders', 'dropped', { fall: fall(START_S + 3600, { by: 'country', segments: [] }) });
  expect(down(START_S + 3600, whole)).toEqual(['opened']);
  expect([...known.values()].map(({ is }) => is)).toEqual(['acknowledged', 'open']);
  for (const said of [whole, segment, whole]) expect(down(START_S + 3700, said)).toEqual([]);
  const back = finding(START_S + 7200, signal('orders', 'normal'));
  expect(take(linesOfRecovery(back, [...known.values()], 0, stamp))).toEqual(['recovered', 'resolved', 'recovered', 'resolved']);
  // A process that begins anew reads the same signals again.
  for (const said of [segment, whole]) expect(down(START_S + 3700, said)).toEqual([]);
});

test('another segment long after the first is another incident, and one within a minute is not', () => {
  const known: KnownIncident[] = [];
  const down = (second: number, segment: string): string[] => {
    const said = signal('orders', 'dropped', { fall: fall(second, { ...NL, segment }) });
    const lines = linesOfFall(finding(second, said), known, stamp);
    known.push(...lines.map((line) => after(UNKNOWN, line) as KnownIncident));
    return lines.map(({ kind }) => kind);
  };
  expect(down(START_S, 'nl')).toEqual(['opened']);
  expect(down(START_S + 30, 'at')).toEqual([]);
  expect(down(START_S + 900, 'nl')).toEqual([]);
  expect(down(START_S + 1800, 'at')).toEqual(['opened']);
  expect(down(START_S + 1801, 'at')).toEqual([]);
});

test('what is said of segments travels in signals and journal, and those without any are as long as they were', () => {
  const told = signal('orders', 'dropped', {
    fall: fall(START_S, NL),
    segments: [{ segment: 'nl', state: 'dropped', rate: 0, usual: 3.25 }],
    tail: { segment: 'nl', from: START_S - 1, counts: [3, null] },
  });
  const record = signalsRecord(signals(START_S, [told, signal('payments', 'normal')]));
  expect(decodeSignals(record as never).signals[0]).toMatchObject(told);
  expect(record.value).toContain('["payments~1","normal",45,45,118,-15.5,-8.7,0.62]');
  const line: JournalLine = {
    kind: 'opened',
    incident: 'inc-1',
    ...stamp,
    severity: 1,
    second: START_S,
    fell: fell('orders', START_S, NL),
  };
  expect(decodeJournal(journalRecord(line) as never)).toEqual(line);
  expect(journalText(line)).toMatch(/orders fell from 118\/s to 45\/s, .*; only country nl$/);
});

test('what a picture of a segment shows are its own seconds', () => {
  const seconds = new LastSeconds();
  seconds.watch([metric]);
  const said = (second: number, more: Partial<Signal>): void => seconds.take(second, signal('orders', 'dropped', { n: 97, ...more }));
  said(START_S, { tail: { segment: 'nl', from: START_S - 2, counts: [3, null, 0] } });
  said(START_S + 1, { tail: { segment: 'nl', from: START_S + 1, counts: [0] } });
  expect(seconds.of(segmentSeries('orders~1', 'nl'))?.counts.slice(-4)).toEqual([3, null, 0, 0]);
  expect(seconds.of('orders~1')?.counts.slice(-2)).toEqual([97, 97]);
  said(START_S + 2, { tail: { segment: 'at', from: START_S + 2, counts: [1] } });
  expect(seconds.of(segmentSeries('orders~1', 'nl'))).toBeNull();
  seconds.watch([]);
  expect(seconds.of(segmentSeries('orders~1', 'at'))).toBeNull();
});
