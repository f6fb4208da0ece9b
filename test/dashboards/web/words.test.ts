import { expect, test } from 'vitest';
import type { IncidentView } from '../../../dashboards/live-frames.ts';
import type { Latest } from '../../../dashboards/web/src/board/track.ts';
import { type Sentence, type Situation, sentenceOf, titleOf } from '../../../dashboards/web/src/words/sentence.ts';
import { type Look, lookOf, type Seen } from '../../../dashboards/web/src/words/states.ts';
import { fallAt, metric } from '../made-up.ts';

/** 14:03:04 UTC. */
const FELL = Date.UTC(2026, 10, 20, 14, 3, 4) / 1000;
const NOW = (FELL + 79) * 1000;
const plain = (text: string | undefined): string => (text ?? '').replace(/[\u00a0\u202f]/g, ' ');

const latest = (more: Partial<Latest>): Latest => {
  return { second: FELL + 78, state: 'normal', rate: 45, usual: 118, derivative: 0, drop: 0, progressSeconds: null, ...more };
};

const incident = (more: Partial<IncidentView> = {}): IncidentView => ({
  id: 'inc-1',
  severity: 1,
  headline: 'Orders fell 62% in 4\u00a0s',
  is: 'open',
  openedAt: (FELL + 4) * 1000,
  resolvedAt: null,
  acknowledgedBy: null,
  acknowledgedAt: null,
  metrics: [
    { name: 'orders', fall: { ...fallAt(FELL, 118, 0.38), missing: 5816 }, recovered: false },
    { name: 'payments', fall: fallAt(FELL + 1, 94, 0.42), recovered: false },
  ],
  reached: [{ person: 'ana', way: 'email', at: (FELL + 4) * 1000, ok: true, detail: '250 OK' }],
  paging: [],
  held: null,
  next: { at: NOW + 225_000, people: 'everyone' },
  missing: 5816,
  ...more,
});

const seen = (more: Partial<Seen> = {}): Seen => ({
  info: metric('orders', { critical: true }),
  latest: latest({}),
  rate: 122,
  last: null,
  blindSince: null,
  incidents: [],
  now: NOW,
  timezone: 'UTC',
  withRule: false,
  ...more,
});

const look = (more: Partial<Seen>): Look => lookOf(seen(more));

test.each<[string, Partial<Seen>, Partial<Look>]>([
  ['normal', {}, { face: 'normal', word: 'Normal', facts: ['usual 118/s', '+3%'], short: 'usual 118' }],
  ['normal, in the demo', { withRule: true }, { facts: ['usual 118/s', 'pages when 40% is gone within 13 s'] }],
  [
    'falling',
    { latest: latest({ state: 'falling' }), rate: 80 },
    { face: 'falling', word: 'Falling', facts: ['usual 118/s', '\u221232%'] },
  ],
  [
    'down',
    { latest: latest({ state: 'dropped' }), rate: 45, incidents: [incident()] },
    { face: 'dropped', word: 'Dropped 62%', facts: ['usual 118/s', 'about 5,800 orders missing'] },
  ],
  ['down before its incident is known', { latest: latest({ state: 'dropped' }), rate: 0 }, { face: 'dropped', word: 'Dropped 100%' }],
  [
    'acknowledged',
    { latest: latest({ state: 'dropped' }), rate: 45, incidents: [incident({ is: 'acknowledged', acknowledgedBy: 'ana' })] },
    { face: 'acknowledged', word: 'Ana has it', short: 'dropped 62%' },
  ],
  [
    'down and not critical',
    { info: metric('orders'), latest: latest({ state: 'dropped' }), rate: 45 },
    { face: 'minor', word: 'Dropped 62%', facts: ['usual 118/s', 'wakes nobody'] },
  ],
  [
    'recovering',
    { latest: latest({ state: 'recovering', progressSeconds: 35 }), rate: 115 },
    { face: 'recovering', word: 'Recovering', short: '35 of 60 s' },
  ],
  [
    'blind',
    { latest: latest({ state: 'blind' }), rate: null, blindSince: FELL + 73, last: { second: FELL + 72, rate: 117 } },
    { face: 'blind', word: 'Blind for 6 s', facts: ['last 117/s at 14:04:16', 'data stopped, rate unknown'], short: 'last 117' },
  ],
  [
    'warming',
    { latest: latest({ state: 'warming', progressSeconds: 200, usual: null }) },
    { face: 'warming', word: 'Warming', short: '3 of 60 min' },
  ],
  ['too slow', { latest: latest({ state: 'too slow', usual: 0.02 }), rate: 0.02 }, { face: 'slow', word: 'Too slow' }],
  ['not heard of yet', { latest: null, rate: null }, { face: 'waiting', word: 'Waiting' }],
])('a metric that is %s says so in a shape and a word', (_, more, expected) => {
  const found = look(more);
  expect({ ...found, word: plain(found.word), short: plain(found.short), facts: found.facts.map(plain) }).toMatchObject(expected);
});

