/** What `start` and `demo` share: a configuration file, a running Plummet, its reload, its end. */

import { readFileSync, statSync } from 'node:fs';
import type { Demo } from '../../dashboards/routes/demo.ts';
import type { Slice } from '../../detectors/counting/slices.ts';
import { sentence } from '../../platform/config/explain.ts';
import type { Config } from '../../platform/config/load.ts';
import { loadAside } from '../../platform/config/load-aside.ts';
import { watchFile } from '../../platform/config/watch.ts';
import { EventLogError } from '../../platform/eventlog/problem.ts';
import { telemetry } from '../../platform/telemetry/logger.ts';
import { Metrics } from '../../platform/telemetry/metrics.ts';
import type { Replica } from '../../platform/topics/config.ts';
import { systemClock } from '../../platform/units/clock.ts';
import { type AppOptions, type Plummet, startPlummet } from '../app.ts';
import type { Role } from '../roles.ts';
import { loadFileAside, sayProblem, shownPath } from './config-file.ts';
import { type Output, UserError } from './output.ts';
import { watchCalendars } from './watch-calendars.ts';

/** Whatever is still under way after this is cut off, so that an orchestrator never has to kill us. */
const DRAIN_MS_MAX = 9000;

export interface ServiceOptions {
  /** What the file said when it was read. */
  readonly config: Config;
  readonly file: string;
  readonly folder: string;
  readonly port: number | undefined;
  readonly roles: readonly Role[];
  readonly replica: Replica;
  readonly slice?: Slice | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly demo?: Demo;
  readonly prepare?: AppOptions['prepare'];
  readonly listening?: AppOptions['listening'];
  readonly around?: AppOptions['around'];
  readonly beside?: AppOptions['beside'];
  /** Called first when it is told to end, while events are still taken. */
  readonly leaving?: () => Promise<void>;
}

export interface Service {
  readonly plummet: Plummet;
  /** Resolves once SIGTERM or SIGINT came and everything was drained. */
  readonly ended: Promise<void>;
}

export async function startService(options: ServiceOptions, output: Output): Promise<Service> {
  const { file, env } = options;
  const metrics = new Metrics();
  const tell = telemetry({ clock: systemClock, metrics, level: env.PLUMMET_LOG ?? 'warn' });
  const saved = savedOf(options);
  /** What the file said last, so that what comes back by the event log need not be examined again. */
  let read: Awaited<ReturnType<typeof loadFileAside>> | undefined;
  const plummet = await startPlummet({
    ...options,
    yaml: {
      ...saved,
      load: async (text, calendars) => {
        if (read?.text === text && isSame(read.config?.calendars, calendars)) return read;
        return loadAside(text, { file: shownPath(file), env, calendars }, systemClock);
      },
    },
    clock: systemClock,
    telemetry: tell,
    metrics,
    write: (line) => output.talk(line),
  }).catch((error: unknown) => {
    throw asUserError(error, options);
  });
  tell.reload({ value: 1 });
  const reload = inTurn(
    async () => {
      const loaded = await loadFileAside(file, env);
      calendars.follow(loaded.calendars);
      if (!loaded.config) {
        for (const error of loaded.errors) sayProblem(error, loaded.text, output);
        output.talk(`${output.mark.warning} The configuration in force stays as it was.`);
        tell.reload({ value: 0, errors: loaded.errors.length });
        return plummet.refuse(loaded.errors.map((error) => `${sentence(error)} ${error.hint ?? ''}`.trim()));
      }
      read = loaded;
      await plummet.reload(loaded.config, loaded.text);
      tell.reload({ value: 1 });
    },
    (error) => tell.stepFailed({ step: 'reload', error }),
  );
  const watch = watchFile(file, { clock: systemClock, text: saved.text, changed: reload });
  const calendars = watchCalendars(file, { clock: systemClock, changed: reload });
  calendars.follow(options.config.calendars);
  process.on('SIGHUP', () => void reload());
  const ended = terminated(async () => {
    await watch.stop();
    await calendars.stop();
    await options.leaving?.();
    await plummet.stop();
  });
  return { plummet, ended };
}

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Where the event log is this machine's own, no other machine can have a newer YAML. */
function savedOf({ file, config }: ServiceOptions): { text: string; savedAt: number } {
  return { text: readFileSync(file, 'utf8'), savedAt: config.kafka ? statSync(file).mtimeMs : Number.POSITIVE_INFINITY };
}

/** One after the other, so that the newest text is the last one that is read; what fails is told and ends nothing. */
function inTurn(work: () => Promise<void>, failed: (error: unknown) => void): () => Promise<void> {
  let last = Promise.resolve();
  return () => {
    last = last.then(work).catch(failed);
    return last;
  };
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
