/** Every key that a YAML may have, as a list: what the manual, a reload and the tests walk. */
import type { TSchema } from 'typebox';
import { configSchema } from './schema.ts';
import type { SchemaNode } from './validate.ts';

export interface SchemaKey {
  /** From the root; `*` stands for any name, `[]` for any item of a list. */
  readonly path: readonly string[];
  readonly node: SchemaNode;
  readonly needed: boolean;
  /** An edit of it waits for the next start. */
  readonly restart: boolean;
}

/** In the order of the schema, which is that of a YAML; a block before what is in it. */
export function schemaKeys(): SchemaKey[] {
  return below(configSchema as TSchema as SchemaNode, [], false);
}

function below(node: SchemaNode, path: readonly string[], restart: boolean): SchemaKey[] {
  return childrenOf(node).flatMap(([name, child, needed]) => {
    const key = { path: [...path, name], node: child, needed, restart: restart || child.restart === true };
    return [key, ...below(child, key.path, key.restart)];
  });
}

/** Alternatives are one key with all that any of them has. */
function childrenOf(node: SchemaNode): [name: string, child: SchemaNode, needed: boolean][] {
  const { properties = {}, patternProperties = {}, items, required = [], anyOf = [] } = node;
  return [
    ...Object.entries(properties).map(([name, child]): [string, SchemaNode, boolean] => [name, child, required.includes(name)]),
    ...Object.values(patternProperties).map((child): [string, SchemaNode, boolean] => ['*', child, false]),
    ...(items && isBlock(items) ? [['[]', items, false] as [string, SchemaNode, boolean]] : []),
    ...anyOf.flatMap((option) => (isBlock(option) ? childrenOf(option) : [])),
  ];
}

const isBlock = ({ type, anyOf }: SchemaNode): boolean => type === 'object' || anyOf !== undefined;

export const pathText = (path: readonly string[]): string => path.join('.').replaceAll('.[]', '[]');
