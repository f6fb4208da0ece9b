/** Text → Config or every mistake in it, each with its place. */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { steepLimitOf } from '../../alerting/incident/steep-limit.ts';
import type { SecurityOptions } from '../../alerting/notify/allow-private.ts';
import type { MailOptions } from '../../alerting/notify/email/options.ts';
import type { People } from '../../alerting/oncall/contact.ts';
import { morningOf, type Teams } from '../../alerting/oncall/escalation.ts';
import { type Closing, closedBy, parseClosing } from '../../detectors/counting/closed.ts';
import type { CountedMetric } from '../../detectors/counting/metric.ts';
import { BY_DEFAULT, CRITICAL_DEFAULT } from '../../detectors/counting/metric-fragment.ts';
import { sharedOut } from '../../detectors/segments/budget.ts';
import { type PageWhen, pageWhenOf } from '../../detectors/steep-drop/page-when.ts';
import type { WriteKey } from '../../ingest/admission/keys.ts';
import { type KafkaOptions, kafkaOptionsOf } from '../eventlog/kafka/options.ts';
import { type StoreOptions, storeOptionsOf } from '../store/options.ts';
import type { SteepLimit } from '../topics/incidents.ts';
import { aheadOfUtc } from '../units/clock-time.ts';
import { parseDuration } from '../units/duration.ts';
import { type AtStart, atStartOf } from './at-start.ts';
import { place } from './explain.ts';
import type { PlacedProblem, Problem } from './problem.ts';
import { readYaml } from './read-yaml.ts';
import { problemsBetweenKeys } from './rules.ts';
import { CLOCK_SKEW_DEFAULT, type ConfigFile, configSchema, FSYNC_DEFAULT, TIMEZONE_DEFAULT } from './schema.ts';
import { isReference, resolveSecrets } from './secrets.ts';
import { SERVER_DEFAULT } from './server.ts';
import { shareOf, type TeamBudget, teamBudgetOf } from './team-budget.ts';
import { takesNoText, validate } from './validate.ts';
import { warningsOf } from './warnings.ts';

export interface ConfiguredMetric extends CountedMetric {
  readonly kind: 'write' | 'read';
  readonly critical: boolean;
  readonly pageWhen: PageWhen;
  /** Whether the tail of its history may raise its threshold. */
  readonly learns: boolean;
  /** What of it is told beside how steep a fall is. */
  readonly steepLimit: SteepLimit;
  /** Whether a planned closing holds in a second (epoch). */
  readonly closed: (second: number) => boolean;
  /** Seconds that the clock on the wall is ahead of UTC at a second (epoch): by it days and weeks repeat. */
  readonly aheadOfUtc: (second: number) => number;
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
  /** Of the team of every metric; null: each metric has its own. */
  readonly budget: TeamBudget | null;
  /** For which waits what wakes nobody: `09:00`. */
  readonly morning: string;
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
  /** What of it is read at a start alone. */
  readonly atStart: AtStart;
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

const EMPTY: Problem = {
  path: [],
  message: 'nothing stands in this file.',
  hint: 'It begins with `metrics:`, and under it one block for each metric: `orders: { event: order.placed, kind: write }`.',
};

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
  const failed = (errors: PlacedProblem[]): Examined => ({ value: null, errors: tellable(errors.sort(byPlace)), warnings: [] });
  const read = readYaml(text, file);
  if ('errors' in read) return failed(read.errors);
  const { document, lines, written } = read;
  const placed = (problems: readonly Problem[]): PlacedProblem[] => problems.map((problem) => place(problem, file, document, lines));
  if (written === null || written === undefined) return failed(placed([EMPTY]));
  const shape = validate(configSchema, written);
  const mistakes = shape.filter(({ path }) => !isReference(written, path));
  if (mistakes.length > 0) return failed(placed(mistakes));
  const problems: Problem[] = [];
  const folder = dirname(file);
  const value = resolveSecrets(written, { env, readFile: (path) => readFileSync(resolve(folder, path), 'utf8') }, problems) as ConfigFile;
  for (const { path } of shape) if (takesNoText(configSchema, path, written)) readAsWritten(value, path);
  if (problems.length === 0) problems.push(...validate(configSchema, value));
  if (problems.length === 0) problems.push(...problemsBetweenKeys(value));
  if (problems.length === 0) configOf(value, problems);
  if (problems.length > 0) return failed(placed(problems.map((problem) => hideValue(problem, written, value))));
  return { value, errors: [], warnings: placed(warningsOf(written)) };
}

export function settled({ value, errors, warnings }: Examined): Loaded {
  return { config: value && configOf(value, []), errors, warnings };
}

/** `port: ${PORT}`: what the reference gives is a number, or true or false, as if it stood in the YAML. */
function readAsWritten(value: unknown, path: readonly string[]): void {
  const key = path.at(-1) as string;
  const block = path.slice(0, -1).reduce<unknown>((inner, name) => (inner as Record<string, unknown>)[name], value) as Record<
    string,
    unknown
  >;
  const text = String(block[key]).trim();
  if (/^(true|false)$/.test(text)) block[key] = text === 'true';
  else if (/^-?\d+(\.\d+)?$/.test(text)) block[key] = Number(text);
}

