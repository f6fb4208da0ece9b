/** What the command line prints: data to stdout, talk to stderr; marks carry the meaning where there is no colour. */
import { stripVTControlCharacters } from 'node:util';

/** A user's mistake: told without a stack trace. */
export class UserError extends Error {
  readonly hint: string | undefined;
  /** 1 the check failed; 2 usage, or a data folder that another Plummet holds. */
  readonly exit: 1 | 2;

  constructor(message: string, { hint, exit = 2 }: { hint?: string; exit?: 1 | 2 } = {}) {
    super(message);
    this.hint = hint;
    this.exit = exit;
  }
}

type Style = 'bold' | 'dim' | 'green' | 'orange' | 'red' | 'blue';

const CODES: Record<Style, [number, number]> = {
  bold: [1, 22],
  dim: [2, 22],
  green: [32, 39],
  orange: [33, 39],
  red: [31, 39],
  blue: [36, 39],
};

export interface Output {
  /** Data, to stdout. */
  line(text?: string): void;
  /** One JSON value on a line of its own, to stdout. */
  json(value: unknown): void;
  /** Talk, to stderr. */
  talk(text: string): void;
  style(style: Style, text: string): string;
  /** `✓`, or `ok` where the terminal has no such letters. */
  readonly mark: { readonly good: string; readonly warning: string; readonly bad: string; readonly waiting: string };
}

/** Colours only on a terminal and without NO_COLOR; plain letters where the locale is not UTF-8. */
export function terminalOutput(env: NodeJS.ProcessEnv = process.env): Output {
  const colours = process.stdout.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb';
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || '';
  const plain = locale !== '' && !/utf-?8/i.test(locale);
  const style = (name: Style, text: string): string => (colours ? `\u001b[${CODES[name][0]}m${text}\u001b[${CODES[name][1]}m` : text);
  return {
    line: (text = '') => process.stdout.write(`${text}\n`),
    json: (value) => process.stdout.write(`${JSON.stringify(value)}\n`),
    talk: (text) => process.stderr.write(`${text}\n`),
    style,
    mark: {
      good: style('green', plain ? 'ok' : '✓'),
      warning: style('orange', plain ? 'warn' : '!'),
      bad: style('red', plain ? 'error' : '✗'),
      waiting: style('blue', plain ? '...' : '…'),
    },
  };
}

/**
 * Whoever reads our output, like `head`, may have enough of it: then a command ends, and a service goes on.
 * Talk that nobody hears ends nothing.
 */
export function endWithReader(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    // Who watches a business goes on watching, whether or not anybody reads the screen: a service listens to this signal.
    if (process.listenerCount('SIGTERM') === 0) process.exit();
  });
  process.stderr.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

/** Columns that are seen, escape sequences not counted. */
export function widthOf(text: string): number {
  return stripVTControlCharacters(text).length;
}

/** Pads to a column by what is seen, escape sequences not counted. */
export function column(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const room = ' '.repeat(Math.max(0, width - widthOf(text)));
  return align === 'left' ? text + room : room + text;
}

/** Breaks at spaces so that no line is longer than `width`; every line after the first begins with `indent`. */
export function wrap(text: string, width: number, indent = ''): string {
  const lines: string[] = [''];
  for (const word of text.split(' ')) {
    const last = lines.at(-1) as string;
    const joined = last.trim() === '' ? last + word : `${last} ${word}`;
    if (joined.length > width && last.trim() !== '') lines.push(indent + word);
    else lines[lines.length - 1] = joined;
  }
  return lines.join('\n');
}
