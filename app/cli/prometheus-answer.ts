/** What a Prometheus answers to a range query → the values of one series, or what is wrong with it in words. */
import { UserError } from './output.ts';

export interface Values {
  /** Time (epoch second) and value; NaN and what is missing is left out. */
  readonly values: readonly (readonly [number, number])[];
  readonly warnings: readonly string[];
}

const SAID_LENGTH_MAX = 500;

const ONE_SERIES = 'Let the query give one series: put sum(…) around it.';

/** @param body  of an answer with status 200 @throws UserError */
export function valuesOf(body: string, name: string): Values {
  const answer = parsed(body);
  if (answer?.status !== 'success') throw new UserError(`${name} answers, but not as a Prometheus does: ${oneLine(body)}`, NO_PROMETHEUS);
  const { resultType, result } = answer.data ?? {};
  if (resultType !== 'matrix' || !Array.isArray(result)) {
    throw new UserError(`${name} answers with ${resultType ?? 'nothing'}, where a range query has a matrix.`, NO_PROMETHEUS);
  }
  if (result.length > 1) throw new UserError(`the query gives ${result.length.toLocaleString('en-US')} series.`, { hint: ONE_SERIES });
  const [series] = result;
  if (series && !series.values) {
    throw new UserError('the query gives native histograms, not numbers.', { hint: 'Count with histogram_count(increase(…)).' });
  }
  const values = (series?.values ?? []).map(([at, text]) => [at, numberOf(text)] as const).filter(([, value]) => !Number.isNaN(value));
  return { values, warnings: [...(answer.warnings ?? []), ...(answer.infos ?? [])].map(oneLine) };
}

/** As Go writes them: NaN, +Inf and -Inf, too. */
function numberOf(text: string): number {
  return Number(text.replace(/Inf$/, 'Infinity'));
}

/** @returns what a refusal means, and what to do */
export function refusalOf(status: number, body: string, name: string): UserError {
  const answer = parsed(body);
  const said = answer?.error ?? oneLine(body);
  if (status === 401 || status === 403) {
    const hint = "Say who asks: --bearer '${PROMETHEUS_TOKEN}', or http://user:${PROMETHEUS_PASSWORD}@host:9090 in --prometheus.";
    return new UserError(`${name} does not let us in (${status}).`, { hint, exit: 1 });
  }
  if (answer?.errorType === 'bad_data')
    return new UserError(`${name} cannot read the query: ${oneLine(said)}`, { hint: 'Correct --query.', exit: 1 });
  if (status === 404) return new UserError(`${name} has no /api/v1/query_range (404).`, NO_PROMETHEUS);
  return new UserError(`${name} refuses (${status}${answer?.errorType ? `, ${answer.errorType}` : ''}): ${oneLine(said)}`, {
    hint: 'A query that is too much for it is asked of a recording rule, or in parts by --from and --to. Nothing was imported.',
    exit: 1,
  });
}

interface Answer {
  readonly status?: string;
  readonly errorType?: string;
  readonly error?: string;
  readonly warnings?: string[];
  readonly infos?: string[];
  readonly data?: { readonly resultType?: string; readonly result?: { readonly values?: [number, string][] }[] };
}

const NO_PROMETHEUS = { hint: 'Name its base address, like http://prometheus:9090 or https://mimir.example/prometheus', exit: 1 as const };

function parsed(body: string): Answer | null {
  try {
    return JSON.parse(body) as Answer | null;
  } catch {
    return null;
  }
}

export function oneLine(text: string): string {
  return text
    .trim()
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .slice(0, SAID_LENGTH_MAX);
}
