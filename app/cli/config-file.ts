/** The YAML as the command line meets it: read, and its mistakes shown. */
import { readFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { excerpt, sentence } from '../../platform/config/explain.ts';
import { type Config, type Loaded, loadConfig } from '../../platform/config/load.ts';
import { loadAside } from '../../platform/config/load-aside.ts';
import type { PlacedProblem } from '../../platform/config/problem.ts';
import { systemClock } from '../../platform/units/clock.ts';
import { type Output, UserError, wrap } from './output.ts';

const COLUMNS = 78;

type Environment = Readonly<Record<string, string | undefined>>;

/** As a person would name it from where they stand. */
export function shownPath(path: string): string {
  const from = relative(process.cwd(), resolve(path));
  return from.startsWith('..') ? path : from || '.';
}

/** A YAML that is right: its text, and the name that its messages have for it. */
export interface ReadYaml {
  readonly config: Config;
  readonly text: string;
  readonly file: string;
}

export async function readConfig(file: string, env: Environment, output: Output): Promise<Config> {
  return (await readYaml(file, env, output)).config;
}

/** @throws UserError after each mistake was told with its place */
export async function readYaml(file: string, env: Environment, output: Output): Promise<ReadYaml> {
  const { config, errors, text } = await loadFile(file, env);
  if (config) return { config, text, file: shownPath(file) };
  for (const error of errors) sayProblem(error, text, output);
  const count = errors.length === 1 ? '1 error' : `${errors.length} errors`;
  throw new UserError(`${count} in ${shownPath(file)}: nothing was started.`, { exit: 1 });
}

/** Up to here no text takes longer than the 0.3 s that a thread takes to begin: the worst that is known grows with its square. */
const AT_ONCE_CHARS_MAX = 16_384;

interface LoadedFile extends Loaded {
  readonly text: string;
}

/** Whatever the file holds, it is told within seconds that it cannot be read. */
export async function loadFile(file: string, env: Environment): Promise<LoadedFile> {
  const text = textOf(file);
  if (text.length > AT_ONCE_CHARS_MAX) return loadFileAside(file, env);
  return { ...loadConfig(text, { file: shownPath(file), env, now: now() }), text };
}

/** The same while seconds are being decided on: always in a thread of its own. */
export async function loadFileAside(file: string, env: Environment): Promise<LoadedFile> {
  const text = textOf(file);
  return { ...(await loadAside(text, { file: shownPath(file), env, now: now() }, systemClock)), text };
}

const now = (): number => Math.floor(systemClock.wall() / 1000);

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    const hint = 'Name it with --config, or try `plummet demo`, which brings its own.';
    throw new UserError(`there is no configuration at ${shownPath(file)}.`, { hint, exit: 1 });
  }
}

export function sayProblem(problem: PlacedProblem, text: string, output: Output): void {
  const mark = problem.warning ? output.mark.warning : output.mark.bad;
  const place = `${problem.file}:${problem.line}:${problem.column}`;
  output.talk(`${mark} ${wrap(sentence(problem), COLUMNS, '  ').replace(place, () => output.style('bold', place))}`);
  const lines = excerpt(problem, text).map((line) => `  ${line}`);
  const carets = lines.pop()?.replace(/\^+$/, (marks) => output.style(problem.warning ? 'orange' : 'red', marks));
  output.talk(['', ...lines, carets].join('\n'));
  for (const line of problem.hint?.split('\n') ?? [])
    output.talk(`  ${line.startsWith(' ') ? line : inBold(wrap(line, COLUMNS, '  '), output)}`);
  output.talk('');
}

/** What is to be typed stands out: bold where there are colours, in backticks where there are none. */
function inBold(text: string, { style }: Output): string {
  return text.replace(/`([^`]+)`/g, (quoted, word: string) => (style('bold', word) === word ? quoted : style('bold', word)));
}
