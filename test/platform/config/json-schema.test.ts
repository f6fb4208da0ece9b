import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { besideSchema } from '../../../app/cli/schema-file.ts';
import { jsonSchema } from '../../../platform/config/json-schema.ts';
import { loadConfig } from '../../../platform/config/load.ts';
import { ROOT } from '../../support/sources.ts';

/** As editors do: what is unknown in the schema itself would be told, too. */
const validate = new Ajv({ strict: true, allowUnionTypes: true, allErrors: true }).compile(jsonSchema());
const fits = (value: unknown): boolean => validate(value) === true;

const ENV = {
  TEN: '10.0.0.0/8',
  SECRET: 'sixteen-or-more-characters',
  URL: 'http://host:8123/plummet',
  PORT: '8080',
  TRUE: 'true',
  NUMBER: '7',
};
const load = (value: unknown) => loadConfig(stringify(value), { file: 'plummet.yaml', env: ENV });

const WHOLE = {
  metrics: {
    orders: {
      event: 'order.placed',
      kind: 'write',
      critical: true,
      where: { plan: ['pro', 'team'], paid: true, seats: 3 },
      closed: ['Sun 02:00-04:00'],
      page_when: { drop: '40%', derivative: -3, false_pages: '1/year', for: '4s' },
    },
    revenue: { event: 'order.placed', kind: 'write', value: 'amount', page_when: { within: '13s', false_pages: '1/10 years' } },
  },
  people: {
    ana: { email: 'ana@example.com', pagerduty: '${SECRET}', webhook: 'https://hooks.example.com/ana' },
    bo: {
      webhook: { url: 'https://hooks.example.com/bo', secret: '${SECRET}' },
      pagerduty: { key: '${SECRET}', url: 'https://pd.example' },
    },
  },
  teams: {
    default: {
      rotation: { people: ['ana', 'bo'], every: 'week', handover: 'Mon 09:00', timezone: 'Europe/Berlin' },
      escalation: [
        { after: '0s', notify: 'on-call' },
        { after: '5m', notify: 'everyone' },
      ],
      morning: { at: '09:00' },
    },
  },
  operators: ['bo'],
  mail: { smtp: 'smtp://mail:587', from: 'plummet@example.com' },
  server: {
    host: '127.0.0.1',
    port: 8080,
    public_url: 'https://plummet.example.com',
    tokens: [{ name: 'wall', role: 'viewer', token: '${SECRET}' }],
  },
  keys: [{ name: 'shop', key: '${SECRET}', types: ['order.placed'] }],
  security: { allow_private: ['127.0.0.0/8', '${TEN}'] },
  timezone: 'Europe/Berlin',
  max_clock_skew: '5s',
  eventlog: {
    kafka: {
      brokers: ['a:9092'],
      sasl: { mechanism: 'plain', username: 'u', password: '${SECRET}' },
      tls: { servername: 'kafka' },
      topic_prefix: 'plummet.',
      partitions: { events: 24, counts: 1 },
      replicas: 3,
    },
  },
  store: { clickhouse: { url: '${URL}', cluster: 'main' } },
  retention: { events: '12h', rates: '400d', incidents: 'forever' },
};

test('a YAML with every key is right for both', () => {
  expect(load(WHOLE).errors).toEqual([]);
  expect(fits(WHOLE), JSON.stringify(validate.errors)).toBe(true);
});

test('what a reference stands for may be a number or true, and both let it stand', () => {
  const value = { ...WHOLE, server: { port: '${PORT}' }, metrics: { orders: { event: 'a.b', kind: 'write', critical: '${TRUE}' } } };
  expect(load(value).config).toMatchObject({ server: { port: 8080 }, metrics: [{ critical: true }] });
  expect(fits(value)).toBe(true);
});

/** Every place in a YAML, as paths. */
function placesIn(value: unknown, path: string[] = []): string[][] {
  if (value === null || typeof value !== 'object') return [path];
  return [path, ...Object.entries(value).flatMap(([key, inner]) => placesIn(inner, [...path, key]))];
}

function changed(value: unknown, path: readonly string[], to: unknown): unknown {
  const [key, ...more] = path;
  if (key === undefined) return to;
  if (Array.isArray(value)) return value.map((item, i) => (String(i) === key ? changed(item, more, to) : item));
  const entries = Object.entries(value as object).flatMap(([name, inner]) => {
    if (name !== key) return [[name, inner]];
    return more.length === 0 && to === undefined ? [] : [[name, changed(inner, more, to)]];
  });
  return Object.fromEntries(entries);
}

