/** A Prometheus, or what speaks its API, as a source: range queries in windows below its limit of points → rows of seconds. */

import type { Rows } from '../../detectors/backtest/csv.ts';
import { COUNT_MAX, CsvProblem } from '../../detectors/backtest/csv-line.ts';
import { spread } from '../../detectors/backtest/spread.ts';
import { hash53 } from '../../detectors/counting/hash.ts';
import { parseDuration, showDuration } from '../../platform/units/duration.ts';
import { showSecond } from './backtest-words.ts';
import { UserError } from './output.ts';
import { pause } from './pause.ts';
import { oneLine, refusalOf, valuesOf } from './prometheus-answer.ts';
import type { Login } from './secret-flag.ts';

/** Prometheus refuses more than 11,000 points a series. */
const POINTS_MAX = 10_000;
/** Seconds of one window that are handed on together. */
const WINDOW_SECONDS_MAX = 36_000;
const ANSWER_MS_MAX = 120_000;
/** One series of that many points has 300 kB. */
const ANSWER_BYTES_MAX = 16 * 2 ** 20;
/** What says 429 or 5xx, or breaks off, is asked again. */
const AGAIN_MS = [500, 2000, 5000] as const;
/** Longer ones would hide what a day looks like. */
export const STEP_SECONDS_MAX = 300;

export interface PrometheusSource {
  readonly url: URL;
  readonly login: Login | null;
  readonly bearer: string | null;
  readonly query: string;
  /** The first second, and the first after the last, since the epoch. */
  readonly from: number;
  readonly to: number;
  readonly step: number;
  /** The metric counts events, so that what is of many seconds may be spread over them. */
  readonly whole: boolean;
}

export function nameOf({ url }: Pick<PrometheusSource, 'url'>): string {
  return `Prometheus at ${url.origin}`;
}

/**
 * The value at a time is taken for the events of the step that ends then: `increase(orders_total[60s])`, step 60 s.
 *
 * @param heard  is told the seconds of each window
 * @returns what was handled and should be said
 * @throws UserError, CsvProblem
 */
export async function readPrometheus(
  source: PrometheusSource,
  take: (rows: Rows) => void,
  { heard, signal }: { heard: (seconds: number) => void; signal: AbortSignal },
): Promise<string[]> {
  const { from, to, step } = source;
  const span = Math.min(POINTS_MAX * step, Math.floor(WINDOW_SECONDS_MAX / step) * step);
  const warnings = new Set<string>();
  const cut = new Cut(source);
  let found = 0;
  for (let at = from; at < to; at += span) {
    const end = Math.min(to, at + span);
    const body = await answerOf(source, at + step, end, signal);
    const window = valuesOf(body, nameOf(source));
    for (const warning of window.warnings) warnings.add(`it warns: ${warning}`);
    found += window.values.length;
    take(cut.rows(window.values));
    heard(end - at);
  }
  if (found === 0) throw new CsvProblem(null, `the query gives no value from ${showSecond(from)} to ${showSecond(to)} UTC.`, EMPTY_HINT);
  if (step > 1) {
    const spreading = source.whole ? ', and were spread over their seconds by chance: finer noise is not known' : '';
    warnings.add(`values are of ${showDuration(step * 1000)} each${spreading}`);
  }
  return [...warnings];
}

const EMPTY_HINT =
  'Try it in the Graph of Prometheus. A counter scraped every 15 s has no increase within 1 s: ask for minutes, ' +
  "--step 60s --query 'sum(increase(orders_total[60s]))'";

/** Values of steps → rows of seconds. Parts of events, which `increase` makes, are carried on, so that the sum stays true. */
class Cut {
  readonly #source: PrometheusSource;
  readonly #seed: number;
  #carried = 0;

  constructor(source: PrometheusSource) {
    this.#source = source;
    this.#seed = hash53(source.query);
  }

