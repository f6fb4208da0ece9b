/** A place within a text of the YAML → line and column, also where the text is quoted or goes over several lines. */
import { isMap, isScalar, type LineCounter, type Node, type Scalar } from 'yaml';
import type { PlacedProblem } from './problem.ts';

/** Where in the value of a text, in characters. */
export interface Inside {
  readonly offset: number;
  readonly length: number;
}

/**
 * @param node    a text, or a block of one key, whose text is `key: value`
 * @param placed  with the place of the whole, which is kept where the words of value and YAML are not the same
 */
export function placeInside(placed: PlacedProblem, inside: Inside, node: unknown, text: string, lines: LineCounter): PlacedProblem {
  const found = isMap(node) ? ofPair(node.items[0], inside) : isScalar(node) ? { scalar: node, inside } : null;
  const offset = found && offsetOf(found.scalar, found.inside, text);
  if (offset === null) return placed;
  const { line, col } = lines.linePos(offset);
  return { ...placed, line: Math.max(1, line), column: Math.max(1, col), length: inside.length };
}

function ofPair(pair: { key: unknown; value: unknown } | undefined, inside: Inside): { scalar: Scalar; inside: Inside } | null {
  if (!pair || !isScalar(pair.key)) return null;
  const written = String(pair.key.value).length;
  if (inside.offset < written || !isScalar(pair.value)) return { scalar: pair.key, inside };
  return { scalar: pair.value, inside: { ...inside, offset: inside.offset - written - 2 } };
}

/** Words are the same in YAML and value, whatever stands between them. */
function offsetOf({ value, range, type }: Scalar & Node, { offset }: Inside, text: string): number | null {
  if (typeof value !== 'string' || !range) return null;
  const isBlock = type === 'BLOCK_FOLDED' || type === 'BLOCK_LITERAL';
  const header = isBlock ? text.indexOf('\n', range[0]) - range[0] + 1 : type === 'PLAIN' ? 0 : 1;
  const begins = range[0] + header;
  const said = wordsOf(value);
  const written = wordsOf(text.slice(begins, range[1] - (isBlock || type === 'PLAIN' ? 0 : 1)));
  const at = Math.max(
    0,
    said.findLastIndex((word) => word.index <= Math.max(0, offset)),
  );
  const word = written[at];
  if (said.length !== written.length || !word || word[0] !== said[at]?.[0]) return null;
  return begins + word.index + Math.max(0, offset - (said[at]?.index ?? 0));
}

const wordsOf = (text: string): RegExpExecArray[] => [...text.matchAll(/\S+/g)];