const VALUES: unknown[] = [
  ...[undefined, null, true, false, 0, 1, -3, 3, 0.5, 40, 80_000, [], {}, ['a'], [1], { a: 1 }, [{}]],
  ...['', 'a', 'ana', 'write', 'read', 'none', 'forever', 'on-call', 'order.placed', 'Order Placed', 'x'.repeat(300)],
  ...[
    '40%',
    '0%',
    '99%',
    '99.5%',
    ' 40 %',
    '-40%',
    '40',
    '-3',
    '3',
    '-6 sigma',
    '-3 events/s2',
    '−3',
    '1/year',
    '1 / month',
    '1/10 years',
    '1/decade',
  ],
  ...[
    '4s',
    '0s',
    '1.5h',
    '13 s',
    '600s',
    '30d',
    '5m',
    '500ms',
    '4',
    'soon',
    '09:00',
    '9:00',
    'Mon 09:00',
    '24:00',
    'Sun 02:00-04:00',
    'daily 23:30-05:00',
  ],
  ...[
    'smtp://h:25',
    'SMTP://h',
    'HTTP://h',
    'http:h',
    ' Sun 02:00-04:00 ',
    'fe80::1%eth0/64',
    'smtps://u:p@h',
    'http://h:8123/db',
    'https://h',
    'ftp://h',
    'a@b.c',
    'a b@c',
    'a:9092',
    '10.0.0.0/8',
    '::1/64',
    '10.0.0.0/99',
  ],
  ...[
    'UTC',
    'Europe/Berlin',
    'Nowhere/At all',
    '${SECRET}',
    '${NOT_SET}',
    '${NOT_SET:-4s}',
    '${NUMBER}',
    '${TRUE}',
    '${broken',
    'file:nowhere',
  ],
];

/** What the manual says that only check can tell. */
const ONLY_CHECK = [
  /its reference/,
  /nobody is called|is no time zone|is not set|cannot be read|has a meaning of its own|must be .* but what its reference gives/s,
  /same knob|set the same threshold|says when files reach/,
  /only a write metric|a sum cannot|may wake a person|no way to reach|no mail server|can be reached from other machines|nothing is watched/,
  /no window is|a second.s resolution|whole seconds/,
  /nobody reads more|nobody knows a metric.s noise|never pages in vain|sigma, allowed/,
  /is no planned closing|is no network|weekly turns|daily turns|is no address of a broker|names no broker/,
  /is no URL|begins with|names no host|must be like http|a database is named/,
];

test('what Plummet takes an editor does not mark, and what an editor lets pass only check can refuse', () => {
  const places = placesIn(WHOLE).filter((path) => path.length > 0);
  let taken = 0;
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom(...places), fc.constantFrom(...VALUES)), { minLength: 1, maxLength: 2 }), (edits) => {
      const value = edits.reduce<unknown>((whole, [path, to]) => {
        return placesIn(whole).some((place) => place.join('/') === path.join('/')) ? changed(whole, path, to) : whole;
      }, WHOLE);
      const { config, errors } = load(value);
      const fit = fits(parse(stringify(value)));
      if (config) taken++;
      if (config) expect(fit, `${JSON.stringify(edits)} ${JSON.stringify(validate.errors)}`).toBe(true);
      else if (fit) {
        const unforeseen = errors.filter(
          ({ message }) => !/its reference/.test(message) && !ONLY_CHECK.some((known) => known.test(message)),
        );
        expect(unforeseen.map(({ path, message }) => `${path.join('.')}: ${message} ${JSON.stringify(edits)}`)).toEqual([]);
      }
    }),
    { numRuns: 400 },
  );
  expect(taken).toBeGreaterThan(20);
}, 60_000);

describe('of the broken files', () => {
  const folder = join(ROOT, 'test/platform/config/broken');
  const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
  const read = files.flatMap((name): [string, unknown][] => {
    try {
      return [[name, parse(readFileSync(join(folder, name), 'utf8'))]];
    } catch {
      return [];
    }
  });

  test('an editor marks all that a schema can tell', () => {
    const passed = read.filter(([, value]) => fits(value)).map(([name]) => Number(name.slice(0, 2)));
    // Two words for one knob, what critical needs, names, zones, references, tokens, characters, hours, budgets,
    // calendars, peers and segments that are none.
    const unsaid = [9, 10, 11, 13, 14, 15, 16, 17, 18, 20, 21, 22, 25, 32, 42, 45, 61, 62, 63, 64];
    expect(passed).toEqual(unsaid.filter((n) => passed.includes(n)));
    expect(read.length - passed.length).toBeGreaterThan(14);
  });
});

test.each(['examples/shop/plummet.yaml', 'deploy/plummet.yaml'])(
  'the first line of %s names a schema that is there, and it fits',
  (path) => {
    const text = readFileSync(join(ROOT, path), 'utf8');
    const [, named = ''] = /^# yaml-language-server: \$schema=(\S+)\n/.exec(text) ?? [];
    const schema = join(ROOT, dirname(path), named);
    expect(existsSync(schema)).toBe(true);
    const own = new Ajv().compile(JSON.parse(readFileSync(schema, 'utf8')) as object);
    expect(own(parse(text)), JSON.stringify(own.errors)).toBe(true);
    expect(besideSchema(text).split('\n')[0]).toBe('# yaml-language-server: $schema=./plummet.schema.json');
  },
);
