/** Text → Config or every mistake in it, each with its place. */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { LineCounter, parseDocument } from 'yaml';
import type { MailOptions } from '../../alerting/notify/email/options.ts';
import type { People } from '../../alerting/oncall/contact.ts';
import type { Teams } from '../../alerting/oncall/escalation.ts';
import { type Closing, closedBy, parseClosing } from '../../detectors/counting/closed.ts';
import type { CountedMetric } from '../../detectors/counting/metric.ts';
import { type PageWhen, pageWhenOf } from '../../detectors/steep-drop/page-when.ts';
import type { WriteKey } from '../../ingest/admission/keys.ts';
import { parseDuration } from '../units/duration.ts';
import { place } from './explain.ts';
import type { PlacedProblem, Problem } from './problem.ts';
import { problemsBetweenKeys, warnings } from './rules.ts';
import { type ConfigFile, configSchema } from './schema.ts';
import { resolveSecrets } from './secrets.ts';
import { validate } from './validate.ts';

export interface ConfiguredMetric extends CountedMetric {
  readonly kind: 'write' | 'read';
  readonly critical: boolean;
  readonly pageWhen: PageWhen;
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
  readonly server: {
    readonly host: string;
    readonly port: number;
    readonly publicUrl: string | undefined;
    readonly tokens: readonly ViewerToken[];
  };
  readonly keys: readonly WriteKey[];
  readonly timezone: string;
  readonly maxClockSkewMs: number;
  readonly fsync: 'group' | 'interval' | 'never';
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

const BYTES_MAX = 1_000_000;
const ALIASES_MAX = 100;

export function loadConfig(text: string, { file, env }: LoadOptions): Loaded {
  const lines = new LineCounter();
  const failed = (errors: PlacedProblem[]): Loaded => ({ config: null, errors, warnings: [] });
  if (Buffer.byteLength(text) > BYTES_MAX) return failed([unplaced(file, `is larger than ${BYTES_MAX} bytes: no configuration is.`)]);
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, prettyErrors: false });
  const placed = (problems: readonly Problem[]): PlacedProblem[] => problems.map((problem) => place(problem, file, document, lines));
  if (document.errors.length > 0) {
    return failed(
      document.errors.map(({ message, pos }) => {
        const { line, col } = lines.linePos(pos[0]);
        return { file, path: [], message: `this is no YAML: ${message}`, line, column: col, length: Math.max(1, pos[1] - pos[0]) };
      }),
    );
  }
  let written: unknown;
  try {
    written = document.toJS({ maxAliasCount: ALIASES_MAX });
  } catch (error) {
    return failed([unplaced(file, `this is no YAML that Plummet reads: ${error instanceof Error ? error.message : String(error)}.`)]);
  }
  const shape = validate(configSchema, written);
  if (shape.length > 0) return failed(placed(shape));
  const problems: Problem[] = [];
  const folder = dirname(file);
  const value = resolveSecrets(written, { env, readFile: (path) => readFileSync(resolve(folder, path), 'utf8') }, problems) as ConfigFile;
  if (problems.length === 0) problems.push(...validate(configSchema, value).map(hideValue), ...problemsBetweenKeys(value));
  const config = configOf(value, problems);
  if (problems.length > 0) return failed(placed(problems));
  return { config, errors: [], warnings: placed(warnings(written)) };
}

/** A value that came out of the environment may be a secret: it is not told. */
function hideValue(problem: Problem): Problem {
  return { ...problem, message: problem.message.replace(/found .*\.$/s, 'but what its reference gives is not.') };
}

function unplaced(file: string, message: string): PlacedProblem {
  return { file, path: [], message, line: 1, column: 1, length: 1 };
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
    server: {
      host: file.server?.host ?? '127.0.0.1',
      port: file.server?.port ?? 8080,
      publicUrl: file.server?.public_url,
      tokens: file.server?.tokens ?? [],
    },
    keys: (file.keys ?? []) as WriteKey[],
    timezone,
    maxClockSkewMs: parseDuration(file.max_clock_skew ?? '5s') ?? 5000,
    fsync: file.eventlog?.fsync ?? 'group',
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
      closed: closings.length > 0 ? closedBy(closings, timezone) : () => false,
    },
  ];
}
