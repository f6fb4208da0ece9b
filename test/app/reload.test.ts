import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { notesOn, takenOver } from '../../app/reload.ts';
import { type Config, loadConfig } from '../../platform/config/load.ts';
import { pathText, schemaKeys } from '../../platform/config/schema-keys.ts';

const folder = mkdtempSync(join(tmpdir(), 'plummet-reload-'));
afterAll(() => rmSync(folder, { recursive: true }));
const EVENT = ['UID:1', 'SUMMARY:Sunday', 'DTSTART:20231119T020000Z', 'DTEND:20231119T040000Z'];
writeFileSync(join(folder, 'a.ics'), ['BEGIN:VCALENDAR', 'BEGIN:VEVENT', ...EVENT, 'END:VEVENT', 'END:VCALENDAR', ''].join('\r\n'));

interface Yaml {
  [key: string]: unknown;
}
const PEOPLE: Yaml = { ana: { email: 'ana@example.com' }, bo: { email: 'bo@example.com' } };
const TEAM: Yaml = {
  rotation: { people: ['ana', 'bo'], every: 'week', handover: 'Mon 09:00', timezone: 'Europe/Berlin' },
  escalation: [{ after: '0s', notify: 'on-call' }],
};
const KAFKA: Yaml = { brokers: ['a:9092'], sasl: { mechanism: 'plain', username: 'u', password: 'p' } };
const TOKEN: Yaml = { name: 'wall', role: 'viewer', token: 'sixteen-characters-1' };
const KEY: Yaml = { name: 'shop', key: 'sixteen-characters-1', types: ['order.placed'] };

const metric = (more: Yaml): Yaml => ({ metrics: { orders: { event: 'order.placed', kind: 'write', ...more } } });
const TWO: Yaml = { metrics: { orders: { event: 'order.placed', kind: 'write' }, visits: { event: 'page.viewed', kind: 'read' } } };
const pageWhen = (more: Yaml): Yaml => metric({ page_when: more });
const critical = (more: Yaml): Yaml => ({ people: PEOPLE, ...metric({ critical: true, page_when: more }) });
const team = (more: Yaml): Yaml => ({ people: PEOPLE, teams: { default: { ...TEAM, ...more } } });
const rotation = (more: Yaml): Yaml => team({ rotation: { ...(TEAM.rotation as Yaml), ...more } });
const kafka = (more: Yaml): Yaml => ({ eventlog: { kafka: { ...KAFKA, ...more } } });
const sasl = (more: Yaml): Yaml => kafka({ sasl: { ...(KAFKA.sasl as Yaml), ...more } });
const clickhouse = (more: Yaml): Yaml => ({ store: { clickhouse: { url: 'http://a:8123', ...more } } });
const person = (more: Yaml): Yaml => ({ people: { ana: { email: 'ana@example.com', ...more } } });

