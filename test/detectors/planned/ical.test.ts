import fc from 'fast-check';
import ICAL from 'ical.js';
import { describe, expect, test } from 'vitest';
import { readCalendar } from '../../../detectors/planned/ical.ts';
import { itemOf, planOf } from '../../../detectors/planned/items.ts';
import type { Plan } from '../../../detectors/planned/plan.ts';
import { ianaZone } from '../../../detectors/planned/zone.ts';

const DAY = 86_400;
const at = (iso: string): number => Date.parse(iso) / 1000;

const calendar = (...events: readonly string[][]): string =>
  [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    ...events.flatMap((event) => ['BEGIN:VEVENT', 'UID:1', ...event, 'END:VEVENT']),
    'END:VCALENDAR',
    '',
  ].join('\r\n');

function planOfText(text: string, zone = 'Europe/Berlin', match?: string): Plan {
  const read = readCalendar(text);
  if ('message' in read) throw new Error(`${read.line}: ${read.message}`);
  const item = itemOf({ calendar: 'a.ics', ...(match !== undefined && { match }) }, { 'a.ics': read });
  return planOf(typeof item === 'string' ? [] : [item], ianaZone(zone));
}

/** Windows that begin between two days: `03-30 07:00 +60m`, in UTC. */
function windows(plan: Plan, from: string, to: string): string[] {
  const found: string[] = [];
  for (let next = plan.next(at(`${from}T00:00:00Z`) - 1); next && next.from < at(`${to}T00:00:00Z`); next = plan.next(next.from)) {
    found.push(`${new Date(next.from * 1000).toISOString().slice(5, 16).replace('T', ' ')} +${(next.to - next.from) / 60}m`);
  }
  return found;
}

test.each([
  ['Europe/Berlin', '2026-03-28', '2026-03-31', ['03-28 08:00 +60m', '03-29 07:00 +60m', '03-30 07:00 +60m']],
  ['Europe/Berlin', '2026-10-24', '2026-10-27', ['10-24 07:00 +60m', '10-25 08:00 +60m', '10-26 08:00 +60m']],
  ['America/New_York', '2026-03-07', '2026-03-10', ['03-07 14:00 +60m', '03-08 13:00 +60m', '03-09 13:00 +60m']],
  ['America/New_York', '2026-10-31', '2026-11-03', ['10-31 13:00 +60m', '11-01 14:00 +60m', '11-02 14:00 +60m']],
  ['Australia/Lord_Howe', '2026-04-04', '2026-04-07', ['04-04 22:30 +60m', '04-05 22:30 +60m', '04-06 22:30 +60m']],
  ['Australia/Lord_Howe', '2026-10-02', '2026-10-05', ['10-02 22:30 +60m', '10-03 22:00 +60m', '10-04 22:00 +60m']],
])('a daily hour keeps to the clocks of %s from %s to %s', (zone, from, to, expected) => {
  const event = [`DTSTART;TZID=${zone}:20260101T090000`, `DTEND;TZID=${zone}:20260101T100000`, 'RRULE:FREQ=DAILY'];
  expect(windows(planOfText(calendar(event), 'Asia/Tokyo'), from, to)).toEqual(expected);
});

test('floating times and whole days are those of the YAML, and UTC is UTC', () => {
  const text = calendar(
    ['DTSTART:20260610T090000', 'DURATION:PT30M'],
    ['DTSTART;VALUE=DATE:20260612', 'DTEND;VALUE=DATE:20260614'],
    ['DTSTART:20260615T090000Z', 'DTEND:20260615T091500Z'],
  );
  expect(windows(planOfText(text, 'Asia/Tokyo'), '2026-06-01', '2026-07-01')).toEqual([
    '06-10 00:00 +30m',
    '06-11 15:00 +2880m',
    '06-15 09:00 +15m',
  ]);
  expect(windows(planOfText(text, 'America/New_York'), '2026-06-01', '2026-07-01')[0]).toBe('06-10 13:00 +30m');
});

