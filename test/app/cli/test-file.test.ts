/** Files of rule tests: every mistake has its line, its column and a way out. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { testSchemaText } from '../../../app/cli/schema-file.ts';
import { readTests } from '../../../app/cli/test-file.ts';
import type { Known } from '../../../detectors/backtest/rule-tests.ts';
import { PAGE_WHEN_DEFAULT } from '../../../detectors/steep-drop/page-when.ts';
import { ROOT } from '../../support/sources.ts';

const known: Known = {
  metrics: [
    { name: 'orders', critical: true, pageWhen: PAGE_WHEN_DEFAULT },
    { name: 'searches', critical: false, pageWhen: PAGE_WHEN_DEFAULT },
  ],
  timezone: 'Europe/Berlin',
};

const read = (text: string) => readTests(text, 'shop.yaml', known);
const one = (more: string): string => `tests:\n  - name: a test\n    metric: orders\n    ${more}\n`;

test('a test says what it plays, and on which wall', () => {
  const { tests, errors } = read(one('series: "100x1800 0x60"\n    expect: [{ page_within: 10s, after: 30m, drop: 95%-100% }]'));
  expect(errors).toEqual([]);
  expect(tests).toMatchObject([
    {
      ...{ name: 'a test', metric: 'orders', seconds: 1860, start: Date.UTC(2026, 0, 13, 13) / 1000, offsetSeconds: 3600, noise: 'none' },
      expected: [{ after: 1800, within: 10, notBefore: 0, drop: { least: 0.95, most: 1 } }],
      before: { isCold: false, historyDays: 7, livedSeconds: 86_400 },
    },
  ]);
});

test.each([
  ['"2026-11-20T14:00:00Z"', Date.UTC(2026, 10, 20, 14)],
  ['2026-11-20T14:00:00', Date.UTC(2026, 10, 20, 13)],
  ['2026-07-20T14:00', Date.UTC(2026, 6, 20, 12)],
  ['Sat 03:00', Date.UTC(2026, 0, 17, 2)],
  ['03:30', Date.UTC(2026, 0, 13, 2, 30)],
])('at: %s', (at, start) => {
  const { tests, errors } = read(one(`at: ${at}\n    series: 100x60\n    expect: []`));
  expect(errors).toEqual([]);
  expect(tests[0]?.start).toBe(start / 1000);
});

test('a drop told as one number is meant to ten points', () => {
  const [first] = read(one('series: 100x60\n    expect: [{ page_within: 10s, drop: 50% }]')).tests;
  expect(first?.expected[0]?.drop?.least).toBeCloseTo(0.4);
  expect(first?.expected[0]?.drop?.most).toBeCloseTo(0.6);
});

test('scenes are tests of their own, with a usual day', () => {
  const { tests, errors } = read(
    'scenes:\n  - metric: orders\n    rate: 120\n    times: 3\n    passes: 90%\n' +
      '    expect:\n      - outage at 14:00 pages within 6 s\n      - sale end: none\n',
  );
  expect(errors).toEqual([]);
  expect(tests.map(({ name }) => name)).toEqual(['orders at 120/s: outage at 14:00 pages within 6 s', 'orders at 120/s: sale end: none']);
  expect(tests[0]).toMatchObject({
    times: 3,
    passes: 0.9,
    usual: { rate: 120, day: 'two-humped', weekend: 0.6 },
    noise: { dispersion: 1 },
  });
});

const LONG = `series: |\n      100x60\n      50x60   5o\n    expect: []`;

test.each([
  ['an unknown metric', one('series: 100x60\n    expect: []').replace('metric: orders', 'metric: order'), '3:13', 'Did you mean `orders`?'],
  ['an item of a series', one('series: "100x60 10o"\n    expect: []'), '4:21', 'Items are'],
  ['an item of a plain series', one('series: 100x60 10o\n    expect: []'), '4:20', 'Items are'],
  ['an item of a series over lines', one(LONG), '6:15', 'Items are'],
  ['a negative count', one('series: 100x60 -5x3\n    expect: []'), '4:20', 'Write 0'],
  ['a count too large', one('series: 100x60 1e12\n    expect: []'), '4:20', 'Items are'],
  ['too many seconds', one('series: 100x400d\n    expect: []'), '4:13', 'Write several tests'],
  ['too many seconds of all repeats', one('series: 100x1d\n    times: 3661\n    expect: []'), '5:12', 'Lower `times`'],
  ['percents of nothing', one('series: 100x60 50%x60\n    expect: []'), '4:20', 'Add `usual:'],
  [
    'an unknown scene',
    'scenes:\n  - metric: orders\n    rate: 9\n    expect: [outtage at night: none]\n',
    '4:14',
    'Did you mean `outage`?',
  ],
  [
    'the result of a scene',
    'scenes:\n  - metric: orders\n    rate: 9\n    expect:\n      - outage: pages within x s\n',
    '5:30',
    'Write it like 6 s',
  ],
  ['a page after the end', one('series: 100x60\n    expect: [{ page_within: 31s, after: 30s }]'), '5:29', 'Make the series longer'],
  [
    'pages out of order',
    one('series: 100x60\n    expect: [{ page_within: 1s, after: 9s }, { page_within: 1s, after: 9s }]'),
    '5:72',
    'later than',
  ],
  [
    'a page that can never be right',
    one('series: 100x60\n    expect: [{ page_within: 5s, page_not_before: 6s }]'),
    '5:50',
    'fit the other',
  ],
  [
    'the same name twice',
    `${one('series: 1x60\n    expect: []')}  - { name: a test, metric: orders, series: 1x60, expect: [] }\n`,
    '6:13',
    'a name of its own',
  ],
  ['no rule at all', 'tests:\n  - { name: a test, series: 1x60, expect: [] }\n', '2:5', 'Name a metric'],
  [
    'a page of what wakes nobody',
    one('series: 1x60\n    expect: [{ page_within: 5s }]').replace('orders', 'searches'),
    '3:13',
    'critical: true',
  ],
  ['no time', one('at: yesterday\n    series: 1x60\n    expect: []'), '4:9', 'Write it like 14:00'],
  ['no time zone', `timezone: Europe/Berlino\n${one('series: 1x60\n    expect: []')}`, '1:11', 'Europe/Berlin'],
  ['closings of a metric', one('closed: ["Sun 02:00-04:00"]\n    series: 1x60\n    expect: []'), '4:5', 'Leave it out'],
  ['no closing', 'tests:\n  - { name: a, page_when: {}, closed: [Sundays], series: 1x60, expect: [] }\n', '2:40', 'Write it like "Sun'],
  ['a rule that is none', 'tests:\n  - { name: a, page_when: { drop: 0% }, series: 1x60, expect: [] }\n', '2:35', 'drop: 40%'],
  ['no share of the repeats', one('passes: 0%\n    series: 1x60\n    expect: []'), '4:13', 'each repeat must pass'],
  ['a history that nobody needs', one('history: 30d\n    series: 1x60\n    expect: []'), '4:14', 'No normal reaches'],
  ['a key that is none', one('serie: 1x60\n    expect: []'), '4:5', 'Did you mean `series`?'],
  ['a duration without its unit', one('series: 1x60\n    expect: [{ page_within: 10 }]'), '5:29', 'Did you mean `10s`?'],
  ['nothing', '', '1:1', 'It begins with `tests:`'],
  ['no test', 'tests: []\n', '1:1', 'It begins with `tests:`'],
])('%s is told with its place and a way out', (_, text, place, hint) => {
  const { errors, tests } = read(text);
  expect(tests).toEqual([]);
  const found = errors.find(({ line, column }) => `${line}:${column}` === place);
  expect(errors.map(({ line, column, message }) => `${line}:${column} ${message}`)).toContain(
    `${place} ${found?.message ?? 'a mistake at this place'}`,
  );
  expect(found?.hint ?? '').toContain(hint);
});

test('all mistakes of a file are told at once, up to twenty', () => {
  const many = Array.from({ length: 30 }, (_, i) => `  - { name: t${i}, metric: none, series: 1x60, expect: [] }`).join('\n');
  const { errors } = read(`tests:\n${many}\n`);
  expect(errors).toHaveLength(21);
  expect(errors.at(-1)?.message).toContain('9 more mistakes follow');
});

test('editors are given a schema by which our own files are right, and mistakes of shape are wrong', () => {
  const fits = new Ajv({ strict: false }).compile(JSON.parse(testSchemaText()) as object);
  for (const path of [
    'examples/shop/plummet-test.yaml',
    'test/detectors/rules/must-page.yaml',
    'test/detectors/rules/must-not-page.yaml',
  ]) {
    fits(parse(readFileSync(join(ROOT, path), 'utf8')));
    expect(fits.errors, path).toBeNull();
  }
  expect(fits({ tests: [{ name: 'a', metric: 'orders', series: '1x60' }] })).toBe(false);
  expect(fits({ tests: [{ name: 'a', metric: 'orders', series: '1x60', expect: [{ page_within: '10' }] }] })).toBe(false);
});