/** Of every key of the schema: a YAML, and the same with that key edited. A new key fails here until it stands in one of the two. */
const AT_ONCE: Record<string, [before: Yaml, after: Yaml]> = {
  metrics: [metric({}), { metrics: { payments: { event: 'order.placed', kind: 'write' } } }],
  'metrics.*.event': [metric({}), metric({ event: 'order.paid' })],
  'metrics.*.kind': [metric({}), metric({ kind: 'read' })],
  'metrics.*.critical': [{ people: PEOPLE }, { ...metric({ critical: true }), people: PEOPLE }],
  'metrics.*.where': [metric({}), metric({ where: { plan: 'pro' } })],
  'metrics.*.value': [metric({}), metric({ value: 'amount' })],
  'metrics.*.by': [metric({}), metric({ by: 'country' })],
  'metrics.*.by.field': [metric({ by: { field: 'country' } }), metric({ by: { field: 'channel' } })],
  'metrics.*.by.max': [metric({ by: { field: 'country' } }), metric({ by: { field: 'country', max: 5 } })],
  'metrics.*.by.watch': [metric({ by: { field: 'country' } }), metric({ by: { field: 'country', watch: false } })],
  'metrics.*.closed': [metric({}), metric({ closed: ['Sun 02:00-04:00'] })],
  'metrics.*.closed.calendar': [metric({}), metric({ closed: { calendar: 'a.ics' } })],
  'metrics.*.closed.match': [metric({ closed: { calendar: 'a.ics' } }), metric({ closed: { calendar: 'a.ics', match: 'Deploy' } })],
  'metrics.*.expect': [metric({}), metric({ expect: ['Sun 02:00-04:00'] })],
  'metrics.*.expect.calendar': [metric({}), metric({ expect: [{ calendar: 'a.ics' }] })],
  'metrics.*.expect.match': [metric({ expect: [{ calendar: 'a.ics' }] }), metric({ expect: [{ calendar: 'a.ics', match: 'Deploy' }] })],
  'metrics.*.peers': [TWO, { metrics: { ...(TWO.metrics as Yaml), orders: { event: 'order.placed', kind: 'write', peers: ['visits'] } } }],
  'metrics.*.page_when': [metric({}), pageWhen({ drop: '50%' })],
  'metrics.*.page_when.drop': [pageWhen({}), pageWhen({ drop: '50%' })],
  'metrics.*.page_when.derivative': [pageWhen({}), pageWhen({ derivative: -6 })],
  'metrics.*.page_when.within': [pageWhen({}), pageWhen({ within: '20s' })],
  'metrics.*.page_when.false_pages': [pageWhen({}), pageWhen({ false_pages: '2/year' })],
  'metrics.*.page_when.learn': [critical({}), critical({ learn: false })],
  'metrics.*.page_when.for': [pageWhen({}), pageWhen({ for: '6s' })],
  people: [{}, { people: PEOPLE }],
  'people.*.email': [person({}), person({ email: 'other@example.com' })],
  'people.*.webhook': [person({}), person({ webhook: 'https://hooks.example.com/a' })],
  'people.*.webhook.url': [person({ webhook: { url: 'https://a.example' } }), person({ webhook: { url: 'https://b.example' } })],
  'people.*.webhook.secret': [
    person({ webhook: { url: 'https://a.example' } }),
    person({ webhook: { url: 'https://a.example', secret: 's' } }),
  ],
  'people.*.pagerduty': [person({}), person({ pagerduty: 'key' })],
  'people.*.pagerduty.key': [person({ pagerduty: { key: 'a' } }), person({ pagerduty: { key: 'b' } })],
  'people.*.pagerduty.url': [person({ pagerduty: { key: 'a' } }), person({ pagerduty: { key: 'a', url: 'https://a.example' } })],
  teams: [{ people: PEOPLE }, team({})],
  'teams.*.rotation': [team({}), rotation({ every: 'day', handover: '10:00' })],
  'teams.*.rotation.people': [team({}), rotation({ people: ['bo'] })],
  'teams.*.rotation.every': [rotation({ every: 'day', handover: '09:00' }), rotation({ every: 'week', handover: 'Mon 09:00' })],
  'teams.*.rotation.handover': [team({}), rotation({ handover: 'Tue 09:00' })],
  'teams.*.rotation.timezone': [team({}), rotation({ timezone: 'Europe/Paris' })],
  'teams.*.false_pages': [
    { ...critical({}), ...team({}) },
    { ...critical({}), ...team({ false_pages: '1/10 years' }) },
  ],
  'teams.*.escalation': [team({}), team({ escalation: [{ after: '0s', notify: 'everyone' }] })],
  'teams.*.escalation.[].after': [team({}), team({ escalation: [{ after: '1m', notify: 'on-call' }] })],
  'teams.*.escalation.[].notify': [team({}), team({ escalation: [{ after: '0s', notify: 'ana' }] })],
  'teams.*.morning': [team({}), team({ morning: { at: '07:30' } })],
  'teams.*.morning.at': [team({}), team({ morning: { at: '07:30' } })],
  operators: [{ people: PEOPLE }, { people: PEOPLE, operators: ['ana'] }],
  mail: [{}, { mail: { smtp: 'smtp://a:25', from: 'a@example.com' } }],
  'mail.smtp': [{ mail: { smtp: 'smtp://a:25', from: 'a@example.com' } }, { mail: { smtp: 'smtp://b:25', from: 'a@example.com' } }],
  'mail.from': [{ mail: { smtp: 'smtp://a:25', from: 'a@example.com' } }, { mail: { smtp: 'smtp://a:25', from: 'b@example.com' } }],
  server: [{}, { server: { tokens: [TOKEN] } }],
  'server.tokens': [{}, { server: { tokens: [TOKEN] } }],
  'server.tokens.[].name': [{ server: { tokens: [TOKEN] } }, { server: { tokens: [{ ...TOKEN, name: 'tv' }] } }],
  'server.tokens.[].role': [{ server: { tokens: [TOKEN] } }, { server: { tokens: [{ ...TOKEN, role: 'admin' }] } }],
  'server.tokens.[].token': [{ server: { tokens: [TOKEN] } }, { server: { tokens: [{ ...TOKEN, token: 'sixteen-characters-2' }] } }],
  keys: [{}, { keys: [KEY] }],
  'keys.[].name': [{ keys: [KEY] }, { keys: [{ ...KEY, name: 'app' }] }],
  'keys.[].key': [{ keys: [KEY] }, { keys: [{ ...KEY, key: 'sixteen-characters-2' }] }],
  'keys.[].types': [{ keys: [KEY] }, { keys: [{ ...KEY, types: ['a.b'] }] }],
  security: [{}, { security: { allow_private: ['127.0.0.0/8'] } }],
  'security.allow_private': [{}, { security: { allow_private: ['127.0.0.0/8'] } }],
  timezone: [{}, { timezone: 'Europe/Berlin' }],
  max_clock_skew: [{}, { max_clock_skew: '2s' }],
  eventlog: [{}, {}],
  retention: [{}, { retention: { rates: '30d' } }],
  'retention.events': [{}, { retention: { events: '3d' } }],
  'retention.rates': [{}, { retention: { rates: '30d' } }],
  'retention.incidents': [{}, { retention: { incidents: '30d' } }],
};
const WAITS: Record<string, [before: Yaml, after: Yaml]> = {
  'server.host': [{}, { server: { host: '127.0.0.2' } }],
  'server.port': [{}, { server: { port: 9090 } }],
  'server.public_url': [{}, { server: { public_url: 'https://plummet.example.com' } }],
  'eventlog.fsync': [{}, { eventlog: { fsync: 'never' } }],
  'eventlog.kafka': [{}, kafka({})],
  'eventlog.kafka.brokers': [kafka({}), kafka({ brokers: ['b:9092'] })],
  'eventlog.kafka.sasl': [kafka({}), sasl({ username: 'v' })],
  'eventlog.kafka.sasl.mechanism': [kafka({}), sasl({ mechanism: 'scram-sha-256' })],
  'eventlog.kafka.sasl.username': [kafka({}), sasl({ username: 'v' })],
  'eventlog.kafka.sasl.password': [kafka({}), sasl({ password: 'q' })],
  'eventlog.kafka.tls': [kafka({}), kafka({ tls: true })],
  'eventlog.kafka.tls.ca': [kafka({ tls: true }), kafka({ tls: { ca: 'pem' } })],
  'eventlog.kafka.tls.cert': [kafka({ tls: true }), kafka({ tls: { cert: 'pem' } })],
  'eventlog.kafka.tls.key': [kafka({ tls: true }), kafka({ tls: { key: 'pem' } })],
  'eventlog.kafka.tls.servername': [kafka({ tls: true }), kafka({ tls: { servername: 'kafka' } })],
  'eventlog.kafka.topic_prefix': [kafka({}), kafka({ topic_prefix: 'a.' })],
  'eventlog.kafka.partitions': [kafka({}), kafka({ partitions: { events: 24 } })],
  'eventlog.kafka.partitions.events': [kafka({}), kafka({ partitions: { events: 24 } })],
  'eventlog.kafka.partitions.counts': [kafka({}), kafka({ partitions: { counts: 2 } })],
  'eventlog.kafka.replicas': [kafka({}), kafka({ replicas: 2 })],
  store: [{}, { store: 'none' }],
  'store.clickhouse': [{}, clickhouse({})],
  'store.clickhouse.url': [clickhouse({}), clickhouse({ url: 'http://b:8123' })],
  'store.clickhouse.cluster': [clickhouse({}), clickhouse({ cluster: 'main' })],
};