test('a whole day of a clock change has 23 hours or 25', () => {
  const text = calendar(['DTSTART;VALUE=DATE:20260101', 'RRULE:FREQ=DAILY']);
  expect(windows(planOfText(text), '2026-03-28', '2026-03-29')).toEqual(['03-28 23:00 +1380m']);
  expect(windows(planOfText(text), '2026-10-24', '2026-10-25')).toEqual(['10-24 22:00 +1500m']);
});

test('dates are left out, added, moved and cancelled', () => {
  const series = ['DTSTART:20260601T100000Z', 'DTEND:20260601T110000Z', 'RRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=6'];
  const text = calendar(
    [...series, 'EXDATE:20260608T100000Z', 'RDATE:20260610T100000Z', 'RDATE;VALUE=PERIOD:20260611T100000Z/PT5M'],
    ['RECURRENCE-ID:20260615T100000Z', 'DTSTART:20260616T120000Z', 'DTEND:20260616T123000Z'],
    ['RECURRENCE-ID:20260622T100000Z', 'DTSTART:20260622T100000Z', 'DTEND:20260622T110000Z', 'STATUS:CANCELLED'],
  );
  expect(windows(planOfText(text), '2026-05-01', '2026-08-01')).toEqual([
    '06-01 10:00 +60m',
    '06-10 10:00 +60m',
    '06-11 10:00 +5m',
    '06-16 12:00 +30m',
    '06-29 10:00 +60m',
    '07-06 10:00 +60m',
  ]);
});

test('a zone of the file itself is taken where its name is none that is known', () => {
  const [first, last] = ['BEGIN:VCALENDAR', 'END:VCALENDAR'];
  const standard = ['BEGIN:STANDARD', 'DTSTART:19701025T030000', 'TZOFFSETFROM:+0200', 'TZOFFSETTO:+0100'];
  const daylight = ['BEGIN:DAYLIGHT', 'DTSTART:19700329T020000', 'TZOFFSETFROM:+0100', 'TZOFFSETTO:+0200'];
  const rule = (month: number): string => `RRULE:FREQ=YEARLY;BYMONTH=${month};BYDAY=-1SU`;
  const zone = [
    'BEGIN:VTIMEZONE',
    'TZID:Shop Time',
    ...standard,
    rule(10),
    'END:STANDARD',
    ...daylight,
    rule(3),
    'END:DAYLIGHT',
    'END:VTIMEZONE',
  ];
  const event = ['BEGIN:VEVENT', 'DTSTART;TZID=Shop Time:20260101T090000', 'DURATION:PT1H', 'RRULE:FREQ=DAILY', 'END:VEVENT'];
  const plan = planOfText([first, ...zone, ...event, last].join('\r\n'), 'UTC');
  expect(windows(plan, '2026-03-28', '2026-03-30')).toEqual(['03-28 08:00 +60m', '03-29 07:00 +60m']);
  expect(windows(plan, '2026-10-24', '2026-10-26')).toEqual(['10-24 07:00 +60m', '10-25 08:00 +60m']);
});

test('only events with the words are taken, in capitals or not', () => {
  const text = calendar(
    ['SUMMARY:Weekly DEPLOY', 'DTSTART:20260601T100000Z', 'DURATION:PT1H'],
    ['SUMMARY:Lunch', 'DTSTART:20260602T100000Z', 'DURATION:PT1H'],
  );
  expect(windows(planOfText(text, 'UTC', 'deploy'), '2026-05-01', '2026-07-01')).toEqual(['06-01 10:00 +60m']);
});

