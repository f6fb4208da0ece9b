/** The YAML as the command line meets it: read, and its mistakes shown. */
import { readFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { excerpt, sentence } from '../../platform/config/explain.ts';
import { type Config, type Loaded, loadConfig } from '../../platform/config/load.ts';
import { loadAside } from '../../platform/config/load-aside.ts';
import type { PlacedProblem } from '../../platform/config/problem.ts';
import type { Clock } from '../../platform/units/clock.ts';
import { type Output, UserError, wrap } from './output.ts';

const COLUMNS = 78;

type Environment = Readonly<Record<string, string | undefined>>;

/** As a person would name it from where they stand. */
export function shownPath(path: string): string {
  const from = relative(process.cwd(), resolve(path));
  return from.startsWith('..') ? path : from || '.';
}

export function readConfig(file: string, env: Environment, output: Output): Config {
  const { config, errors } = loadFile(file, env);
  if (config) return config;
  const text = readFileSync(file, 'utf8');
  for (const error of errors) sayProblem(error, text, output);
  const count = errors.length === 1 ? '1 error' : `${errors.length} errors`;
  throw new UserError(`${count} in ${shownPath(file)}: nothing was started.`, { exit: 1 });
}

export function loadFile(file: string, env: Environment): Loaded & { readonly text: string } {
  const text = textOf(file);
  return { ...loadConfig(text, { file: shownPath(file), env }), text };
}

/** The same while seconds are being decided on. */
export async function loadFileAside(file: string, env: Environment, clock: Clock): Promise<Loaded & { readonly text: string }> {
  const text = textOf(file);
  return { ...(await loadAside(text, { file: shownPath(file), env }, clock)), text };
}

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
  output.talk(`${mark} ${wrap(sentence(problem), COLUMNS, '  ')}`);
  output.talk(['', ...excerpt(problem, text).map((line) => `  ${line}`)].join('\n'));
  for (const line of problem.hint?.split('\n') ?? []) output.talk(`  ${line.startsWith(' ') ? line : wrap(line, COLUMNS, '  ')}`);
  output.talk('');
}
