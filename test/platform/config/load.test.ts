import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { excerpt, sentence } from '../../../platform/config/explain.ts';
import { type Loaded, loadConfig } from '../../../platform/config/load.ts';
import { withoutSecrets } from '../../../platform/config/secrets.ts';

const folder = mkdtempSync(join(tmpdir(), 'plummet-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

const load = (text: string, env: Record<string, string> = {}): Loaded => loadConfig(text, { file: join(folder, 'plummet.yaml'), env });
const errorsOf = (text: string, env?: Record<string, string>): string[] =>
  load(text, env).errors.map((error) => `${sentence(error).replace(`${folder}/`, '')} ${error.hint ?? ''}`.trim());

const GOOD = `
metrics:
  orders:
    event: order.placed
    kind: write
    critical: true
    page_when: { drop: 40%, derivative: -3, false_pages: 1/year, for: 4s }
    closed: ["Sun 02:00-04:00"]
  signups: { event: user.registered, where: { plan: [pro, team] }, kind: write, critical: true }
  searches: { event: search.run, kind: read }
people:
  ana: { email: ana@example.com }
mail: { smtp: "\${SMTP_URL}", from: plummet@example.com }
`;

test('the YAML of the manual is good, with defaults filled in and references resolved', () => {
  const { config, errors } = load(GOOD, { SMTP_URL: 'smtp://user:secret@mail.example.com:587' });
  expect(errors).toEqual([]);
  expect(config?.metrics.map(({ name, kind, critical }) => ({ name, kind, critical }))).toEqual([
    { name: 'orders', kind: 'write', critical: true },
    { name: 'signups', kind: 'write', critical: true },
    { name: 'searches', kind: 'read', critical: false },
  ]);
  expect(config?.metrics[0]?.steepLimit).toEqual({ unit: '%/s', value: -3 });
  expect(config?.metrics[0]?.pageWhen).toMatchObject({ drop: 0.4, falsePagesPerYear: 1, forSeconds: 4 });
  expect(config?.metrics[1]?.where).toEqual({ plan: ['pro', 'team'] });
  expect(config?.mail?.smtp).toBe('smtp://user:secret@mail.example.com:587');
  expect(config?.server).toEqual({ host: '127.0.0.1', port: 8080, publicUrl: undefined, tokens: [] });
});

const METRIC = 'metrics:\n  orders: { event: order.placed, kind: write }\n';

describe('a mistake is told with line, column and what to do', () => {
  const cases: [why: string, text: string, told: RegExp][] = [
    [
      'a misspelt key',
      METRIC.replace('kind', 'knd'),
      /^plummet\.yaml:2:34 {2}metrics\.orders\.knd: `knd` is not a key.*Did you mean `kind`\?/m,
    ],
    [
      'a misspelt word',
      METRIC.replace('write', 'wrte'),
      /^plummet\.yaml:2:40 {2}metrics\.orders\.kind: must be `write` or `read`, found "wrte".*`write`/m,
    ],
    ['a missing key', 'metrics:\n  orders: { kind: write }\n', /^plummet\.yaml:2:3 {2}metrics\.orders: needs `event`\..*Event type/m],
    [
      'a critical read metric',
      METRIC.replace('write', 'read, critical: true'),
      /2:56 .*only a write metric can be critical.*Set `kind: write`/,
    ],
    ['yes for true', METRIC.replace('write', 'write, critical: "yes"'), /critical: must be true or false, found "yes"/],
    [
      'an event type with blanks',
      METRIC.replace('order.placed', 'Order Placed'),
      /event: must be lower case words with dots.*found "Order Placed"\..*Did you mean `order\.placed`/,
    ],
    [
      'a critical metric and nobody to reach',
      METRIC.replace('write', 'write, critical: true'),
      /orders may wake a person, but nobody can be reached.*people/,
    ],
    ['an address without a mail server', `${METRIC}people: { ana: { email: a@example.com } }\n`, /no mail server/],
    ['a person of the rotation that is none', `${METRIC}operators: [bo]\n`, /operators\.0: nobody is called "bo"/],
    ['a time zone that is none', `${METRIC}timezone: Europe/Berlinn\n`, /timezone: "Europe\/Berlinn" is no time zone.*`Europe\/Berlin`/],
    [
      'a public address without a token',
      `${METRIC}server: { host: 0.0.0.0 }\n`,
      /3:17 .*0\.0\.0\.0 can be reached.*tokens:\n {4}- \{ name: wall/s,
    ],
    ['a port that is none', `${METRIC}server: { port: 99999 }\n`, /port: must be a number from 0 to 65535, found 99999/],
    [
      'a variable that is not set',
      `${METRIC}mail: { smtp: "\${NO_SUCH}", from: a@example.com }\n`,
      /mail\.smtp: the environment variable NO_SUCH is not set/,
    ],
    ['a file that is not there', `${METRIC}mail: { smtp: "file:nothing", from: a@example.com }\n`, /the file "nothing" cannot be read/],
    ['a key twice', `${METRIC}metrics: {}\n`, /3:1 .*`metrics` stands twice in this block/],
    ['a bad indent', 'metrics:\n  orders:\n  event: x\n kind: write\n', /no YAML/],
    ['an empty file', '', /1:1 {2}nothing stands in this file.*`metrics:`/],
    [
      'a planned closing that is none',
      METRIC.replace('write', 'write, closed: ["Sundays"]'),
      /closed\.0: "Sundays" is no planned closing.*Sun 02:00/,
    ],
    ['a drop of nothing', METRIC.replace('write', 'write, page_when: { drop: 0% }'), /page_when\.drop: /],
    ['two words for one knob', METRIC.replace('write', 'write, page_when: { derivative: -3, within: 13s }'), /page_when/],
    ['no false page ever', METRIC.replace('write', 'write, page_when: { false_pages: 0/year }'), /page_when\.false_pages: /],
    ['too long a wait', METRIC.replace('write', 'write, page_when: { for: 10m }'), /page_when\.for: .*512/],
  ];
  for (const [why, text, told] of cases) test(why, () => expect(errorsOf(text).join('\n')).toMatch(told));
});

test('a YAML without any metric is good: what arrives is seen before it is watched', () => {
  const { config, errors } = load('metrics: {}\n');
  expect(errors).toEqual([]);
  expect(config?.metrics).toEqual([]);
});

test('how long a secret is shows when its reference is resolved, not by the length of its name', () => {
  const text = `${METRIC}keys: [{ name: shop, key: "\${KEY}", types: [order.placed] }]\n`;
  expect(errorsOf(text, { KEY: 'sixteen-or-more-characters' })).toEqual([]);
  expect(errorsOf(text, { KEY: 'short' }).join('\n')).toMatch(
    /keys\.0\.key: must be a text of at least 16 characters, but what its reference gives/,
  );
});

test('several mistakes are told at once, each once', () => {
  const errors = errorsOf('metrics:\n  a: { event: x.y, kind: wrte }\n  b: { event: x.y, knd: read }\nprt: 1\n');
  expect(errors).toHaveLength(4);
});

test('more unknown keys than errors are listed make it no better', () => {
  for (const n of [1, 199, 200, 201, 1000]) {
    const unknown = Array.from({ length: n }, (_, i) => `x${i}: 1`).join('\n');
    expect(errorsOf(`${GOOD}${unknown}\n`, { SMTP_URL: 'smtp://mail' })[0]).toMatch(
      /:14:1 {2}x0: `x0` is not a key that Plummet knows here/,
    );
  }
  const within = Array.from({ length: 300 }, (_, i) => `x${i}: 1`).join(', ');
  expect(errorsOf(`metrics:\n  orders: { event: a.b, kind: write, ${within} }\n`)[0]).toContain('metrics.orders.x0');
});

test('the line at fault is shown with two before it and underlined', () => {
  const text = 'metrics:\n  searches:\n    event: search.run\n    kind: read\n    critical: true\n';
  const [error] = load(text).errors;
  if (!error) throw new Error('no error');
  expect(excerpt(error, text)).toEqual([
    '  3 │     event: search.run',
    '  4 │     kind: read',
    '  5 │     critical: true',
    '    │               ^^^^',
  ]);
});

test('a secret in the YAML itself works and is warned of; a reference is not', () => {
  const people = 'people: { ana: { email: ana@example.com } }\n';
  const inline = load(`${METRIC}${people}mail: { smtp: "smtp://u:p@h:25", from: a@example.com }\n`);
  expect(inline.config).not.toBeNull();
  expect(inline.warnings.map(({ path }) => path.join('.'))).toEqual(['mail.smtp']);
  writeFileSync(join(folder, 'smtp'), 'smtp://u:p@h:25\n');
  const referred = load(`${METRIC}${people}mail: { smtp: "file:smtp", from: a@example.com }\n`);
  expect(referred.config?.mail?.smtp).toBe('smtp://u:p@h:25');
  expect(referred.warnings).toEqual([]);
});

test('what a reference gives never stands in an error', () => {
  const text = `${METRIC}server: { tokens: [{ name: wall, role: viewer, token: "\${T}" }] }\n`;
  expect(errorsOf(text, { T: 'canary' }).join()).not.toContain('canary');
  expect(errorsOf(text, { T: 'canary' })).toHaveLength(1);
});

test('a printed configuration shows no secret', () => {
  const { config } = load(GOOD, { SMTP_URL: 'smtp://user:canary@mail.example.com' });
  const printed = JSON.stringify(withoutSecrets({ ...config, tokens: [{ token: 'canary' }], keys: [{ key: 'canary' }] }));
  expect(printed).not.toContain('canary');
  expect(printed).toContain('mail.example.com');
});

test('bombs are refused within a second: aliases, depth, size', () => {
  const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefghi'
    .split('')
    .map((c, i) => `${c}: &${c} [${Array(9).fill(`*${'abcdefgh'[i]}`)}]\n`)
    .join('')}`;
  for (const text of [bomb, 'a: '.repeat(0) + '['.repeat(100_000), `metrics: "${'x'.repeat(10_000_000)}"`]) {
    const { config, errors } = load(text);
    expect(config).toBeNull();
    expect(errors.length).toBeGreaterThan(0);
  }
});

test('any text is refused with a place, never with an exception', () => {
  const words = fc.constantFrom(
    'metrics',
    'orders',
    ':',
    '\n',
    '  ',
    '{',
    '}',
    '[',
    ']',
    '-',
    '"',
    'kind',
    'write',
    'event',
    '&a',
    '*a',
    '!',
    '|',
    '\t',
    '40%',
  );
  fc.assert(
    fc.property(fc.array(words, { maxLength: 30 }), (parts) => {
      const { config, errors } = load(parts.join(''));
      expect(config === null).toBe(errors.length > 0);
      for (const { line, column } of errors) expect(Math.min(line, column)).toBeGreaterThan(0);
    }),
    { numRuns: 300 },
  );
});
