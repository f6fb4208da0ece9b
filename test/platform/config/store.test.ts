import { expect, test } from 'vitest';
import { sentence } from '../../../platform/config/explain.ts';
import { type Loaded, loadConfig } from '../../../platform/config/load.ts';

const METRICS = 'metrics:\n  orders: { event: order.placed, kind: write }\n';
const DAY = 86_400;

function load(more: string, env: Record<string, string> = {}): Loaded {
  return loadConfig(`${METRICS}${more}\n`, { file: 'plummet.yaml', env });
}

const errorsOf = (more: string, env?: Record<string, string>): string =>
  load(more, env)
    .errors.map((error) => `${sentence(error)} ${error.hint ?? ''}`.trim())
    .join('\n');

test('history is kept on this machine where nothing is said, for the usual times', () => {
  const retention = { events: 30 * DAY, rates: 400 * DAY, incidents: null };
  expect(load('').config?.store).toEqual({ url: null, cluster: undefined, retention });
});

test('a server, a cluster and other times are taken as they are written', () => {
  const yaml =
    'store: { clickhouse: { url: "${CLICKHOUSE_URL}", cluster: main-1 } }\nretention: { events: 12h, rates: forever, incidents: 2.5d }';
  const { config, warnings } = load(yaml, { CLICKHOUSE_URL: 'https://plummet:right@db.example:8443/history' });
  expect(config?.store).toEqual({
    url: 'https://plummet:right@db.example:8443/history',
    cluster: 'main-1',
    retention: { events: DAY / 2, rates: null, incidents: 2.5 * DAY },
  });
  expect(warnings).toEqual([]);
});

test('nobody has to keep a history', () => {
  expect(load('store: none').config?.store).toBeNull();
});

test('a password that stands in the YAML itself is told', () => {
  const { warnings } = load('store: { clickhouse: { url: "http://plummet:secret@db:8123" } }');
  expect(warnings.map(({ path, hint }) => [path.join('.'), hint])).toEqual([
    ['store.clickhouse.url', expect.stringContaining('${CLICKHOUSE_URL}')],
  ]);
  expect(load('store: { clickhouse: { url: "http://db:8123" } }').warnings).toEqual([]);
});

test.each([
  [
    'another word',
    'store: nothing',
    /store: must be `none` or a block of keys, found "nothing"\. Where history is kept: `clickhouse`, or `none`/,
  ],
  ['no server', 'store: {}', /needs `clickhouse`/],
  ['a misspelt key', 'store: { clickhouse: { urk: "http://db" } }', /Did you mean `url`\?/],
  [
    "ClickHouse's other port",
    'store: { clickhouse: { url: "tcp://db:9000" } }',
    /store\.clickhouse\.url: must be like http:.*speaks HTTP.*8123/,
  ],
  ['no URL', 'store: { clickhouse: { url: "db:8123" } }', /store\.clickhouse\.url: must be like http:/],
  ['a path', 'store: { clickhouse: { url: "http://db:8123/a/b" } }', /a database is named by letters, digits and _/],
  ['a cluster that would be SQL', 'store: { clickhouse: { url: "http://db", cluster: "a` b" } }', /store\.clickhouse\.cluster/],
  ['a time without a unit', 'retention: { events: 30 }', /retention\.events/],
  ['a time that nobody means', 'retention: { events: 30s }', /retention\.events: must be .*days like 30d, or forever, found "30s"/],
  ['a misspelt table', 'retention: { rate: 30d }', /Did you mean `rates`\?/],
])('%s is refused with what would be right', (_, more, said) => {
  expect(errorsOf(more)).toMatch(said);
});

test('what a variable holds is not shown', () => {
  expect(errorsOf('store: { clickhouse: { url: "${CLICKHOUSE_URL}" } }', { CLICKHOUSE_URL: 'tcp://u:secret@db:9000' })).not.toContain(
    'secret',
  );
});
