/** Holds a parsed YAML against the schema and says in words what is wrong. */
import type { TSchema } from 'typebox';
import { Compile, type Validator } from 'typebox/compile';
import { Settings } from 'typebox/system';
import { nearest } from '../units/nearest.ts';
import { insteadOf } from './later-keys.ts';
import type { Problem } from './problem.ts';
import { SECRET_KEYS } from './secrets.ts';

const ERRORS_MAX = 200;

/** What of JSON Schema is used, and the words of our own beside it: `expects` and `unit` say in errors what `pattern` cannot. */
export interface SchemaNode {
  type?: string;
  const?: unknown;
  anyOf?: SchemaNode[];
  properties?: Record<string, SchemaNode>;
  patternProperties?: Record<string, SchemaNode>;
  items?: SchemaNode;
  description?: string;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  pattern?: string;
  required?: string[];
  additionalProperties?: boolean;
  default?: unknown;
  examples?: unknown[];
  /** What is allowed, as the rest of `must be …`. */
  expects?: string;
  /** Stands after a number where people forget it. */
  unit?: string;
  /** What holds where the key is left out, in words. */
  leftOut?: string;
  /** An edit of it waits for the next start; holds for all below as well. */
  restart?: boolean;
  /** What only editors are told, because Plummet itself has better words for it. */
  editor?: Partial<Pick<SchemaNode, 'pattern'>> & { exclusiveMaximum?: number };
}

interface SchemaError {
  keyword: string;
  instancePath: string;
  params: { additionalProperties?: string[]; requiredProperties?: string[] };
}

/** Interpreting the schema takes fifty times as long, seconds where there are thousands of metrics. */
const validators = new WeakMap<TSchema, Validator>();

/** @returns problems in the order of the file's schema; empty where the value fits */
export function validate(schema: TSchema, value: unknown): Problem[] {
  Settings.Set({ maxErrors: ERRORS_MAX });
  const problems: Problem[] = [];
  const seen = new Set<string>();
  const compiled = validators.get(schema) ?? Compile(schema);
  validators.set(schema, compiled);
  const errors = compiled.Check(value) ? [] : (compiled.Errors(value) as SchemaError[]);
  for (const error of errors) {
    for (const problem of translate(error, schema as SchemaNode, value, errors)) {
      const key = `${problem.path.join('/')} ${problem.at ?? ''}`;
      if (!seen.has(key)) problems.push(problem);
      seen.add(key);
    }
  }
  return errors.length > 0 && problems.length === 0 ? unlisted(errors, schema as SchemaNode, value) : problems;
}

/** One word for all unknown keys of a block comes after each of them has its own: where there are too many, it is not reached. */
function unlisted(errors: readonly SchemaError[], schema: SchemaNode, root: unknown): Problem[] {
  return errors.map(({ instancePath }) => {
    const path = pathOf(instancePath);
    const block = path.slice(0, -1);
    const key = path.at(-1);
    return key === undefined ? unfit(path, root, schema) : unknownKey(block, key, nodeAt(schema, block, root));
  });
}

function translate(error: SchemaError, schema: SchemaNode, root: unknown, all: SchemaError[]): Problem[] {
  const path = pathOf(error.instancePath);
  const value = valueAt(root, path);
  const node = nodeAt(schema, path, root);
  if (error.keyword === 'boolean') return [];
  if (error.keyword === 'additionalProperties') return (error.params.additionalProperties ?? []).map((key) => unknownKey(path, key, node));
  if (error.keyword === 'required') {
    const missing = error.params.requiredProperties ?? [];
    const unwritten = missing.filter((key) => valueAt(root, [...path, key]) === undefined);
    return unwritten.map((key) => {
      const about = node?.properties?.[key]?.description;
      return { path, at: 'key', message: `needs \`${key}\`.`, ...(about && { hint: `${key}: ${about}.` }) };
    });
  }
  const deeper = all.some(({ instancePath }) => instancePath.startsWith(`${error.instancePath}/`));
  if (deeper && (isObject(value) || (Array.isArray(value) && node?.anyOf))) return [];
  return [unfit(path, value, node)];
}

function unknownKey(path: string[], key: string, node: SchemaNode | undefined): Problem {
  const known = alternatives(node).flatMap(({ properties = {} }) => Object.keys(properties));
  const near = nearest(key, known);
  const pattern = Object.keys(node?.patternProperties ?? {})[0];
  if (known.length === 0 && pattern) {
    return {
      path: [...path, key],
      at: 'key',
      message: 'this name cannot be used.',
      hint: node?.description ? `${node.description}.` : `Names match ${pattern}.`,
    };
  }
  const whole = [...path, key];
  const instead = insteadOf(whole);
  if (instead) return { path: whole, at: 'key', message: `\`${key}\` is not a key that this Plummet knows.`, hint: instead };
  const below = known.find((name) => alternatives(node?.properties?.[name]).some(({ properties }) => properties?.[key]));
  const elsewhere = below ? `It belongs under \`${below}:\`.` : `Allowed here: ${known.join(', ')}.`;
  const hint = near && !below ? `Did you mean \`${near}\`?` : elsewhere;
  return { path: whole, at: 'key', message: `\`${key}\` is not a key that Plummet knows here.`, hint };
}

