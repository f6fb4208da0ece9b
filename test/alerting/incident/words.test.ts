import fc from 'fast-check';
import { expect, test } from 'vitest';
import { after, type KnownIncident, UNKNOWN } from '../../../alerting/incident/incident.ts';
import { fallSentence, falsePagesAt, inert, producerName, subjectOf } from '../../../alerting/incident/words.ts';
import type { FellFacts } from '../../../platform/topics/incidents.ts';
import { fell, START_S } from '../../support/fall.ts';

const opened = (facts: FellFacts, severity: 1 | 2 = 1): KnownIncident => {
  return after(UNKNOWN, {
    kind: 'opened',
    incident: 'i',
    at: START_S * 1000,
    by: 'a',
    severity,
    second: facts.at,
    fell: facts,
  }) as KnownIncident;
};

test('the subject says what fell, by how much, in which time, from what to what', () => {
  expect(subjectOf(opened(fell('orders', START_S)), 'UTC')).toBe('[Sev-1] orders fell 62% in 4 s: 118/s to 45/s');
  const slow = fell('signups', START_S, { from: START_S - 151, drop: 1, rateBefore: 0.31, rateAfter: 0 });
  const revenue = fell('revenue', START_S, { rateBefore: 4210, rateAfter: 1600, value: 'amount' });
  expect(subjectOf(opened(revenue), 'UTC')).toBe('[Sev-1] revenue fell 62% in 4 s: 4,210/s to 1,600/s');
  expect(subjectOf(opened(slow), 'UTC')).toBe('[Sev-1] signups fell 100% in 2 min 31 s: 0.31/s to 0/s');
});

test('where no app speaks it is not pretended that the metric is known to be down', () => {
  const silent = fell('orders', START_S, { rateAfter: 0, drop: 1, noneSpeaksSince: (START_S - 5) * 1000 });
  expect(fallSentence(silent, 'Europe/Berlin')).toBe('orders 0/s and no app has spoken since 14:59:55: down, or cut off from Plummet');
  expect(subjectOf(opened(silent), 'UTC')).toBe('[Sev-1] orders 0/s and no app has spoken since 13:59:55: down, or cut off from Plummet');
});

test('a threshold in sigmas is told as how often it is passed by chance', () => {
  expect(falsePagesAt(-6)).toBe('one false page a year');
  expect(falsePagesAt(-5.58)).toMatch(/^about 1[01] false pages a year$/);
  expect(falsePagesAt(-6.7)).toMatch(/^one false page in \d+ years$/);
});

test('names bring no line break, no control character and no turned direction into any text', () => {
  expect(inert('orders\r\nBcc: x')).toBe('orders Bcc: x');
  expect(inert('a\u202eb\u2066c\u200bd\u001b[31m\u0000')).toBe('abcd[31m');
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (name) => {
      const shown = inert(name);
      expect(shown).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      expect(shown.length).toBeLessThanOrEqual(80);
    }),
  );
});

test('a producer is called as its owner called it', () => {
  expect(producerName('shop-web-3#k3v9x0q2m7t1c5zd')).toBe('shop-web-3');
  expect(producerName('#k3v9x0q2m7t1c5zd')).toBe('');
  expect(producerName('plain')).toBe('plain');
});
