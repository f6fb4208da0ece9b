import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { incidentId, messageKey } from '../../../alerting/incident/identity.ts';
import { after, type KnownIncident, UNKNOWN } from '../../../alerting/incident/incident.ts';
import { severityOf, type WatchedMetric } from '../../../alerting/incident/severity.ts';
import { type Finding, linesOfFall, linesOfRecovery, linesOfUnwatched } from '../../../alerting/incident/verdict.ts';
import type { JournalLine } from '../../../platform/topics/incidents.ts';
import type { SignalState } from '../../../platform/topics/signals.ts';
import { fall, signal } from '../../support/fall.ts';

const STATES: readonly SignalState[] = ['warming', 'normal', 'falling', 'dropped', 'recovering', 'blind', 'too slow'];
const stamp = { at: 1_000_000, by: 'a' };
const metric = (name: string, more: Partial<WatchedMetric> = {}): WatchedMetric => {
  return { name, series: `${name}~1`, kind: 'write', critical: true, ...more };
};
const dropped = (name: string, at: number, more: Partial<WatchedMetric> = {}): Finding => {
  return {
    metric: metric(name, more),
    second: at,
    signal: signal(name, 'dropped', { fall: fall(at) }),
    apps: { silent: [], producers: 3 },
  };
};
const back = (name: string, second: number): Finding => {
  return { metric: metric(name), second, signal: signal(name, 'normal'), apps: { silent: [], producers: 3 } };
};

class Known {
  readonly incidents = new Map<string, KnownIncident>();
  take(lines: readonly JournalLine[]): readonly JournalLine[] {
    for (const line of lines) {
      const next = after(this.incidents.get(line.incident) ?? UNKNOWN, line);
      if (next.is !== 'unknown') this.incidents.set(line.incident, next);
    }
    return lines;
  }
  fall(finding: Finding, held?: string): readonly JournalLine[] {
    return this.take(linesOfFall(finding, this.incidents.values(), stamp, held));
  }
  recovery(finding: Finding, missing = 0): readonly JournalLine[] {
    return this.take(linesOfRecovery(finding, this.incidents.values(), missing, stamp));
  }
}

const kinds = (lines: readonly JournalLine[]): string[] => lines.map(({ kind }) => kind);

test('only a drop of a critical write metric wakes anybody, over all metrics and states', () => {
  fc.assert(
    fc.property(fc.boolean(), fc.constantFrom('write', 'read'), fc.constantFrom(...STATES), (critical, kind, state) => {
      const severity = severityOf(metric('m', { critical, kind }), { state });
      expect(severity === 1).toBe(critical && kind === 'write' && state === 'dropped');
      expect(severity === null).toBe(state !== 'dropped');
    }),
  );
});

