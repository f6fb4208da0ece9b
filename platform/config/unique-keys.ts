/** A key that stands twice in one block. The parser's own look compares each key with each, which thousands of metrics cannot wait for. */
import { type Document, isScalar, type Node, visit } from 'yaml';

export interface Twice {
  readonly key: string;
  /** Where in the text its second stands, and how long it is. */
  readonly offset: number;
  readonly length: number;
}

/** In the order of the file. */
export function keysTwice(document: Document): Twice[] {
  const found: Twice[] = [];
  visit(document, {
    Map(_, { items }) {
      const known = new Set<string>();
      for (const { key } of items) {
        if (!isScalar(key)) continue;
        const name = String(key.value);
        const [start, end] = (key as Node).range ?? [0, 0];
        if (known.has(name)) found.push({ key: name, offset: start, length: Math.max(1, end - start) });
        known.add(name);
      }
    },
  });
  return found;
}
