/** What `start` and `demo` share: a configuration file, a running Plummet, its reload, its end. */
import { readFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import type { Demo } from '../../dashboards/routes/demo.ts';
import { excerpt, sentence } from '../../platform/config/explain.ts';
import { type Config, loadConfig } from '../../platform/config/load.ts';
import type { PlacedProblem } from '../../platform/config/problem.ts';
import { watchFile } from '../../platform/config/watch.ts';
import { EventLogError } from '../../platform/eventlog/problem.ts';
import { telemetry } from '../../platform/telemetry/logger.ts';
import { Metrics } from '../../platform/telemetry/metrics.ts';
import { systemClock } from '../../platform/units/clock.ts';
import { type AppOptions, type Plummet, startPlummet } from '../app.ts';
import type { Role } from '../roles.ts';
import { type Output, UserError, wrap } from './output.ts';

/** Whatever is still under way after this is cut off, so that an orchestrator never has to kill us. */
const DRAIN_MS_MAX = 9000;
const COLUMNS = 78;

export interface ServiceOptions {
  readonly file: string;
  readonly folder: string;
  readonly port: number | undefined;
  readonly roles: readonly Role[];
  readonly replica: 'a' | 'b';
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly demo?: Demo;
  readonly prepare?: AppOptions['prepare'];
  readonly listening?: AppOptions['listening'];
}

export interface Service {
  readonly plummet: Plummet;
  readonly config: Config;
  /** Resolves once SIGTERM or SIGINT came and everything was drained. */
  readonly ended: Promise<void>;
}

/** As a person would name it from where they stand. */
export function shownPath(path: string): string {
  const from = relative(process.cwd(), resolve(path));
  return from.startsWith('..') ? path : from || '.';
}

export function readConfig(file: string, env: ServiceOptions['env'], output: Output): Config {
  const { config, errors } = loadFile(file, env);
  if (config) return config;
  const text = readFileSync(file, 'utf8');
  for (const error of errors) sayProblem(error, text, output);
  const count = errors.length === 1 ? '1 error' : `${errors.length} errors`;
  throw new UserError(`${count} in ${shownPath(file)}: nothing was started.`, { exit: 1 });
}

export function loadFile(file: string, env: ServiceOptions['env']) {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    const hint = 'Name it with --config, or try `plummet demo`, which brings its own.';
    throw new UserError(`there is no configuration at ${shownPath(file)}.`, { hint, exit: 1 });
  }
  return { ...loadConfig(text, { file: shownPath(file), env }), text };
}

export function sayProblem(problem: PlacedProblem, text: string, output: Output): void {
  const mark = problem.warning ? output.mark.warning : output.mark.bad;
  output.talk(`${mark} ${wrap(sentence(problem), COLUMNS, '  ')}`);
  output.talk(['', ...excerpt(problem, text).map((line) => `  ${line}`)].join('\n'));
  if (problem.hint) output.talk(`  ${wrap(problem.hint, COLUMNS, '  ')}`);
  output.talk('');
}

export async function startService(options: ServiceOptions, output: Output): Promise<Service> {
  const { file, env } = options;
  const config = readConfig(file, env, output);
  const metrics = new Metrics();
  const tell = telemetry({ clock: systemClock, metrics, level: env.PLUMMET_LOG ?? 'warn' });
  const plummet = await startPlummet({
    ...options,
    config,
    clock: systemClock,
    telemetry: tell,
    metrics,
    write: (line) => output.talk(line),
  }).catch((error: unknown) => {
    throw asUserError(error, options);
  });
  tell.reload({ value: 1 });
  const watch = watchFile(file, { clock: systemClock, changed: () => reload() });
  async function reload(): Promise<void> {
    const loaded = loadFile(file, env);
    if (!loaded.config) {
      for (const error of loaded.errors) sayProblem(error, loaded.text, output);
      output.talk(`${output.mark.warning} The configuration in force stays as it was.`);
      tell.reload({ value: 0, errors: loaded.errors.length });
      return plummet.refuse(loaded.errors.map((error) => `${sentence(error)} ${error.hint ?? ''}`.trim()));
    }
    await plummet.reload(loaded.config);
    tell.reload({ value: 1 });
  }
  process.on('SIGHUP', () => void reload().catch((error: unknown) => tell.stepFailed({ step: 'reload', error })));
  const ended = terminated(async () => {
    await watch.stop();
    await plummet.stop();
  });
  return { plummet, config, ended };
}

/** A second signal, or too long a drain, ends at once. */
function terminated(drain: () => Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    let asked = false;
    const end = (): void => {
      if (asked) process.exit(1);
      asked = true;
      systemClock.after(DRAIN_MS_MAX, () => process.exit(1));
      drain().then(resolve, reject);
    };
    process.on('SIGTERM', end);
    process.on('SIGINT', end);
  });
}

function asUserError(error: unknown, { folder, port }: ServiceOptions): unknown {
  if (error instanceof EventLogError) {
    const hint = error.code === 'held' ? `Stop it, or give this one a folder of its own: --data DIR (now ${shownPath(folder)}).` : '';
    return new UserError(error.message, { ...(hint && { hint }), exit: error.code === 'held' ? 2 : 1 });
  }
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'EADDRINUSE') {
    return new UserError(`port ${port ?? 'of the YAML'} is taken by another program.`, {
      hint: 'Choose one with --port; 0 takes a free one.',
    });
  }
  if (code === 'EACCES' || code === 'EADDRNOTAVAIL') {
    return new UserError(`the address cannot be bound: ${(error as Error).message}.`, { hint: 'Check server.host and server.port.' });
  }
  return error;
}