describe('what cannot be read is told with its line', () => {
  const start = 'DTSTART:20260601T100000Z';
  test.each([
    ['no calendar', 'hello', 1, /BEGIN:VCALENDAR/],
    ['a line that is none', calendar([start, 'SUMMARY nonsense']), 6, /SUMMARY nonsense/],
    ['an end before its beginning', calendar([start, 'DTEND:20260601T090000Z']), 6, /ends before/],
    ['each second for ever', calendar([start, 'DURATION:PT1S', 'RRULE:FREQ=SECONDLY']), 7, /daily at most/],
    ['an unknown zone', calendar(['DTSTART;TZID=Nowhere:20260601T100000', 'DURATION:PT1S']), 5, /Nowhere/],
    ['a count beyond its bound', calendar([start, 'DURATION:PT1S', 'RRULE:FREQ=DAILY;COUNT=10001']), 7, /10000 at most/],
    ['a repeated event of years', calendar([start, 'DURATION:P367D', 'RRULE:FREQ=YEARLY']), 5, /366 days/],
  ])('%s', (_, text, line, message) => {
    const read = readCalendar(text);
    expect(read).toMatchObject({ line, message: expect.stringMatching(message) });
  });

  test('too many events', () => {
    const many = (count: number): string => calendar(...Array.from({ length: count }, () => [start, 'DURATION:PT1H']));
    expect(readCalendar(many(5000))).toHaveProperty('events.length', 5000);
    expect(readCalendar(many(5001))).toMatchObject({ message: expect.stringMatching(/5000 at most/) });
  });

  test('no text makes it throw', () => {
    const lines = fc.constantFrom(
      'BEGIN:VCALENDAR',
      'BEGIN:VEVENT',
      'END:VEVENT',
      'END:VCALENDAR',
      start,
      'RRULE:FREQ=DAILY',
      'DTEND:x',
      'BEGIN:VTIMEZONE',
    );
    fc.assert(
      fc.property(
        fc.array(fc.oneof(lines, fc.string()), { maxLength: 12 }),
        (texts) => void readCalendar(`BEGIN:VCALENDAR\n${texts.join('\n')}`),
      ),
    );
  });
});

test('a rule that never holds, and one without an end, are asked of a far day at once', () => {
  const never = calendar(['DTSTART:20000101T100000Z', 'DURATION:PT1H', 'RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30']);
  expect(planOfText(never).windowsOf(at('2090-02-28T00:00:00Z'))).toEqual([]);
  const ever = calendar(['DTSTART:19900101T100000Z', 'DURATION:PT1H', 'RRULE:FREQ=DAILY;INTERVAL=3']);
  expect(windows(planOfText(ever), '2090-01-01', '2090-01-08')).toHaveLength(3);
});

/** Rules that the library walks rightly: its own form of a day that a month does not have is another one. */
const rules = fc
  .record({
    freq: fc.constantFrom('DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY'),
    interval: fc.integer({ min: 1, max: 4 }),
    days: fc.subarray(['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU']),
    nth: fc.constantFrom('', '1', '2', '-1'),
    monthDay: fc.constantFrom(1, 15, 28, -1),
    use: fc.constantFrom('days', 'monthDay', 'nothing'),
    end: fc.constantFrom('', ';COUNT=9', ';UNTIL=20270301T000000Z'),
  })
  .map(({ freq, interval, days, nth, monthDay, use, end }) => {
    const nths = freq === 'MONTHLY' ? nth : '';
    const by = use === 'days' && days.length > 0 && freq !== 'YEARLY' ? `;BYDAY=${days.map((day) => nths + day).join(',')}` : '';
    return `FREQ=${freq};INTERVAL=${interval}${use === 'monthDay' && freq === 'MONTHLY' ? `;BYMONTHDAY=${monthDay}` : by}${end}`;
  });

test('a rule holds on the days to which the library walks', () => {
  fc.assert(
    fc.property(rules, (rule) => {
      const start = ICAL.Time.fromDateTimeString('2026-01-05T10:00:00Z');
      const walk = ICAL.Recur.fromString(rule).iterator(start);
      const walked = new Set([start.toUnixTime()]);
      for (let next = walk.next(); next && next.year < 2028; next = walk.next()) walked.add(next.toUnixTime());
      const isCounted = rule.includes('COUNT');
      const plan = planOfText(calendar(['DTSTART:20260105T100000Z', 'DURATION:PT1H', `RRULE:${rule}`]), 'UTC');
      const found = new Set<number>();
      for (let day = at('2026-01-01T00:00:00Z'); day < at('2028-01-01T00:00:00Z'); day += DAY) {
        for (const { from } of plan.windowsOf(day)) found.add(from);
      }
      // The first start counts, whether or not the rule holds on its day; the library begins to count with the rule's own.
      const wanted = [...walked].sort((a, b) => a - b);
      expect([...found].sort((a, b) => a - b)).toEqual(isCounted ? wanted.slice(0, 9) : wanted);
    }),
    { numRuns: 60 },
  );
});
