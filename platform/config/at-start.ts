/** What of a YAML is read at a start alone, and which of it an edit has changed. */
import type { ConfigFile } from './schema.ts';
import { pathText, type SchemaKey, schemaKeys } from './schema-keys.ts';
import type { SchemaNode } from './validate.ts';

/** By the path of the key, its value as JSON: to be compared and never shown, because secrets are in it. */
export type AtStart = Readonly<Record<string, string>>;

/** @param file  every reference resolved */
export function atStartOf(file: ConfigFile): AtStart {
  return Object.fromEntries(
    keysAtStart().map(({ path, node }) => {
      const value = path.reduce<unknown>((inner, key) => (inner as Record<string, unknown> | undefined)?.[key], file);
      return [pathText(path), JSON.stringify(filled(node, value))];
    }),
  );
}

/** To write a default, or keys in another order, is no edit. */
function filled(node: SchemaNode, value: unknown): unknown {
  const { properties, required = [], anyOf = [], default: otherwise } = node;
  if (value === undefined) return otherwise ?? (properties && required.length === 0 ? filled(node, {}) : null);
  const block = properties ?? anyOf.find((option) => option.properties)?.properties;
  if (!block || value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(block).map(([key, inner]) => [key, filled(inner, (value as Record<string, unknown>)[key])]));
}

/** Blocks that wait as a whole stand for all that is in them. */
function keysAtStart(): SchemaKey[] {
  const waiting = schemaKeys().filter(({ restart }) => restart);
  return waiting.filter(({ path }) => !waiting.some((other) => other.path.length < path.length && startsWith(path, other.path)));
}

const startsWith = (path: readonly string[], head: readonly string[]): boolean => head.every((key, i) => path[i] === key);

/** One sentence for each key whose edit is not in force. */
export function waitingForStart(inForce: AtStart, edited: AtStart): string[] {
  return Object.keys(edited)
    .filter((path) => edited[path] !== inForce[path])
    .map((path) => `${path} was edited and waits for the next start of Plummet: until then the old one holds.`);
}
