import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { schemaText, testSchemaText } from '../../../app/cli/schema-file.ts';
import { withScenes } from '../../../app/scenes-table.ts';
import { loadConfig } from '../../../platform/config/load.ts';
import { manual } from '../../../platform/config/manual.ts';
import { schemaKeys } from '../../../platform/config/schema-keys.ts';
import { ROOT } from '../../support/sources.ts';

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const template = read('docs/configuration.in.md');
const MEND = 'run `npm run docs`';

test('the manual and the schema in the package are those of the source', () => {
  expect(read('docs/configuration.md'), MEND).toBe(manual(template));
  expect(read('plummet.schema.json'), MEND).toBe(schemaText());
  expect(read('plummet-test.schema.json'), MEND).toBe(testSchemaText());
});

test('the manual of rule tests has every scene in numbers', () => {
  expect(read('docs/rule-tests.md'), MEND).toBe(withScenes(read('docs/rule-tests.md')));
});

test('the manual names every key of the YAML, with what holds where it is left out', () => {
  const text = manual(template);
  const keys = schemaKeys().filter(({ path }) => !path.at(-1)?.match(/^(\*|\[\])$/));
  expect(keys.length).toBeGreaterThan(60);
  for (const { path, node } of keys) {
    const row = text.split('\n').find((line) => new RegExp(`^\\| \`([\\w.[\\]]*\\.)?${path.at(-1)}\``).test(line));
    if (node.type === 'object' && !row) continue;
    expect(row, path.join('.')).toBeDefined();
    expect(node.description, path.join('.')).toMatch(/\w/);
    expect(node.description, path.join('.')).not.toMatch(/\.$/);
  }
});

test('a key without a table and a table without a key are noticed', () => {
  expect(() => manual(template.replace('<!-- keys: people -->', ''))).toThrow('the manual has no table for people');
  expect(() => manual(`${template}\n<!-- keys: poeple -->\n`)).toThrow('there are no such keys: poeple');
});

const ENV = {
  SMTP_URL: 'smtp://user:password@mail.example.com:587',
  WALL_TOKEN: 'a-token-of-the-wall-itself',
  PD_ANA: 'integration-key',
  BO_HOOK: 'whsec_c2VjcmV0',
  KAFKA_BROKERS: 'kafka-1:9092,kafka-2:9092',
  KAFKA_PASSWORD: 'password',
  CLICKHOUSE_URL: 'http://plummet:password@clickhouse:8123/plummet',
};

test('what the manual shows as YAML is right', () => {
  const yamls = [...manual(template).matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, yaml = '']) => yaml);
  expect(yamls.length).toBeGreaterThan(1);
  for (const yaml of yamls) {
    const whole = yaml.includes('metrics:') ? yaml : `metrics:\n  orders: { event: order.placed, kind: write }\n${yaml}`;
    const { errors, warnings } = loadConfig(whole.replace('"file:ca.pem"', '"pem"'), { file: 'plummet.yaml', env: ENV });
    expect([errors, warnings]).toEqual([[], []]);
  }
});
