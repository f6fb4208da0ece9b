/** What of a YAML is read at a start alone, and which of it an edit has changed. */
import type { ConfigFile } from './schema.ts';
import { pathText, type SchemaKey, schemaKeys } from './schema-keys.ts';

/** By the path of the key, its value as JSON: to be compared and never shown, because secrets are in it. */
export type AtStart = Readonly<Record<string, string>>;

/** @param file  every reference resolved */
export function atStartOf(file: ConfigFile): AtStart {
  return Object.fromEntries(
    keysAtStart().map(({ path, node }) => {
      const value = path.reduce<unknown>((inner, key) => (inner as Record<string, unknown> | undefined)?.[key], file);
      return [pathText(path), JSON.stringify(value ?? node.default ?? null)];
    }),
  );
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
