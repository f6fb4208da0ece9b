import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { configSchema } from '../../../platform/config/schema.ts';
import { ROOT } from '../../support/sources.ts';

interface Node {
  properties?: Record<string, Node>;
  patternProperties?: Record<string, Node>;
  items?: Node;
  anyOf?: Node[];
}

function keysOf({ properties = {}, patternProperties = {}, items, anyOf = [] }: Node): string[] {
  const below = [...Object.values(properties), ...Object.values(patternProperties), ...(items ? [items] : []), ...anyOf];
  return [...Object.keys(properties), ...below.flatMap(keysOf)];
}

test('the manual names every key of the YAML', () => {
  const manual = readFileSync(`${ROOT}/docs/configuration.md`, 'utf8');
  const keys = [...new Set(keysOf(configSchema as Node))];
  expect(keys.length).toBeGreaterThan(30);
  expect(keys.filter((key) => !new RegExp(`\\b${key}\\b`).test(manual))).toEqual([]);
});
