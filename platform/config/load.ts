/** Text → Config or every mistake in it, each with its place. */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { steepLimitOf } from '../../alerting/incident/steep-limit.ts';
import type { SecurityOptions } from '../../alerting/notify/allow-private.ts';
import type { MailOptions } from '../../alerting/notify/email/options.ts';
import type { People } from '../../alerting/oncall/contact.ts';
import type { Teams } from '../../alerting/oncall/escalation.ts';
import { type Closing, closedBy, parseClosing } from '../../detectors/counting/closed.ts';
import type { CountedMetric } from '../../detectors/counting/metric.ts';
import { type PageWhen, pageWhenOf } from '../../detectors/steep-drop/page-when.ts';
import type { WriteKey } from '../../ingest/admission/keys.ts';
import { type KafkaOptions, kafkaOptionsOf } from '../eventlog/kafka/options.ts';
import { type StoreOptions, storeOptionsOf } from '../store/options.ts';
import type { SteepLimit } from '../topics/incidents.ts';
import { parseDuration } from '../units/duration.ts';
import { place } from './explain.ts';
import type { PlacedProblem, Problem } from './problem.ts';
import { readYaml } from './read-yaml.ts';
import { problemsBetweenKeys, warnings } from './rules.ts';
import { type ConfigFile, configSchema } from './schema.ts';
import { isReference, resolveSecrets } from './secrets.ts';
import { validate } from './validate.ts';

export interface ConfiguredMetric extends CountedMetric {
  readonly kind: 'write' | 'read';
  readonly critical: boolean;
  readonly pageWhen: PageWhen;
  /** What of it is told beside how steep a fall is. */
  readonly steepLimit: SteepLimit;
  /** Whether a planned closing holds in a second (epoch). */
  readonly closed: (second: number) => boolean;
}

interface ViewerToken {
  readonly name: string;
  readonly role: 'viewer' | 'responder' | 'editor' | 'admin';
  readonly token: string;
}

/** What holds: every default filled in, every reference resolved. */
export interface Config {
  readonly metrics: readonly ConfiguredMetric[];
  readonly people: People;
  readonly teams: Teams | undefined;
  readonly operators: readonly string[];
  readonly mail: MailOptions | undefined;
  readonly security: SecurityOptions | undefined;
  readonly server: {
    readonly host: string;
    readonly port: number;
    readonly publicUrl: string | undefined;
    readonly tokens: readonly ViewerToken[];
  };
  readonly keys: readonly WriteKey[];
  readonly timezone: string;
  readonly clockSkewMsMax: number;
  readonly fsync: 'group' | 'interval' | 'never';
  /** Where the event log is; left out: files in the data folder. */
  readonly kafka?: KafkaOptions;
  /** Null: no history is kept. */
  readonly store: StoreOptions | null;
}

export interface Loaded {
  /** Null where there are errors. */
  readonly config: Config | null;
  readonly errors: readonly PlacedProblem[];
  readonly warnings: readonly PlacedProblem[];
}

export interface LoadOptions {
  /** As it is shown in messages; `file:` references are relative to its folder. */
  readonly file: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** More mistakes than anybody mends at once; the rest is told by their number. */
const ERRORS_TOLD_MAX = 20;

/** What a YAML says, with every reference resolved, as plain data that can be handed from thread to thread. */
export interface Examined {
  /** Null where there are errors. */
  readonly value: ConfigFile | null;
  readonly errors: readonly PlacedProblem[];
  readonly warnings: readonly PlacedProblem[];
}

export function loadConfig(text: string, options: LoadOptions): Loaded {
  return settled(examine(text, options));
}

/** All that takes long where a YAML is long, or made to be. */
export function examine(text: string, { file, env }: LoadOptions): Examined {
  const failed = (errors: PlacedProblem[]): Examined => ({ value: null, errors: tellable(errors), warnings: [] });
  const read = readYaml(text, file);
  if ('errors' in read) return failed(read.errors);
  const { document, lines, written } = read;
  const placed = (problems: readonly Problem[]): PlacedProblem[] => problems.map((problem) => place(problem, file, document, lines));
  const shape = validate(configSchema, written).filter(({ path }) => !isReference(written, path));
  if (shape.length > 0) return failed(placed(shape));
  const problems: Problem[] = [];
  const folder = dirname(file);
  const value = resolveSecrets(written, { env, readFile: (path) => readFileSync(resolve(folder, path), 'utf8') }, problems) as ConfigFile;
  if (problems.length === 0) problems.push(...validate(configSchema, value).map(hideValue), ...problemsBetweenKeys(value));
  configOf(value, problems);
  if (problems.length > 0) return failed(placed(problems));
  return { value, errors: [], warnings: placed(warnings(written)) };
}

export function settled({ value, errors, warnings }: Examined): Loaded {
  return { config: value && configOf(value, []), errors, warnings };
}

/** A value that came out of the environment may be a secret: it is not told. */
function hideValue(problem: Problem): Problem {
  return { ...problem, message: problem.message.replace(/found .*\.$/s, 'but what its reference gives is not.') };
}

function tellable(errors: PlacedProblem[]): PlacedProblem[] {
  const next = errors[ERRORS_TOLD_MAX];
  if (!next) return errors;
  const { file, line, column } = next;
  const message = `this and ${errors.length - ERRORS_TOLD_MAX - 1} more mistakes follow.`;
  return [...errors.slice(0, ERRORS_TOLD_MAX), { file, line, column, path: [], message, length: 1 }];
}

function configOf(file: ConfigFile, problems: Problem[]): Config {
  const timezone = file.timezone ?? 'UTC';
  return {
    metrics:
      problems.length > 0 ? [] : Object.entries(file.metrics).flatMap(([name, metric]) => metricOf(name, metric, timezone, problems)),
    people: file.people ?? {},
    teams: file.teams,
    operators: file.operators ?? [],
    mail: file.mail,
    security: file.security,
    server: {
      host: file.server?.host ?? '127.0.0.1',
      port: file.server?.port ?? 8080,
      publicUrl: file.server?.public_url,
      tokens: file.server?.tokens ?? [],
    },
    keys: (file.keys ?? []) as WriteKey[],
    timezone,
    clockSkewMsMax: parseDuration(file.max_clock_skew ?? '5s') ?? 5000,
    fsync: file.eventlog?.fsync ?? 'group',
    ...(file.eventlog?.kafka && { kafka: kafkaOptionsOf(file.eventlog.kafka) }),
    store: storeOptionsOf(file.store, file.retention),
  };
}

function metricOf(name: string, metric: ConfigFile['metrics'][string], timezone: string, problems: Problem[]): ConfiguredMetric[] {
  const pageWhen = pageWhenOf(metric.page_when ?? {});
  if ('message' in pageWhen) {
    const { key, message, hint } = pageWhen;
    problems.push({ path: ['metrics', name, 'page_when', ...(key ? [key] : [])], message, ...(hint && { hint }) });
    return [];
  }
  const closings = (metric.closed ?? []).map(parseClosing).filter((closing): closing is Closing => closing !== null);
  const where = metric.where && Object.entries(metric.where).map(([field, value]) => [field, Array.isArray(value) ? value : [value]]);
  return [
    {
      name,
      event: metric.event,
      kind: metric.kind,
      critical: metric.critical ?? false,
      ...(where && { where: Object.fromEntries(where) }),
      ...(metric.value !== undefined && { value: metric.value }),
      pageWhen,
      steepLimit: steepLimitOf(pageWhen, metric.page_when?.within !== undefined),
      closed: closings.length > 0 ? closedBy(closings, timezone) : () => false,
    },
  ];
}
