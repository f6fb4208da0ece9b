import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { after as folded, type Incident, inHandOf, isLive, leadOf, UNKNOWN } from '../../../alerting/incident/incident.ts';
import type { JournalLine } from '../../../platform/topics/incidents.ts';
import { fell } from '../../support/fall.ts';

const base = { incident: 'inc-1', by: 'a' } as const;
const attempt = { message: 'page', step: 0, person: 'ana', way: 'email', try: 1 } as const;

const lines = {
  opened: { kind: 'opened', ...base, at: 1000, severity: 1, second: 100, fell: fell('orders', 100) },
  lesser: { kind: 'opened', ...base, at: 1000, severity: 2, second: 100, fell: fell('searches', 100) },
  joined: { kind: 'joined', ...base, at: 2000, severity: 2, fell: fell('revenue', 102) },
  raised: { kind: 'joined', ...base, at: 2000, severity: 1, fell: fell('orders', 102) },
  escalated: { kind: 'escalated', ...base, at: 3000, step: 0, people: ['ana'], reason: 'opened' },
  intended: { kind: 'intended', ...base, at: 4000, ...attempt },
  sent: { kind: 'sent', ...base, at: 5000, ...attempt, detail: '250' },
  failed: { kind: 'failed', ...base, at: 5000, ...attempt, reason: '451', again: true },
  silenced: { kind: 'silenced', ...base, at: 6000, reason: 'maintenance' },
  acknowledged: { kind: 'acknowledged', ...base, at: 7000, person: 'ana', via: 'link' },
  recovered: { kind: 'recovered', ...base, at: 8000, series: 'orders~1', second: 200, missing: 400 },
  resolved: { kind: 'resolved', ...base, at: 9000, reason: 'orders recovered', missing: 400 },
} as const satisfies Record<string, JournalLine>;

const fold = (...names: (keyof typeof lines)[]): Incident => names.reduce<Incident>((state, name) => folded(state, lines[name]), UNKNOWN);

describe('an incident after each line', () => {
  test.each([
    [['opened'], 'open'],
    [['opened', 'joined', 'escalated', 'intended', 'sent'], 'open'],
    [['opened', 'acknowledged'], 'acknowledged'],
    [['opened', 'acknowledged', 'recovered'], 'acknowledged'],
    [['opened', 'recovered'], 'open'],
    [['opened', 'resolved'], 'resolved'],
    [['opened', 'acknowledged', 'resolved'], 'resolved'],
    [['opened', 'resolved', 'acknowledged'], 'resolved'],
    [['opened', 'resolved', 'opened'], 'resolved'],
    [['opened', 'resolved', 'joined'], 'resolved'],
    [['acknowledged'], 'unknown'],
    [['resolved'], 'unknown'],
    [['lesser', 'acknowledged'], 'acknowledged'],
    [['lesser', 'acknowledged', 'raised'], 'open'],
    [['opened', 'acknowledged', 'joined'], 'acknowledged'],
  ] as const)('%j is %s', (names, is) => {
    expect(fold(...names).is).toBe(is);
  });

  test('the first who says so has it, and is named to the end', () => {
    const other: JournalLine = { ...lines.acknowledged, person: 'bo', at: 7500 };
    const state = folded(folded(fold('opened', 'acknowledged'), other), lines.resolved);
    expect(inHandOf(state)).toEqual({ person: 'ana', via: 'link', at: 7000 });
  });

  test('a worse fall that joins makes it worse from then on, and leads it', () => {
    const state = fold('lesser', 'raised');
    expect(state).toMatchObject({ severity: 1, wakesSince: 2000, openedAt: 1000 });
    expect(state.is !== 'unknown' && leadOf(state).fell.metric).toBe('orders');
    expect(fold('lesser')).toMatchObject({ wakesSince: null });
    expect(fold('opened', 'joined')).toMatchObject({ severity: 1, wakesSince: 1000 });
  });

  test('a metric that recovered and falls again within the incident is down in it again', () => {
    const again: JournalLine = { ...lines.raised, at: 9000, fell: fell('orders', 230) };
    const state = folded(fold('opened', 'recovered'), again);
    expect(state).toMatchObject({ falls: [{ recovered: null, fell: { at: 230 } }] });
    expect(folded(fold('opened', 'recovered'), { ...again, fell: fell('orders', 150) })).toEqual(fold('opened', 'recovered'));
  });

  test('a line of a kind that only a newer version knows changes nothing', () => {
    const newer = { kind: 'snoozed', ...base, at: 1 } as unknown as JournalLine;
    expect(folded(fold('opened'), newer)).toEqual(fold('opened'));
  });
});

describe('deliveries', () => {
  const twin = { ...lines.intended, by: 'b' } as const;

  test('the first intention of a try owns it, and only its owner can fail it', () => {
    const state = folded(fold('opened', 'intended'), twin);
    expect(state).toMatchObject({ deliveries: [{ is: 'intended', by: 'a', try: 1 }] });
    expect(folded(state, { ...lines.failed, by: 'b' })).toEqual(state);
    expect(folded(state, lines.failed)).toMatchObject({ deliveries: [{ is: 'failed', detail: '451' }] });
  });

  test('what was sent stays sent, whatever is said of other tries later', () => {
    const state = fold('opened', 'intended', 'sent');
    for (const line of [lines.failed, lines.intended, { ...lines.intended, try: 2 }, { ...lines.failed, try: 2 }] as JournalLine[]) {
      expect(folded(state, line)).toEqual(state);
    }
  });

  test('a late word about an earlier try does not undo a later one, but its success counts', () => {
    const second = folded(fold('opened', 'intended', 'failed'), { ...lines.intended, try: 2 });
    expect(folded(second, lines.failed)).toEqual(second);
    expect(folded(second, lines.sent)).toMatchObject({ deliveries: [{ is: 'sent' }] });
  });
});

describe('over any journal', () => {
  const anyLine = fc.constantFrom(...Object.values(lines)) as fc.Arbitrary<JournalLine>;
  const journals = fc.array(anyLine, { maxLength: 40 });

  test('replay of any prefix gives the state that was live then, and reading lines twice changes nothing', () => {
    fc.assert(
      fc.property(journals, (journal) => {
        let live: Incident = UNKNOWN;
        journal.forEach((line, i) => {
          live = folded(live, line);
          const replayed = journal.slice(0, i + 1).reduce(folded, UNKNOWN);
          expect(replayed).toEqual(live);
          expect(folded(live, line)).toEqual(live);
        });
      }),
    );
  });

  test('nothing but a resolved line ends an incident, and nothing revives it', () => {
    fc.assert(
      fc.property(journals, (journal) => {
        let state: Incident = UNKNOWN;
        for (const line of journal) {
          const next = folded(state, line);
          if (isLive(state) && !isLive(next)) expect(line.kind).toBe('resolved');
          if (state.is === 'resolved') expect(next.is).toBe('resolved');
          if (state.is === 'unknown' && next.is !== 'unknown') expect(line.kind).toBe('opened');
          state = next;
        }
      }),
    );
  });

  test('no line changes the state that it is given', () => {
    fc.assert(
      fc.property(journals, anyLine, (journal, line) => {
        const state = journal.reduce(folded, UNKNOWN);
        const copy = structuredClone(state);
        folded(state, line);
        expect(state).toEqual(copy);
      }),
    );
  });
});