/** A value that came out of the environment or a file may be a secret: it is not told. */
function hideValue(problem: Problem, written: unknown, value: unknown): Problem {
  const { path, hint, ...others } = problem;
  if (!isReference(written, path)) return problem;
  const secret = String(path.reduce<unknown>((inner, key) => (inner as Record<string, unknown> | undefined)?.[key], value));
  const without = others.message
    .replace(/^found .*$/s, 'what its reference gives cannot stand here.')
    .replace(/found .*\.$/s, 'but what its reference gives is not.');
  const message = secret === '' ? without : without.replaceAll(`"${secret}"`, secret).replaceAll(secret, 'what its reference gives');
  return { ...others, path, message, ...(hint && (secret === '' || !hint.includes(secret)) && { hint }) };
}

const byPlace = (a: PlacedProblem, b: PlacedProblem): number => a.line - b.line || a.column - b.column;

function tellable(errors: PlacedProblem[]): PlacedProblem[] {
  const next = errors[ERRORS_TOLD_MAX];
  if (!next) return errors;
  const { file, line, column } = next;
  const message = `this and ${errors.length - ERRORS_TOLD_MAX - 1} more mistakes follow.`;
  return [...errors.slice(0, ERRORS_TOLD_MAX), { file, line, column, path: [], message, length: 1 }];
}

function configOf(file: ConfigFile, problems: Problem[]): Config {
  const { timezone = TIMEZONE_DEFAULT, server } = file;
  const budget = teamBudgetOf(file);
  return {
    metrics:
      problems.length > 0
        ? []
        : Object.entries(file.metrics).flatMap(([name, metric]) => metricOf(name, metric, { timezone, budget }, problems)),
    people: file.people ?? {},
    teams: file.teams,
    budget,
    morning: morningOf(file.teams),
    operators: file.operators ?? [],
    mail: file.mail,
    security: file.security,
    server: {
      host: server?.host ?? SERVER_DEFAULT.host,
      port: server?.port ?? SERVER_DEFAULT.port,
      publicUrl: server?.public_url,
      tokens: server?.tokens ?? [],
    },
    keys: (file.keys ?? []) as WriteKey[],
    timezone,
    clockSkewMsMax: parseDuration(file.max_clock_skew ?? CLOCK_SKEW_DEFAULT) ?? 0,
    atStart: atStartOf(file),
    fsync: file.eventlog?.fsync ?? FSYNC_DEFAULT,
    ...(file.eventlog?.kafka && { kafka: kafkaOptionsOf(file.eventlog.kafka) }),
    store: storeOptionsOf(file.store, file.retention),
  };
}

interface Around {
  readonly timezone: string;
  readonly budget: TeamBudget | null;
}

/** What `by` adds to a metric, and what it takes of its budget; a field of which nothing is watched takes none. */
function segmented(by: ConfigFile['metrics'][string]['by'], pageWhen: PageWhen): Pick<ConfiguredMetric, 'pageWhen' | 'by'> {
  if (by === undefined) return { pageWhen };
  const { field, max, watch } = { ...BY_DEFAULT, ...(typeof by === 'string' ? { field: by } : by) };
  const { whole, segmentsFalsePagesPerYear } = sharedOut(pageWhen);
  return watch ? { pageWhen: whole, by: { field, max, segmentsFalsePagesPerYear } } : { pageWhen, by: { field, max } };
}

function metricOf(
  name: string,
  metric: ConfigFile['metrics'][string],
  { timezone, budget }: Around,
  problems: Problem[],
): ConfiguredMetric[] {
  const written = pageWhenOf(metric.page_when ?? {});
  if ('message' in written) {
    const { key, message, hint } = written;
    problems.push({ path: ['metrics', name, 'page_when', ...(key ? [key] : [])], message, ...(hint && { hint }) });
    return [];
  }
  const share = shareOf(budget, name);
  const pageWhen = share === undefined ? written : { ...written, falsePagesPerYear: share };
  const critical = metric.critical ?? CRITICAL_DEFAULT;
  const closings = (metric.closed ?? []).map(parseClosing).filter((closing): closing is Closing => closing !== null);
  const where = metric.where && Object.entries(metric.where).map(([field, value]) => [field, Array.isArray(value) ? value : [value]]);
  return [
    {
      name,
      event: metric.event,
      kind: metric.kind,
      critical,
      ...(where && { where: Object.fromEntries(where) }),
      ...(metric.value !== undefined && { value: metric.value }),
      ...segmented(metric.by, pageWhen),
      learns: critical && pageWhen.sigmas === undefined && (metric.page_when?.learn ?? true),
      steepLimit: steepLimitOf(pageWhen, metric.page_when?.within !== undefined),
      closed: closings.length > 0 ? closedBy(closings, timezone) : () => false,
      aheadOfUtc: aheadOfUtc(timezone),
    },
  ];
}
