/** `plummet explain METRIC TIME`: from the metric's history in the store, or from the running Plummet that knows it already. */
import type { Config, ConfiguredMetric } from '../../platform/config/load.ts';
import { type ExplanationAnswer, explanationAnswer } from '../../platform/store/explain-answer.ts';
import { explainSecond } from '../../platform/store/explain-second.ts';
import { incidentOf } from '../../platform/store/incidents.ts';
import { systemClock } from '../../platform/units/clock.ts';
import { metricOf } from './backtest-metric.ts';
import { showSecond } from './backtest-words.ts';
import { readConfig } from './config-file.ts';
import { openHistoryStore } from './history-store.ts';
import { momentNear } from './moment.ts';
import { type Output, UserError } from './output.ts';

export interface ExplainMetricFlags {
  readonly metric: string;
  readonly time: string;
  readonly config: string;
  readonly data: string;
  /** A running Plummet: it alone is asked. */
  readonly url?: string | undefined;
}

export interface ExplainedMetric {
  readonly answer: ExplanationAnswer;
  /** Who answered, in words: `the store`, `Plummet at http://127.0.0.1:8080`. */
  readonly by: string;
}

/** It reads up to an hour and a day of history, in turn with whoever else asks. */
const ASK_MS = 20_000;
/** A second is decided on some three seconds after it, where all is well: nobody could explain a newer one. */
const DECIDED_SECONDS = 4;

/** @throws UserError where nothing is known of the second, or nobody can be asked */
export async function explainMetric(flags: ExplainMetricFlags, output: Output): Promise<ExplainedMetric> {
  const config = await readConfig(flags.config, process.env, output);
  const now = systemClock.wall();
  const second = momentNear(flags.time, { timezone: config.timezone, now }) - (flags.time === 'now' ? DECIDED_SECONDS : 0);
  if (second * 1000 > now) {
    throw new UserError(`${showSecond(second)} UTC is in the future.`, { hint: `It is ${showSecond(Math.floor(now / 1000))} UTC now.` });
  }
  if (flags.url !== undefined) return askPlummet(flags.metric, second, { config, base: flags.url });
  const metric = metricOf(flags.metric, config.metrics, 'METRIC');
  const stored = await fromStore(metric, second, { config, folder: flags.data, output });
  if (!(stored instanceof UserError)) return stored;
  // The store is some seconds behind, and a Plummet that runs remembers.
  const running = await askPlummet(metric.name, second, { config, base: `http://${config.server.host}:${config.server.port}` }).catch(
    problem,
  );
  if (!(running instanceof UserError)) return running;
  throw new UserError(stored.message, { hint: `${sentenceOf(running.message)} ${stored.hint ?? ''}`.trim(), exit: stored.exit });
}

/** What stands after a full stop. */
const sentenceOf = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

interface Kept {
  readonly config: Config;
  readonly folder: string;
  readonly output: Output;
}

async function fromStore(metric: ConfiguredMetric, second: number, { config, folder, output }: Kept): Promise<ExplainedMetric | UserError> {
  const store = await openHistoryStore({ config, folder, write: output.talk }).catch(problem);
  if (store instanceof UserError) return store;
  try {
    const found = await explainSecond({ metric, second, store });
    if (found.explanation === null) return nothingKnown(metric.name, second, found);
    const incident = await incidentOf(store, metric.name, second);
    return { answer: explanationAnswer(metric, found, incident), by: 'the store' };
  } finally {
    await store.close();
  }
}

function problem(error: unknown): UserError {
  if (error instanceof UserError) return error;
  throw error;
}

function nothingKnown(name: string, second: number, { from, to }: { from: number | null; to: number | null }): UserError {
  if (from === null || to === null) {
    return new UserError(`there is no history of ${name} as the YAML counts it.`, {
      hint: '`plummet start` keeps it from now on; `plummet import` brings what is known elsewhere. A changed filter begins a new one.',
    });
  }
  const why = second > to ? 'is not in the store yet' : 'is not in the store';
  const reaches = `The history of ${name} reaches from ${showSecond(from)} to ${showSecond(to)} UTC.`;
  return new UserError(`${showSecond(second)} UTC ${why}.`, { hint: reaches });
}

interface Running {
  readonly config: Config;
  readonly base: string;
}

async function askPlummet(metric: string, second: number, { config: { server }, base }: Running): Promise<ExplainedMetric> {
  const token = server.tokens[0]?.token;
  const headers = { ...(token && { authorization: `Bearer ${token}` }) };
  let status: number;
  let answer: ExplanationAnswer | { readonly error?: { readonly message?: string } };
  try {
    const url = new URL(`/api/metrics/${encodeURIComponent(metric)}/explain?at=${second}`, base);
    const response = await fetch(url, { headers, signal: AbortSignal.timeout(ASK_MS) });
    status = response.status;
    answer = (await response.json()) as typeof answer;
  } catch {
    throw new UserError(`no Plummet answers at ${base}.`, { hint: 'Start it, or name it with --url.', exit: 1 });
  }
  if (status === 200 && 'verdict' in answer) return { answer, by: `Plummet at ${base}` };
  const message = 'error' in answer ? answer.error?.message : undefined;
  throw new UserError(`Plummet at ${base} does not say: ${message ?? `it answered with ${status}`}`, { exit: status === 404 ? 2 : 1 });
}
