/** The settings of Kafka that Plummet ships, as they stand in deploy/: what is tested is what is shipped. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../sources.ts';

export const SHIPPED_FILE = join(ROOT, 'deploy/kafka/server.properties');

export type Properties = Readonly<Record<string, string>>;

export function shippedProperties(): Properties {
  return propertiesOf(readFileSync(SHIPPED_FILE, 'utf8'));
}

/** Lines of `key=value`; of a key that stands twice the later holds, as in Kafka. */
export function propertiesOf(text: string): Properties {
  const lines = text.split('\n').filter((line) => /^[^#\s]/.test(line));
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1).trim()]));
}
