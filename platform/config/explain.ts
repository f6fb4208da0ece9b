/** Problem → file, line, column, the lines around it and what to do. */
import { type Document, isMap, isScalar, type LineCounter, type Node } from 'yaml';
import type { PlacedProblem, Problem } from './problem.ts';

/** Finds a problem's place in the parsed document; the nearest parent's where the path does not exist. */
export function place(problem: Problem, file: string, document: Document, lines: LineCounter): PlacedProblem {
  const [start, end] = rangeOf(problem, document);
  const { line, col } = lines.linePos(start);
  return { ...problem, file, line: Math.max(1, line), column: Math.max(1, col), length: Math.max(1, end - start) };
}

function rangeOf(problem: Problem, document: Document): [number, number] {
  for (let depth = problem.path.length; depth > 0; depth--) {
    const path = problem.path.slice(0, depth);
    const parent = document.getIn(path.slice(0, -1), true);
    const key = path.at(-1) as string;
    if (isMap(parent)) {
      const pair = parent.items.find((item) => String(isScalar(item.key) ? item.key.value : item.key) === key);
      if (!pair) continue;
      const wholeKey = (pair.key as Node).range;
      const value = (pair.value as Node | null)?.range;
      const keyAlone = problem.at === 'key' || depth < problem.path.length || !value;
      if (wholeKey && keyAlone) return [wholeKey[0], wholeKey[1]];
      if (value) return [value[0], value[1]];
    }
    const node = document.getIn(path, true) as Node | undefined;
    if (node?.range) return [node.range[0], node.range[1]];
  }
  return [0, 1];
}

/** `plummet.yaml:14:13  metrics.searches.critical: only a write metric …` */
export function sentence({ file, line, column, path, message }: PlacedProblem): string {
  const name = path.length > 0 ? `${path.join('.')}: ` : '';
  return `${file}:${line}:${column}  ${name}${message}`;
}

const LINES_BEFORE = 2;
const COLUMNS_MAX = 100;

/** The line at fault with two before it, underlined, as a compiler shows it. */
export function excerpt({ line, column, length }: PlacedProblem, text: string): string[] {
  const all = text.split(/\r?\n/).map(showable);
  const width = String(line).length + 2;
  const shown: string[] = [];
  for (let at = Math.max(1, line - LINES_BEFORE); at <= line; at++) {
    shown.push(`${String(at).padStart(width)} │ ${(all[at - 1] ?? '').slice(0, COLUMNS_MAX)}`);
  }
  const room = Math.max(1, Math.min((all[line - 1] ?? '').length, COLUMNS_MAX) - column + 1);
  const before = (all[line - 1] ?? '').slice(0, Math.min(column - 1, COLUMNS_MAX)).replace(/[^\t]/g, ' ');
  shown.push(`${' '.repeat(width)} │ ${before}${'^'.repeat(Math.min(length, room))}`);
  return shown;
}

const SECRET = /((?:^|[\s{,"'])(?:token|key|secret|password|pagerduty|webhook)["']?\s*:\s*["']?)(?!file:)([^\s"',}${][^\s"',}]*)/g;
const PASSWORD = /(:\/\/[^:/@\s]*:)([^@/\s]+)(?=@)/g;

/** A line as it may be told: letters of the same number where a secret stands in it, nothing that moves a terminal. */
function showable(line: string): string {
  const hidden = (_: string, before: string, secret: string): string =>
    before + (secret.includes('${') ? secret : '*'.repeat(secret.length));
  return line
    .replace(SECRET, hidden)
    .replace(PASSWORD, hidden)
    .replace(/\p{Cc}/gu, (char) => (char === '\t' ? char : '·'));
}