const MAIL: Yaml = { smtp: 'smtp://mail:25', from: 'plummet@example.com' };

function load(yaml: Yaml): Config {
  const text = stringify({ ...metric({}), ...('people' in yaml && { mail: MAIL }), ...yaml }, { aliasDuplicateObjects: false });
  const { config, errors } = loadConfig(text, { file: join(folder, 'plummet.yaml'), env: {} });
  expect(errors.map(({ path, message }) => `${path.join('.')}: ${message}`)).toEqual([]);
  return config as Config;
}

/** With what a closing or a rotation does in place of its function. */
function seen(config: Config): string {
  const metrics = config.metrics.map(({ plans, ...one }) => {
    const planned = [plans.closed, plans.expect].map((plan) => plan.at(SUNDAY_AT_3)?.name ?? null);
    return { ...one, planned, closed: one.closed(SUNDAY_AT_3) };
  });
  return JSON.stringify(Object.entries({ ...config, atStart: null, metrics }).sort());
}
const SUNDAY_AT_3 = 1_700_362_800;

test('every key stands in one of the two tables, as its schema says', () => {
  const known = schemaKeys().filter(({ path }) => path.at(-1) !== '*' && path.at(-1) !== '[]');
  const named = (restart: boolean): string[] => known.filter((key) => key.restart === restart).map(({ path }) => path.join('.'));
  expect(named(false).sort()).toEqual(Object.keys(AT_ONCE).sort());
  expect(named(true).sort()).toEqual(Object.keys(WAITS).sort());
});

