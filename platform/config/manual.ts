/** docs/configuration.md: a template's own words, and tables that come from the schema. */
import { pathText, type SchemaKey, schemaKeys } from './schema-keys.ts';
import type { SchemaNode } from './validate.ts';

/** `<!-- keys: server keys security -->` becomes a table of what is in those blocks, but for what has a table of its own. */
const TABLE = /^<!-- keys: (.+) -->$/gm;
const WAITING = /^<!-- waiting -->$/gm;
/** The template's own first line is for those who edit it. */
const OPENING = /^<!--.*-->\n/;

/** @throws where a table is asked for of a key that there is not, or a key would stand in no table */
export function manual(template: string): string {
  const keys = schemaKeys();
  const blocks = [...template.matchAll(TABLE)].flatMap(([, names = '']) => names.split(' '));
  const unknown = blocks.filter((name) => !keys.some(({ path }) => pathText(path) === name));
  const untold = keys.filter(({ path }) => !blocks.some((name) => isWithin(path, name) || pathText(path) === name.replace('.*', '')));
  if (unknown.length > 0) throw new Error(`there are no such keys: ${unknown.join(', ')}`);
  if (untold.length > 0) throw new Error(`the manual has no table for ${untold.map(({ path }) => pathText(path)).join(', ')}`);
  return template
    .replace(OPENING, '')
    .replace(TABLE, (_, names: string) => table(keys, names.split(' '), blocks))
    .replace(WAITING, () => waiting(keys));
}

function isWithin(path: readonly string[], name: string): boolean {
  return name.split('.').every((part, i) => path[i] === part);
}

function table(keys: readonly SchemaKey[], names: readonly string[], blocks: readonly string[]): string {
  const rows = names.flatMap((name) => rowsOf(keys, name, blocks));
  return ['| key | means | default |', '| --- | --- | --- |', ...rows.map((cells) => `| ${cells.join(' | ')} |`)].join('\n');
}

/** Keys of a block within a block are named from there, those of others from the root. */
function rowsOf(keys: readonly SchemaKey[], name: string, blocks: readonly string[]): string[][] {
  const elsewhere = blocks.filter((other) => other.startsWith(`${name}.`));
  const inner = name.includes('.');
  return keys
    .filter(({ path }) => isWithin(path, name) && !(inner && pathText(path) === name))
    .filter(({ path }) => !elsewhere.some((other) => isWithin(path, other) && pathText(path) !== other))
    .filter((key) => tellsMore(key) || elsewhere.includes(pathText(key.path)))
    .map((key) => rowOf(key, inner ? `${name}.` : '', elsewhere));
}

/** Of a block that is there or not, its keys say it all. */
function tellsMore({ path, node }: SchemaKey): boolean {
  if (path.at(-1) === '*' || path.at(-1) === '[]') return false;
  return node.type !== 'object' || node.leftOut !== undefined || node.patternProperties !== undefined;
}

function rowOf({ path, node, needed }: SchemaKey, above: string, elsewhere: readonly string[]): string[] {
  const whole = pathText(path);
  const shown = whole.slice(above.length).replaceAll('*', 'NAME');
  const words = (node.anyOf ?? []).flatMap((option) => (typeof option.const === 'string' ? [`\`${option.const}\``] : []));
  const untold = words.filter((word) => !node.description?.includes(word));
  const one = untold.length > 0 ? `: ${words.join(', ')}` : '';
  const below = elsewhere.includes(whole) ? ', see below' : '';
  const start = node.restart ? '. *At a start*' : '';
  return [`\`${shown}\``, `${node.description ?? ''}${one}${below}${start}`, otherwise(node, needed)].map(cell);
}

function otherwise({ default: value, leftOut }: SchemaNode, needed: boolean): string {
  if (needed) return 'needed';
  if (leftOut !== undefined) return leftOut;
  return value === undefined ? '' : `\`${String(value)}\``;
}

const cell = (text: string): string => text.replaceAll('|', '\\|');

/** The keys that wait for a start, blocks in place of all that is in them. */
function waiting(keys: readonly SchemaKey[]): string {
  const names = keys.filter(({ restart }) => restart).map(({ path }) => pathText(path));
  const first = names.filter((name) => !names.some((other) => name.startsWith(`${other}.`)));
  return first.map((name) => `- \`${name}\``).join('\n');
}
