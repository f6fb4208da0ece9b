/** Names and values that look like texts and that YAML reads as something else: 007 is the number 7, `null` is no name. */
import { type Document, isScalar, type Scalar, visit } from 'yaml';

export interface LookAlike {
  readonly message: string;
  readonly hint: string;
  /** Where in the text it stands, and how long it is. */
  readonly offset: number;
  readonly length: number;
}

/** In the order of the file. */
export function lookAlikes(document: Document): LookAlike[] {
  const found: LookAlike[] = [];
  const look = (scalar: Scalar, isKey: boolean): void => {
    const { value, source, range } = scalar;
    if (typeof value === 'string' || source === undefined || !range) return;
    const read = isKey ? asKey(value, source) : asValue(value, source);
    if (read === null) return;
    const [offset, end] = range;
    const written = source === '' ? 'nothing' : `\`${source}\``;
    const hint = source === '' ? 'Write a name before the colon.' : `Write it in quotes: "${source}".`;
    found.push({ message: `${written} is read as ${read}.`, hint, offset, length: Math.max(1, end - offset) });
  };
  visit(document, {
    Pair(_, { key }) {
      if (isScalar(key)) look(key, true);
    },
    Scalar(key, node) {
      if (key !== 'key') look(node, false);
    },
  });
  return found;
}

/** A key becomes a text again, so it only matters where that is another one. */
function asKey(value: unknown, source: string): string | null {
  if (value === null) return 'no name at all';
  return String(value) === source ? null : `the ${typeof value} ${String(value)}`;
}

/** Whole numbers only: `1.50` means what it says. */
function asValue(value: unknown, source: string): string | null {
  if (typeof value !== 'number' || !/^[-+]?(\d+|0[xo][0-9a-f]+)$/i.test(source)) return null;
  return String(value) === source.replace(/^\+/, '') ? null : `the number ${value}`;
}