const faced = (name: string, face: Look['face'], critical = true): Situation['metrics'][number] => ({
  ...metric(name, { critical }),
  look: { face, word: '', facts: ['', '35 of 60\u00a0s at its usual rate'], short: '' },
});

const said = (more: Partial<Situation> = {}): Sentence =>
  sentenceOf({
    metrics: [faced('orders', 'normal'), faced('payments', 'normal'), faced('logins', 'normal', false)],
    incidents: { incidents: [], lastWokenAt: null },
    link: 'live',
    now: NOW,
    heardAt: NOW,
    timezone: 'UTC',
    ...more,
  });

const withIncident = (more: Partial<IncidentView> = {}): Situation['incidents'] => ({ incidents: [incident(more)], lastWokenAt: null });
const down = [faced('orders', 'dropped'), faced('payments', 'dropped')];

test('all normal: how many are watched, and how long nobody was woken', () => {
  const { mood, title, side } = said({ incidents: { incidents: [], lastWokenAt: NOW - 23 * 86_400_000 } });
  expect([mood, title]).toEqual(['normal', 'All normal']);
  expect(side.map(plain)).toEqual(['2 critical write metrics at their usual rate.', 'Nobody has been woken for **23 days**.']);
});

test('a Sev-1 says what fell, from what to what, who knows and what happens next', () => {
  const sentence = said({ metrics: down, incidents: withIncident() });
  expect([sentence.mood, plain(sentence.title)]).toEqual(['sev1', 'Orders fell 62% in 4 s']);
  expect(sentence.lines).toEqual([
    '118/s to 45/s since 14:03:04, and payments with it.',
    'Ana was paged at 14:03:08. If nobody acknowledges, everyone is paged in 3:45.',
  ]);
  expect(plain(titleOf(sentence))).toBe('▼ orders \u221262% · Plummet');
});

test('it says who has it, whom it could not reach, that a page is on its way, and what holds it back', () => {
  const who = (more: Partial<IncidentView>): string | undefined =>
    said({ metrics: down, incidents: withIncident({ next: null, ...more }) }).lines[1];
  expect(who({ is: 'acknowledged', acknowledgedBy: 'ana', acknowledgedAt: (FELL + 87) * 1000 })).toBe(
    'Ana has it since 14:04:31. Nobody else is paged.',
  );
  expect(who({ reached: [], paging: ['ana', 'bo'] })).toBe('Ana and Bo are being paged.');
  expect(who({ reached: [{ person: 'ana', way: 'email', at: 0, ok: false, detail: 'no answer' }] })).toBe(
    'Ana could not be reached by e-mail: no answer.',
  );
  expect(who({ reached: [] })).toBe('Nobody has been paged yet.');
  expect(who({ held: 'a planned closing' })).toBe('Nobody is paged: a planned closing.');
});

test('what nobody has in hand comes before what somebody has', () => {
  const taken = incident({ id: 'inc-0', is: 'acknowledged', acknowledgedBy: 'ana' });
  expect(said({ metrics: down, incidents: { incidents: [taken, incident()], lastWokenAt: null } }).incident?.id).toBe('inc-1');
});