const alternatives = (node: SchemaNode | undefined): SchemaNode[] => (node ? [node, ...(node.anyOf ?? [])] : []);

function unfit(path: string[], value: unknown, node: SchemaNode | undefined): Problem {
  const words = wordsOf(node);
  const near = typeof value === 'string' ? nearest(value, words) : undefined;
  const meant = near ?? mended(value, node);
  const about = node?.description && !node.expects ? `${node.description}.` : undefined;
  const hint = meant !== undefined ? `Did you mean \`${meant}\`?` : (quoted(value, node) ?? about);
  const found = SECRET_KEYS.test(path.at(-1) ?? '') && typeof value === 'string' ? `one of ${value.length}` : shown(value);
  const isRightKind = typeof value === 'string' && node?.type === 'string' && !node.expects && value.length >= (node.minLength ?? 0);
  const message = isRightKind ? `found ${found}, which is not allowed here.` : `must be ${expected(node)}, found ${found}.`;
  return { path, at: 'value', message, ...(hint && { hint }) };
}

const YES = /^(y|yes|on)$/i;
const NO = /^(n|no|off)$/i;

/** What was meant where a unit, a scheme or a dot is all that is missing. */
function mended(value: unknown, node: SchemaNode | undefined): string | undefined {
  if (alternatives(node).some(({ type }) => type === 'boolean') && typeof value === 'string') {
    return YES.test(value) ? 'true' : NO.test(value) ? 'false' : undefined;
  }
  const pattern = node?.editor?.pattern ?? node?.pattern;
  if (pattern === undefined || (typeof value !== 'string' && typeof value !== 'number')) return undefined;
  const unit = node?.unit;
  const share = unit === '%' && Number(value) > 0 && Number(value) < 1 ? `${Number((Number(value) * 100).toPrecision(6))}%` : undefined;
  const withUnit = share ?? (unit === undefined ? undefined : `${value}${unit}`);
  const dotted = String(value)
    .trim()
    .toLowerCase()
    .replace(/[\s/:]+/g, '.');
  return [withUnit, dotted, `0${value}`, `${value}:00`, `0${value}:00`, `https://${value}`].find(
    (text) => text !== undefined && new RegExp(pattern).test(text),
  );
}

/** Numbers and words of YAML's own become texts in quotes. */
function quoted(value: unknown, node: SchemaNode | undefined): string | undefined {
  if (typeof value !== 'number' && typeof value !== 'boolean') return undefined;
  const takesText = alternatives(node).some(({ type, pattern, editor }) => type === 'string' && !pattern && !editor);
  return takesText
    ? `Texts that look like ${typeof value === 'number' ? 'numbers' : 'true or false'} stand in quotes: "${value}".`
    : undefined;
}

/** Whether a text that came by a reference is to be read as YAML would: the schema takes numbers or true and false there, and no text. */
export function takesNoText(schema: TSchema, path: readonly string[], root: unknown): boolean {
  const types = alternatives(nodeAt(schema as SchemaNode, path, root)).map(({ type }) => type);
  return types.some((type) => type === 'integer' || type === 'number' || type === 'boolean') && !types.includes('string');
}

function wordsOf(node: SchemaNode | undefined): string[] {
  return (node?.anyOf ?? []).flatMap((option) => (typeof option.const === 'string' ? [option.const] : []));
}

function expected(node: SchemaNode | undefined): string {
  if (!node) return 'left out';
  if (node.expects) return node.expects;
  if (node.anyOf) return [...new Set(node.anyOf.map(expected))].join(' or ');
  if (node.const !== undefined) return `\`${String(node.const)}\``;
  if (node.minimum !== undefined && node.maximum !== undefined) return `a number from ${node.minimum} to ${node.maximum}`;
  if (node.minLength !== undefined && node.minLength > 1) return `a text of at least ${node.minLength} characters`;
  if (node.minItems !== undefined) return 'a list with something in it';
  const words: Record<string, string> = {
    string: 'a text',
    boolean: 'true or false',
    integer: 'a whole number',
    number: 'a number',
    object: 'a block of keys',
    array: 'a list',
    null: 'empty',
  };
  return words[node.type ?? ''] ?? 'something else';
}

/** Short, and never a secret of the environment: values are checked before references are filled in. */
function shown(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (isObject(value)) return 'a block of keys';
  return typeof value === 'string' ? `"${value.slice(0, 60)}"` : String(value);
}

const isObject = (value: unknown): value is Record<string, unknown> => value !== null && typeof value === 'object' && !Array.isArray(value);

function pathOf(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function valueAt(root: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], root);
}

/** The schema that holds at a path; among alternatives the one whose kind the value has. */
function nodeAt(schema: SchemaNode, path: readonly string[], root: unknown): SchemaNode | undefined {
  let node: SchemaNode | undefined = schema;
  for (let depth = 0; node && depth < path.length; depth++) {
    const key = path[depth] as string;
    const value = valueAt(root, path.slice(0, depth));
    if (node.anyOf) node = node.anyOf.find(({ type }) => type === (Array.isArray(value) ? 'array' : 'object'));
    node = node?.properties?.[key] ?? Object.values(node?.patternProperties ?? {})[0] ?? node?.items;
  }
  return node;
}
