import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { planOf } from '../../../alerting/oncall/escalation.ts';
import { type Config, loadConfig } from '../../../platform/config/load.ts';
import { schemaKeys } from '../../../platform/config/schema-keys.ts';

/** What has to be there for a key to be allowed. */
const AROUND: Record<string, unknown> = {
  metrics: { orders: { event: 'order.placed', kind: 'write' } },
  people: { ana: { email: 'ana@example.com' } },
  mail: { smtp: 'smtp://mail', from: 'a@example.com' },
};
const WITHIN: Record<string, Record<string, unknown>> = {
  'teams.*': { escalation: [{ after: '0s', notify: 'ana' }] },
  'eventlog.kafka': { brokers: ['a:9092'] },
  'metrics.*.by': { field: 'country' },
};

function load(value: unknown): Config {
  const { config, errors } = loadConfig(stringify(value), { file: 'plummet.yaml', env: {} });
  expect(errors).toEqual([]);
  return config as Config;
}

/** The YAML with that key written, or with all around it and without it. */
function yaml(path: readonly string[], value: unknown): Record<string, unknown> {
  const root = structuredClone(AROUND);
  let block = root;
  path.slice(0, -1).forEach((key, i) => {
    const around = WITHIN[path.slice(0, i + 1).join('.')];
    const name = key === '*' ? (path[0] === 'metrics' ? 'orders' : 'default') : key;
    block[name] = { ...around, ...(block[name] as object | undefined) };
    block = block[name] as Record<string, unknown>;
  });
  if (value !== undefined) block[path.at(-1) as string] = value;
  return root;
}

const withDefault = schemaKeys().filter(({ node }) => node.default !== undefined);

test.each(withDefault.map(({ path, node }) => [path.join('.'), path, node.default] as const))(
  'to leave %s out is to write what the schema says',
  (_, path, value) => {
    const seen = (config: Config): string => {
      const plan = planOf(config.people, config.teams, config.timezone);
      const kafka = Object.entries({ ...config.kafka, tls: config.kafka?.tls ?? false }).sort();
      return JSON.stringify({ ...config, teams: plan, kafka });
    };
    expect(seen(load(yaml(path, value)))).toBe(seen(load(yaml(path, undefined))));
  },
);

test('there are defaults of every kind, and none on what is needed', () => {
  expect(withDefault.length).toBeGreaterThan(15);
  expect(withDefault.filter(({ needed }) => needed)).toEqual([]);
});
