/** Text → what the YAML says, or why it is none. */
import { type Document, LineCounter, parseDocument } from 'yaml';
import { refuseUnbounded } from './bounds.ts';
import { lookAlikes } from './look-alikes.ts';
import type { PlacedProblem } from './problem.ts';
import { keysTwice } from './unique-keys.ts';
import { inWords } from './yaml-mistakes.ts';

const ALIASES_MAX = 100;

/** What cannot be decoded is read as this character. */
const NOT_UTF8 = 'this is no UTF-8.';
const SAVE_AS_UTF8 = 'Save the file as UTF-8 (without that, `iconv -f WINDOWS-1252 -t UTF-8` or `-f UTF-16` turns it into it).';

type Read = { readonly document: Document; readonly lines: LineCounter; readonly written: unknown } | { readonly errors: PlacedProblem[] };

/** Never throws, whatever the text. */
export function readYaml(text: string, file: string): Read {
  const unbounded = refuseUnbounded(text);
  const notText = text.indexOf('\ufffd');
  if (notText >= 0) return { errors: [{ ...unplaced(file, NOT_UTF8), hint: SAVE_AS_UTF8, ...placeIn(text, notText) }] };
  if (unbounded) return { errors: [{ ...unplaced(file, unbounded.message), ...placeIn(text, unbounded.offset) }] };
  const lines = new LineCounter();
  const at = (offset: number, length: number, message: string): PlacedProblem => {
    const { line, col } = lines.linePos(offset);
    return { file, path: [], message, line: Math.max(1, line), column: Math.max(1, col), length: Math.max(1, length) };
  };
  try {
    const document = parseDocument(text, { lineCounter: lines, uniqueKeys: false, prettyErrors: false });
    const [first] = document.errors.sort((a, b) => a.pos[0] - b.pos[0]);
    if (first) {
      // The parser stumbles over what follows because of the first.
      const { message, hint, offset, length } = inWords(first, text);
      return { errors: [{ ...at(offset, length, `this is no YAML: ${message}`), ...(hint && { hint }) }] };
    }
    const twice = keysTwice(document);
    if (twice.length > 0) {
      const told = (key: string): string => `\`${key}\` stands twice in this block: keys are unique.`;
      return { errors: twice.map(({ key, offset, length }) => at(offset, length, told(key))) };
    }
    const alike = lookAlikes(document);
    if (alike.length > 0) return { errors: alike.map(({ message, hint, offset, length }) => ({ ...at(offset, length, message), hint })) };
    return { document, lines, written: document.toJS({ maxAliasCount: ALIASES_MAX }) };
  } catch (error) {
    // Also where it nests deeper than the parser's stack.
    const reason = error instanceof Error ? error.message : String(error);
    const alias = /alias count/.test(reason) ? text.search(/\*[^\s,[\]{}]/) : -1;
    if (alias >= 0) return { errors: [at(alias, 2, `aliases, like this one, repeat too much: ${ALIASES_MAX} at most.`)] };
    return { errors: [unplaced(file, `this is no YAML that Plummet reads: ${reason}.`)] };
  }
}

function placeIn(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

function unplaced(file: string, message: string): PlacedProblem {
  return { file, path: [], message, line: 1, column: 1, length: 1 };
}
