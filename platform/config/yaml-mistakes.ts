/** What the YAML parser stumbled over, in words that say what to do. */
import type { YAMLError } from 'yaml';

export interface YamlMistake {
  readonly message: string;
  readonly hint?: string;
  readonly offset: number;
  readonly length: number;
}

const WORDS: Readonly<Record<string, readonly [message: string, hint: string]>> = {
  TAB_AS_INDENT: ['a tab cannot indent a line.', 'Write spaces instead, two for each level.'],
  BAD_INDENT: ['this line is not indented like its neighbours.', 'The keys of one block begin in the same column.'],
  MULTILINE_IMPLICIT_KEY: ['this is no `key: value`.', 'Is a colon missing, or the blank after it?'],
};

const UNCLOSED = ['a bracket is not closed.', 'Look above this line for a [ or { without its partner.'] as const;

export function inWords({ code, message, pos }: YAMLError, text: string): YamlMistake {
  const [from, to] = pos;
  const lineStart = text.lastIndexOf('\n', from - 1) + 1;
  const line = text.slice(lineStart).split(/\r?\n/, 1)[0] ?? '';
  const reference = /[:,[]\s*(\$\{[^}"']*\})/.exec(line);
  if (reference?.[1] && code === 'UNEXPECTED_TOKEN') {
    const offset = lineStart + reference.index + reference[0].length - reference[1].length;
    const hint = `Write "${reference[1]}".`;
    return { message: 'between braces a reference stands in quotes.', hint, offset, length: reference[1].length };
  }
  const words = code === 'BAD_INDENT' && message.startsWith('Flow') ? UNCLOSED : WORDS[code];
  if (!words) return { message, offset: from, length: to - from };
  const blank = code === 'BAD_INDENT' ? (/^\s*/.exec(text.slice(from))?.[0].length ?? 0) : 0;
  return { message: words[0], hint: words[1], offset: from + blank, length: Math.max(1, to - from - blank) };
}