describe('a fall', () => {
  test('opens an incident once, however often it is told', () => {
    const known = new Known();
    expect(kinds(known.fall(dropped('orders', 100)))).toEqual(['opened']);
    expect(known.fall(dropped('orders', 100))).toEqual([]);
    expect(known.fall({ ...dropped('orders', 100), second: 140 })).toEqual([]);
  });

  test('opens one of severity 2 where the metric may not wake anybody', () => {
    const known = new Known();
    expect(known.fall(dropped('searches', 100, { kind: 'read', critical: false }))).toMatchObject([{ kind: 'opened', severity: 2 }]);
    expect(known.fall(dropped('archive', 900, { critical: false }))).toMatchObject([{ kind: 'opened', severity: 2 }]);
  });

  test('joins what began to fall within 60 s, and nothing else', () => {
    const known = new Known();
    known.fall(dropped('orders', 100));
    expect(kinds(known.fall(dropped('payments', 160)))).toEqual(['joined']);
    expect(kinds(known.fall(dropped('signups', 161)))).toEqual(['opened']);
    expect(known.incidents.size).toBe(2);
  });

  test('that is told again while it is read back after a restart changes nothing, even once it is over', () => {
    const known = new Known();
    known.fall(dropped('orders', 100));
    known.recovery(back('orders', 200));
    for (let second = 100; second <= 200; second++) expect(known.fall({ ...dropped('orders', 100), second })).toEqual([]);
    expect(known.fall({ ...dropped('orders', 100), second: 250 })).toEqual([]);
    expect(kinds(known.fall(dropped('orders', 300)))).toEqual(['opened']);
  });

  test('without its facts is told by what the second shows', () => {
    const bare = { ...dropped('orders', 100), signal: signal('orders', 'dropped') };
    expect(new Known().fall(bare)).toMatchObject([{ kind: 'opened', fell: { rateBefore: 118, rateAfter: 45, from: 100, at: 100 } }]);
  });

  test('with numbers that JSON cannot hold is told all the same', () => {
    const odd = dropped('orders', 100);
    const facts = { ...fall(100), derivative: Number.NEGATIVE_INFINITY, rateAfter: Number.NaN };
    const [line] = new Known().fall({ ...odd, signal: { ...odd.signal, fall: facts } });
    expect(line).toMatchObject({ fell: { derivative: 0, rateAfter: 0 } });
    expect(JSON.parse(JSON.stringify(line))).toEqual(line);
  });
});

describe('a recovery', () => {
  test('of the last metric ends the incident, with what is missing', () => {
    const known = new Known();
    known.fall(dropped('orders', 100));
    known.fall(dropped('payments', 102));
    expect(kinds(known.recovery(back('payments', 190), 70))).toEqual(['recovered']);
    expect(known.recovery(back('orders', 200), 900)).toMatchObject([
      { kind: 'recovered', series: 'orders~1', second: 200, missing: 900 },
      { kind: 'resolved', reason: 'orders and payments recovered', missing: 900 },
    ]);
    expect(known.recovery(back('orders', 201))).toEqual([]);
  });

  test('is not seen in the seconds before the fall, which a restart reads again', () => {
    const known = new Known();
    known.fall(dropped('orders', 100));
    expect(known.recovery(back('orders', 99))).toEqual([]);
    expect(known.recovery(back('orders', 100))).toEqual([]);
  });
});

test('a metric that nobody watches any more ends its incident, with the reason', () => {
  const known = new Known();
  known.fall(dropped('orders', 100));
  const [incident] = known.incidents.values();
  if (!incident || incident.is === 'resolved') throw new Error('it is open');
  expect(linesOfUnwatched(incident, [metric('orders')], stamp)).toEqual([]);
  expect(linesOfUnwatched(incident, [metric('orders', { series: 'orders~2' })], stamp)).toMatchObject([
    { kind: 'resolved', reason: 'orders is no longer watched as before' },
  ]);
});

describe('names', () => {
  test('an incident is called alike by everybody who reads the same signal, and differently for each', () => {
    expect(incidentId('orders~1', 100)).toBe(incidentId('orders~1', 100));
    expect(incidentId('orders~1', 1_763_733_600)).toMatch(/^inc-[0-9a-hjkmnp-tv-z]{10}$/);
    const ids = new Set<string>();
    for (const name of ['orders', 'payments', 'signups', 'b']) for (let s = 0; s < 25_000; s++) ids.add(incidentId(`${name}~1`, s));
    expect(ids.size).toBe(100_000);
  });

  test('a message is called alike at each try and differently for each person and step', () => {
    const page = { message: 'page', step: 0, person: 'ana' };
    expect(messageKey('inc-1', page)).toBe(messageKey('inc-1', page));
    const keys = [page, { ...page, person: 'bo' }, { ...page, step: 1 }, { ...page, message: 'resolved' }].map((m) =>
      messageKey('inc-1', m),
    );
    expect(new Set(keys).size).toBe(4);
    fc.assert(fc.property(fc.string(), (person) => void expect(messageKey('inc-1', { ...page, person })).toMatch(/^[\w.-]+$/)));
  });
});
