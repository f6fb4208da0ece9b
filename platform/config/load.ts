/** Text → Config or every mistake in it, each with its place. */
import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { steepLimitOf } from '../../alerting/incident/steep-limit.ts';
import type { SecurityOptions } from '../../alerting/notify/allow-private.ts';
import type { MailOptions } from '../../alerting/notify/email/options.ts';
import type { People } from '../../alerting/oncall/contact.ts';
import { morningOf, type Teams } from '../../alerting/oncall/escalation.ts';
import type { CountedMetric } from '../../detectors/counting/metric.ts';
import { BY_DEFAULT, CRITICAL_DEFAULT } from '../../detectors/counting/metric-fragment.ts';
import type { Calendar } from '../../detectors/planned/occurrences.ts';
import { expectedBy } from '../../detectors/planned/plan.ts';
import { ianaZone } from '../../detectors/planned/zone.ts';
import { sharedOut } from '../../detectors/segments/budget.ts';
import { type PageWhen, pageWhenOf } from '../../detectors/steep-drop/page-when.ts';
import type { WriteKey } from '../../ingest/admission/keys.ts';
import { type KafkaOptions, kafkaOptionsOf } from '../eventlog/kafka/options.ts';
import { type StoreOptions, storeOptionsOf } from '../store/options.ts';
import type { SteepLimit } from '../topics/incidents.ts';
import { parseDuration } from '../units/duration.ts';
import { type AtStart, atStartOf } from './at-start.ts';
import { place } from './explain.ts';
import {
  type CalendarTexts,
  calendarTextsMax,
  type Plans,
  plansOf,
  problemsOfPlanned,
  readCalendars,
  warningsOfPlanned,
} from './planned.ts';
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
  /** Whether a planned event does, but for its last minutes. */
  readonly expected: (second: number) => boolean;
  /** All that is planned, for whoever shows it. */
  readonly plans: Plans;
  /** Names of other metrics that are told beside it. */
  readonly peers: readonly string[];
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
  /** Texts of the calendars that it names: they travel with it. */
  readonly calendars: CalendarTexts;
}

export interface Loaded {
  /** Null where there are errors. */
  readonly config: Config | null;
  readonly errors: readonly PlacedProblem[];
  readonly warnings: readonly PlacedProblem[];
  /** Calendars that it names, also where there are errors: their texts by their paths, null where one cannot be read. */
  readonly calendars: Readonly<Record<string, string | null>>;
}

export interface LoadOptions {
  /** As it is shown in messages; `file:` references are relative to its folder. */
  readonly file: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Texts of calendars that came along with it: they stand for the files of this machine. */
  readonly calendars?: CalendarTexts | undefined;
  /** Second since the epoch; left out: nothing is warned of that depends on the date. */
  readonly now?: number | undefined;
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
  readonly texts: Readonly<Record<string, string | null>>;
  readonly calendars: Readonly<Record<string, Calendar>>;
}

export function loadConfig(text: string, options: LoadOptions): Loaded {
  return settled(examine(text, options));
}

/** All that takes long where a YAML is long, or made to be. */
export function examine(text: string, { file, env, calendars: known, now }: LoadOptions): Examined {
  const failed = (errors: PlacedProblem[], texts: Examined['texts'] = {}): Examined => {
    return { value: null, errors: tellable(errors.sort(byPlace)), warnings: [], texts, calendars: {} };
  };
  const yaml = readYaml(text, file);
  if ('errors' in yaml) return failed(yaml.errors);
  const { document, lines, written } = yaml;
  const placed = (problems: readonly Problem[]): PlacedProblem[] => problems.map((problem) => place(problem, file, document, lines));
  if (written === null || written === undefined) return failed(placed([EMPTY]));
  const shape = validate(configSchema, written);
  const mistakes = shape.filter(({ path }) => !isReference(written, path));
  if (mistakes.length > 0) return failed(placed(mistakes));
  const problems: Problem[] = [];
  const readFile = (path: string): string => readFileSync(resolve(dirname(file), path), 'utf8');
  const readCalendar = (path: string): string => known?.[path] ?? readFile(bounded(resolve(dirname(file), path)));
  const value = resolveSecrets(written, { env, readFile }, problems) as ConfigFile;
  for (const { path } of shape) if (takesNoText(configSchema, path, written)) readAsWritten(value, path);
  if (problems.length === 0) problems.push(...validate(configSchema, value));
  if (problems.length === 0) problems.push(...problemsBetweenKeys(value));
  const read = problems.length === 0 ? readCalendars(value, readCalendar) : null;
  if (read) problems.push(...read.problems, ...problemsOfPlanned(value, read.calendars));
  if (read && problems.length === 0) configOf(value, read, problems);
  const { texts = {}, calendars = {} } = read ?? {};
  if (problems.length > 0) return failed(placed(problems.map((problem) => hideValue(problem, written, value))), texts);
  return { value, errors: [], warnings: placed([...warningsOf(written), ...warningsOfPlanned(value, calendars, now)]), texts, calendars };
}

export function settled({ value, errors, warnings, texts, calendars }: Examined): Loaded {
  return { config: value && configOf(value, { texts, calendars }, []), errors, warnings, calendars: texts };
}

/** @returns the path. @throws RangeError where no calendar is so large */
function bounded(path: string): string {
  if (statSync(path).size > calendarTextsMax.bytes) throw new RangeError(path);
  return path;
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

type Read = Pick<Examined, 'texts' | 'calendars'>;

function configOf(file: ConfigFile, { texts, calendars }: Read, problems: Problem[]): Config {
  const { timezone = TIMEZONE_DEFAULT, server } = file;
  const budget = teamBudgetOf(file);
  const plans = plansOf(file, calendars);
  const zone = ianaZone(timezone).offset;
  return {
    metrics: Object.entries(file.metrics).flatMap(([name, metric]) =>
      metricOf(name, metric, { plans: plans(name), zone, budget }, problems),
    ),
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
    calendars: Object.fromEntries(Object.entries(texts).flatMap(([name, text]) => (text === null ? [] : [[name, text]]))),
  };
}

interface Around {
  readonly plans: Plans;
  /** Seconds that the clock on the wall is ahead of UTC. */
  readonly zone: (second: number) => number;
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
  { plans, zone, budget }: Around,
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
      closed: (second) => plans.closed.holds(second),
      expected: expectedBy(plans.expect),
      aheadOfUtc: zone,
      plans,
      peers: metric.peers ?? [],
    },
  ];
}