  rows(values: readonly (readonly [number, number])[]): Rows {
    const { step, whole } = this.#source;
    const length = values.length * step;
    const rows = { seconds: new Float64Array(length), counts: new Float64Array(length), lines: new Float64Array(length), length };
    values.forEach(([at, value], i) => {
      demandCount(value, at);
      const first = Math.round(at) - step;
      const counts = whole ? spread(this.#wholeOf(value), step, this.#seed + first) : [value];
      for (let k = 0; k < step; k++) {
        rows.seconds[i * step + k] = first + k;
        rows.counts[i * step + k] = counts[k] as number;
      }
    });
    return rows;
  }

  #wholeOf(value: number): number {
    const count = Math.max(0, Math.round(value + this.#carried));
    this.#carried += value - count;
    return count;
  }
}

function demandCount(value: number, at: number): void {
  if (value >= 0 && value <= COUNT_MAX) return;
  const hint =
    'Counts run from 0 to 1,000,000,000,000. Of a counter ask for increase(…), which knows restarts; delta and deriv go below 0.';
  throw new CsvProblem(null, `the value at ${showSecond(at)} UTC is ${value}.`, hint);
}

async function answerOf(source: PrometheusSource, start: number, end: number, signal: AbortSignal): Promise<string> {
  const body = new URLSearchParams({ query: source.query, start: String(start), end: String(end), step: String(source.step) });
  const url = new URL(`${source.url.pathname.replace(/\/+$/, '')}/api/v1/query_range`, source.url);
  for (let tried = 0; ; tried++) {
    const last = tried === AGAIN_MS.length;
    try {
      const limits = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS_MAX)]);
      const response = await fetch(url, { method: 'POST', body, headers: headersOf(source), signal: limits });
      const text = await textOf(response);
      if (response.ok) return text;
      if (last || (response.status !== 429 && response.status < 500)) throw refusalOf(response.status, text, nameOf(source));
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof UserError) throw error;
      if (last) throw unreachable(error, source);
    }
    await pause(AGAIN_MS[tried] as number);
  }
}

function headersOf({ login, bearer }: PrometheusSource): Record<string, string> {
  if (bearer !== null) return { authorization: `Bearer ${bearer}` };
  if (login) return { authorization: `Basic ${Buffer.from(`${login.user}:${login.password}`).toString('base64')}` };
  return {};
}

async function textOf({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += (chunk as Uint8Array).length;
    if (bytes > ANSWER_BYTES_MAX) {
      const hint = 'Let the query give one series: put sum(…) around it.';
      throw new UserError(`one answer has more than ${ANSWER_BYTES_MAX / 2 ** 20} MB.`, { hint });
    }
    chunks.push(chunk as Uint8Array);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function unreachable(error: unknown, source: PrometheusSource): UserError {
  const { name, message, cause } = error as Error & { cause?: NodeJS.ErrnoException };
  const late = `no answer within ${ANSWER_MS_MAX / 1000} s`;
  const why = name === 'TimeoutError' ? late : (cause?.code ?? oneLine(cause?.message ?? message));
  return new UserError(`${nameOf(source)} does not answer (${why}).`, {
    hint: 'Start it, or correct --prometheus. Nothing was imported.',
    exit: 1,
  });
}

/** What a query counts that is asked every `step` seconds. @throws UserError where it would count events several times, or some never */
export function demandFitting(query: string, step: number): void {
  const ranges = [...query.matchAll(/\bincrease\s*\([^[\]]*\[([^\]:]+)\]/g)].map((match) => match[1] as string);
  for (const range of ranges) {
    const ms = parseDuration(range);
    if (ms === null || ms === step * 1000) continue;
    const often = ms > step * 1000 ? `each event ${Math.round(ms / 10 / step) / 100} times` : 'only some of the events';
    const hint = `Write [${step}s] in the query, or --step ${range.trim()}.`;
    throw new UserError(`--query counts ${often}: it looks back ${range.trim()}, and is asked every ${step} s.`, { hint });
  }
}

/** What is no mistake and should be said. */
export function doubtsAbout(query: string, step: number): string[] {
  if (step === 1 || !/\b(i?rate)\s*\(/.test(query)) return [];
  return [`the query has a rate, which is events per second: what is wanted are those of ${step} s, like increase(orders_total[${step}s])`];
}