describe('an edit that is in force at once', () => {
  test.each(Object.entries(AT_ONCE).filter(([key]) => key !== 'eventlog'))('%s', (_, [before, after]) => {
    const [started, edited] = [load(before), load(after)];
    expect(seen(takenOver(started, edited))).not.toBe(seen(takenOver(started, started)));
    expect(seen(takenOver(started, edited))).toBe(seen(edited));
    expect(notesOn(started, edited, false)).toEqual([]);
  });
});

describe('an edit that waits for a start changes nothing and is told', () => {
  test.each(Object.entries(WAITS))('%s', (key, [before, after]) => {
    const [started, edited] = [load(before), load(after)];
    expect(seen(takenOver(started, edited))).toBe(seen(started));
    const [note, ...others] = notesOn(started, edited, false);
    expect(others).toEqual([]);
    expect(key.startsWith(note?.split(' ')[0] ?? '?')).toBe(true);
    expect(note).toMatch(/ was edited and waits for the next start of Plummet/);
    expect(notesOn(started, load(before), false)).toEqual([]);
  });
});

test('a port that was given beside the YAML does not wait for the one in it', () => {
  expect(notesOn(load({}), load({ server: { port: 9090 } }), true)).toEqual([]);
});

test('an address that others reach goes on asking for tokens, whatever is edited', () => {
  const open = load({ server: { host: '0.0.0.0', tokens: [TOKEN] } });
  const bare = load({ server: { host: '127.0.0.1' } });
  expect(takenOver(open, bare).server).toMatchObject({ host: '0.0.0.0', tokens: [TOKEN] });
  expect(pathText(['server', 'tokens', '[]', 'name'])).toBe('server.tokens[].name');
});

test('what waits is told without what it holds', () => {
  const notes = notesOn(load(clickhouse({})), load(clickhouse({ url: 'http://u:canary@b:8123' })), false);
  expect(notes.join()).toContain('store was edited');
  expect(notes.join()).not.toContain('canary');
});