test('when all of it is back the slot is calm again and counts', () => {
  const back = [faced('orders', 'recovering'), faced('payments', 'recovering')];
  const sentence = said({ metrics: back, incidents: withIncident() });
  expect([sentence.mood, plain(sentence.side[1])]).toEqual(['recovering', '35 of 60 s at its usual rate']);
});

test('the worst speaks: Sev-1, blind, connection lost, falling, Sev-2, warming', () => {
  const all = [
    faced('orders', 'dropped'),
    faced('b', 'blind'),
    faced('c', 'falling'),
    faced('d', 'minor', false),
    faced('e', 'warming', false),
    faced('f', 'normal'),
  ];
  const moods: string[] = [said({ metrics: all, incidents: withIncident(), link: 'lost' }).mood];
  moods.push(said({ metrics: all.slice(1) }).mood, said({ metrics: all.slice(2), link: 'lost' }).mood);
  for (let i = 2; i < all.length; i++) moods.push(said({ metrics: all.slice(i) }).mood);
  expect(moods).toEqual(['sev1', 'blind', 'lost', 'falling', 'minor', 'warming', 'normal']);
});

test('a read metric or one of no importance that is blind alarms nobody', () => {
  expect(said({ metrics: [faced('orders', 'normal'), faced('logins', 'blind', false)] }).mood).toBe('normal');
});

test('what is silenced fills no slot, however deep it fell, and says until when and by whom', () => {
  const silenced = { until: Date.UTC(2026, 10, 20, 15), by: 'ana' };
  const info = { ...metric('orders', { critical: true }), silenced };
  const down = look({ info, latest: latest({ state: 'dropped', drop: 0.62 }), rate: 45, incidents: [incident()] });
  expect(down).toMatchObject({
    face: 'silenced',
    word: 'Silenced',
    facts: ['until 15:00, by Ana', 'dropped 62%'],
    short: 'until 15:00, by Ana',
  });
  expect(look({ info: { ...info, silenced: { until: null, by: 'bo' } } }).short).toBe('by Bo');
  expect(look({ info: { ...info, silenced: { ...silenced, until: NOW + 50 * 3_600_000 } } }).short).toBe('until Sun 16:04, by Ana');
  expect(look({ info, latest: latest({ state: 'blind' }), blindSince: FELL }).face).toBe('blind');
  const alone = withIncident({ metrics: incident().metrics.slice(0, 1) });
  expect(said({ metrics: [{ ...info, look: down }, faced('signups', 'normal')], incidents: alone })).toMatchObject({
    ...{ mood: 'silenced', title: 'Orders silenced', incident: null },
    side: ['Until 15:00, by Ana.', 'Nobody is paged for it until then.'],
  });
  // Payments fell with it, and nobody holds those back.
  expect(said({ metrics: [{ ...info, look: down }, faced('payments', 'dropped')], incidents: withIncident() }).mood).toBe('sev1');
});

test('across a room one line says who was paged and who is next', () => {
  expect(plain(said({ metrics: down, incidents: withIncident() }).brief)).toBe(
    '118/s to 45/s since 14:03:04. Ana was paged, everyone in 3:45.',
  );
  const taken = withIncident({ is: 'acknowledged', acknowledgedBy: 'ana', acknowledgedAt: (FELL + 60) * 1000, next: null });
  expect(plain(said({ metrics: down, incidents: taken }).brief)).toBe('118/s to 45/s since 14:03:04. Ana has it since 14:04:04.');
});

test('nothing configured and nothing decided yet are told as such', () => {
  expect(said({ metrics: [] }).title).toBe('Waiting for the first event');
  expect(said({ metrics: [], arriving: 1 }).title).toBe('One event type arrives');
  expect(said({ metrics: [], arriving: 1200 }).title).toBe('1,200 event types arrive');
  expect(said({ metrics: [faced('orders', 'warming')], quiet: true }).title).toBe('Waiting for the first event');
  expect(said({ metrics: [faced('orders', 'waiting')] }).title).toBe('Waiting for data');
  expect(said({ link: 'connecting' }).title).toBe('Connecting');
  expect(said({ link: 'stalled' }).title).toBe('Nothing is decided');
});
