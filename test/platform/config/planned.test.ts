import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { type Config, type Loaded, loadConfig } from '../../../platform/config/load.ts';
import { calendarTextsMax } from '../../../platform/config/planned.ts';

const folder = mkdtempSync(join(tmpdir(), 'plummet-planned-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (iso: string): number => Date.parse(iso) / 1000;
const NOW = at('2026-11-22T03:00:00Z');

const ics = (summary: string, start: string): string =>
  ['BEGIN:VCALENDAR', 'BEGIN:VEVENT', `SUMMARY:${summary}`, `DTSTART:${start}`, 'DURATION:PT1H', 'END:VEVENT', 'END:VCALENDAR', ''].join(
    '\r\n',
  );
writeFileSync(join(folder, 'holidays.ics'), ics('Holiday', '20261225T100000Z'));
writeFileSync(join(folder, 'team.ics'), ics('Big deploy', '20261125T100000Z'));

const load = (text: string, more = {}) => loadConfig(text, { file: join(folder, 'plummet.yaml'), env: {}, now: NOW, ...more });
const metric = (lines: string): string =>
  `timezone: Europe/Berlin\nmetrics:\n  orders:\n    event: order.placed\n    kind: write\n${lines}`;

test('the examples of docs/planned.md hold', () => {
  const text = readFileSync(new URL('../../../docs/planned.md', import.meta.url), 'utf8');
  const examples = [...text.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, yaml = '']) => load(yaml));
  expect(examples.flatMap(({ errors }) => errors)).toEqual([]);
  const [orders] = (examples[0] as Loaded & { config: Config }).config.metrics;
  const closed = (iso: string): boolean => orders?.closed(at(iso)) ?? false;
  expect(closed('2026-11-22T02:00:00Z')).toBe(true);
  expect(closed('2026-12-25T12:00:00Z')).toBe(true);
  expect(closed('2026-11-25T10:30:00Z')).toBe(true);
  expect(closed('2026-11-25T11:30:00Z')).toBe(false);
  expect(orders?.expected(at('2026-11-28T12:00:00Z'))).toBe(true);
  expect(orders?.expected(at('2026-11-30T22:56:00Z'))).toBe(false);
});

test('calendars that came along stand for the files, and those that were read are told', () => {
  const yaml = metric('    closed: { calendar: holidays.ics }\n');
  expect(load(yaml).config?.calendars).toEqual({ 'holidays.ics': ics('Holiday', '20261225T100000Z') });
  const along = { 'holidays.ics': ics('Other', '20261226T100000Z') };
  expect(load(yaml, { calendars: along }).config?.metrics[0]?.closed(at('2026-12-26T10:30:00Z'))).toBe(true);
  const missing = load(metric('    closed: { calendar: gone.ics }\n'));
  expect(missing).toMatchObject({ config: null, calendars: { 'gone.ics': null } });
});

test('what is over, what matches nothing and what meets now and then is warned of', () => {
  const lines = [
    '    closed: ["Sat 12:00-13:00", { calendar: team.ics, match: party }]',
    '    expect: ["2026-11-01 08:00 to 2026-11-02 08:00", "2026-11-27 08:00 to 2026-11-30 23:59"]',
  ];
  const { warnings, errors } = load(metric(lines.join('\n')));
  expect(errors).toEqual([]);
  expect(warnings.map(({ line, message }) => `${line}: ${message}`)).toEqual([
    '6: the calendar has no such event: team.ics: party.',
    '7: "2026-11-01 08:00 to 2026-11-02 08:00" is over.',
    '7: overlaps with `closed:` `Sat 12:00-13:00`, next on 2026-11-28: closed wins, nothing pages then.',
  ]);
});

test('calendars are bounded in number and in size', () => {
  for (let i = 0; i <= calendarTextsMax.files; i++) writeFileSync(join(folder, `c${i}.ics`), ics('A', '20261225T100000Z'));
  const named = (count: number): string =>
    metric(`    closed: [${Array.from({ length: count }, (_, i) => `{ calendar: c${i}.ics }`).join(', ')}]\n`);
  expect(load(named(calendarTextsMax.files)).errors).toEqual([]);
  expect(load(named(calendarTextsMax.files + 1)).errors).toMatchObject([
    { message: expect.stringMatching(/too many or too large: 20 files/) },
  ]);
  writeFileSync(join(folder, 'large.ics'), Buffer.alloc(calendarTextsMax.bytes + 1, 'x'));
  const { errors } = load(metric('    closed: { calendar: large.ics }\n'));
  expect(errors).toMatchObject([{ message: expect.stringMatching(/too large/), line: 6 }]);
});
