/** The YAML's schema as editors read it (draft 7): completion, hover and a first check, from the same source as everything else. */
import type { TSchema } from 'typebox';
import { configSchema } from './schema.ts';
import type { SchemaNode } from './validate.ts';

/** `${NAME}`, `${NAME:-default}` and `file:PATH`: any text may be one, and what it gives shows only when it is resolved. */
const REFERENCE = '\\$\\{[A-Za-z_][A-Za-z0-9_]*(:-[^}]*)?\\}|^file:';
const A_REFERENCE: Published = { type: 'string', pattern: REFERENCE };

type Published = { [key: string]: unknown };

/** A new object at each call. */
export function jsonSchema(): Published {
  return jsonSchemaOf(configSchema, 'Plummet');
}

/** The same of another file that editors are to know. */
export function jsonSchemaOf(schema: TSchema, title: string): Published {
  return { $schema: 'http://json-schema.org/draft-07/schema#', title, ...published(schema as SchemaNode) };
}

function published(node: SchemaNode): Published {
  const { description, default: otherwise, examples } = node;
  return {
    ...(description !== undefined && { description: described(node) }),
    ...(otherwise !== undefined && { default: otherwise }),
    ...(examples && { examples }),
    ...shapeOf(node),
  };
}

/** The words that the manual has as well. */
function described({ description = '', leftOut, restart }: SchemaNode): string {
  const without = leftOut === undefined ? '' : ` Left out: ${leftOut}.`;
  return `${description}.${without}${restart ? ' An edit waits for the next start.' : ''}`;
}

function shapeOf(node: SchemaNode): Published {
  if (node.anyOf) return unionOf(node.anyOf);
  if (node.type === 'object') return blockOf(node);
  if (node.type === 'array') {
    const { minItems, maxItems, items } = node;
    return { type: 'array', ...kept({ minItems, maxItems }), ...(items && { items: published(items) }) };
  }
  if (node.type === 'string') return textOf(node);
  const { type, minimum, maximum, editor } = node;
  return orReference({ type, ...kept({ minimum, maximum, exclusiveMaximum: editor?.exclusiveMaximum }) });
}

function blockOf({ properties, patternProperties, required, additionalProperties }: SchemaNode): Published {
  const each = (nodes: Record<string, SchemaNode>): Published =>
    Object.fromEntries(Object.entries(nodes).map(([name, node]) => [name, published(node)]));
  return {
    type: 'object',
    ...kept({ required, additionalProperties }),
    ...(properties && { properties: each(properties) }),
    ...(patternProperties && { patternProperties: each(patternProperties) }),
  };
}

/** Editors complete the words of an `enum`. */
function unionOf(options: readonly SchemaNode[]): Published {
  const words = options.flatMap(({ const: word }) => (word === undefined ? [] : [word]));
  const others = options.filter((option) => option.const === undefined).map(published);
  const flat = others.flatMap((option) => (Object.keys(option).length === 1 && Array.isArray(option.anyOf) ? option.anyOf : [option]));
  const all = [...(words.length > 0 ? [{ enum: words }] : []), ...flat.filter((option) => option !== A_REFERENCE)];
  const takesAnyText = flat.some(({ type, pattern }) => type === 'string' && pattern === undefined);
  return { anyOf: takesAnyText ? all : [...all, A_REFERENCE] };
}

const orReference = (shape: Published): Published => ({ anyOf: [shape, A_REFERENCE] });

/** All that limits a text is said as one pattern, so that editors show one kind of value and not two. */
function textOf({ pattern, minLength, maxLength, editor }: SchemaNode): Published {
  const own = editor?.pattern ?? pattern;
  if (own === undefined && minLength === undefined && maxLength === undefined) return { type: 'string' };
  const long = minLength === undefined && maxLength === undefined ? '' : `(?=[\\s\\S]{${minLength ?? 0},${maxLength ?? ''}}$)`;
  return { type: 'string', pattern: `${long === '' ? '' : `^${long}`}(?:${own ?? ''})|${REFERENCE}` };
}

function kept(limits: Published): Published {
  return Object.fromEntries(Object.entries(limits).filter(([, limit]) => limit !== undefined));
}
