/** How long each metric needs to be sure, as `plummet check` tells it: from a running Plummet, or from recorded counts. */
import type { MetricNow } from '../../dashboards/live-frames.ts';
import { inEvents } from '../../detectors/compound/sum-drop.ts';
import { secondsToPage } from '../../detectors/steep-drop/delay.ts';
import { LOST } from '../../detectors/steep-drop/outlook.ts';
import type { PageWhen } from '../../detectors/steep-drop/page-when.ts';
import { REFERENCES } from '../../detectors/steep-drop/rate.ts';
import { falsePagesPerYearOf } from '../../detectors/steep-drop/threshold.ts';
import { raisedAt } from '../../detectors/tail/learned.ts';
import type { Config, ConfiguredMetric } from '../../platform/config/load.ts';
import type { HistoryFacts, OutlookFacts, SignalState, SpeedFacts } from '../../platform/topics/signals.ts';
import { UserError } from './output.ts';
import type { Recorded } from './recorded.ts';

const ASK_MS = 1000;

/** What is known of one metric. */
export interface Needs {
  readonly name: string;
  /** Event type. */
  readonly event: string;
  readonly critical: boolean;
  readonly pageWhen: PageWhen;
  /** What its segments may cost together, beside the whole. */
  readonly segmentsFalsePagesPerYear?: number;
  /** Its segments that never page by themselves, as a running Plummet knows them. */
  readonly segmentsTooSlow?: readonly string[];
  /** Where the numbers come from; null = nobody knows the metric. */
  readonly from: 'running' | 'csv' | null;
  readonly state: SignalState | null;
  /** Seconds done of the hour that warming takes. */
  readonly warmSeconds: number | null;
  /** Events/s; known some seconds before the times are. */
  readonly usual: number | null;
  /** Null while there is no usual rate. */
  readonly now: SpeedFacts | null;
  /** Null before a whole day is known. */
  readonly quietest: OutlookFacts['quietest'];
  readonly day: SpeedFacts | null;
  readonly isNoiseKnown: boolean;
  /** Of a sum: rates are amounts, and over this as sure as so many events. Null where events are counted, or it is not known. */
  readonly unit: number | null;
  /** What its history asks of its threshold; null: nobody has looked, or it was for other limits. */
  readonly history: HistoryFacts | null;
  /** The metrics among which its budget of false pages is one share; null: it has its own. */
  readonly sharedBy: number | null;
  /** What the recorded counts would have paged. */
  readonly recorded: Recorded | null;
}

/** What the running Plummet answered. */
export interface Answered {
  readonly base: string;
  /** Null where nobody answers. */
  readonly metrics: readonly MetricNow[] | null;
  /** Why an answer was no use, where there was one. */
  readonly refused: string | null;
}

export async function askRunning({ server }: Config, url: string | undefined): Promise<Answered> {
  const base = url ?? `http://${server.host}:${server.port}`;
  const token = server.tokens[0]?.token;
  try {
    const headers = { ...(token && { authorization: `Bearer ${token}` }) };
    const response = await fetch(new URL('/api/metrics', base), { headers, signal: AbortSignal.timeout(ASK_MS) });
    const answer = (await response.json()) as unknown;
    if (response.ok && Array.isArray(answer)) return { base, metrics: answer as MetricNow[], refused: null };
    return { base, metrics: null, refused: `${base} answered with ${response.status}, not with its metrics` };
  } catch {
    if (url !== undefined) throw new UserError(`no Plummet answers at ${base}.`, { hint: 'Start it, or leave --url out.', exit: 1 });
    return { base, metrics: null, refused: null };
  }
}

/** In the order of the YAML. Recorded counts come before what runs: whoever names them asks about them. */
export function needsOf({ metrics, budget }: Config, answered: Answered, recorded: ReadonlyMap<string, Recorded>): Needs[] {
  const running = new Map(answered.metrics?.map((metric) => [metric.name, metric]));
  return metrics.map((metric) => {
    const { name, event, critical, pageWhen } = metric;
    const replayed = recorded.get(name) ?? null;
    const now = running.get(name);
    const isSame = now !== undefined && now.event === event;
    const none = { state: null, warmSeconds: null, usual: null };
    const sharedBy = budget?.metrics.includes(name) ? budget.metrics.length : null;
    const segmentsTooSlow = (now?.segments ?? []).filter(({ state }) => state === 'too slow').map(({ segment }) => segment);
    const { segmentsFalsePagesPerYear } = metric.by ?? {};
    const parts = segmentsFalsePagesPerYear === undefined ? {} : { segmentsFalsePagesPerYear, segmentsTooSlow };
    const about = { name, event, critical, pageWhen, recorded: replayed, sharedBy, ...parts };
    if (replayed) return { ...about, from: 'csv', ...none, ...atLimits(replayed.outlook, metric) };
    if (!isSame) return { ...about, from: null, ...none, ...atLimits(null, metric) };
    const warmSeconds = now.state === 'warming' ? (now.progressSeconds ?? null) : null;
    return { ...about, from: 'running', state: now.state, warmSeconds, usual: now.usual, ...atLimits(now.outlook ?? null, metric) };
  });
}

/** How many events/s it is as sure as at this rate. */
export function surenessOf({ unit }: Pick<Needs, 'unit'>, rate: number): number {
  return rate / (unit ?? 1);
}

/** False pages a year that its limits accept. */
export function falsePagesOf({ pageWhen: { sigmas, falsePagesPerYear } }: Pick<Needs, 'pageWhen'>): number {
  return sigmas === undefined ? falsePagesPerYear : falsePagesPerYearOf(sigmas);
}

/** The same with what its segments may cost. */
export function budgetOf(one: Pick<Needs, 'pageWhen' | 'segmentsFalsePagesPerYear'>): number {
  return falsePagesOf(one) + (one.segmentsFalsePagesPerYear ?? 0);
}

/** As far as is known: too slow at any hour it never pages, in vain or not. */
export function canPage({ critical, now, quietest, day }: Needs): boolean {
  const known = [now, quietest, day].filter((speed) => speed !== null);
  return critical && (known.length === 0 || known.some(({ seconds }) => seconds[0] !== null));
}

type Speeds = Pick<Needs, 'now' | 'quietest' | 'day' | 'isNoiseKnown' | 'unit' | 'history'>;

/** The running Plummet may hold other limits than the YAML that is checked: its rates and noise stay true. */
function atLimits(outlook: OutlookFacts | null, { pageWhen }: ConfiguredMetric): Speeds {
  if (!outlook) return { now: null, quietest: null, day: null, isNoiseKnown: false, unit: null, history: null };
  const { now, quietest, day, isNoiseKnown, unit = null } = outlook;
  // What history has raised is raised for these limits, too.
  const held = raisedAt(outlook.pageWhen as unknown as PageWhen, undefined, 0);
  if (isEqual(held, pageWhen)) return { now, quietest, day, isNoiseKnown, unit, history: outlook.history ?? null };
  const limits = inEvents(pageWhen, unit ?? 1);
  const again = <T extends SpeedFacts>(speed: T): T => {
    const noise = speed.noises.flatMap((each) => REFERENCES.map(() => each));
    return { ...speed, seconds: LOST.map((lost) => secondsToPage(speed.rate / (unit ?? 1), lost, limits, noise)) };
  };
  return { now: now && again(now), quietest: quietest && again(quietest), day: day && again(day), isNoiseKnown, unit, history: null };
}

function isEqual(held: PageWhen, pageWhen: PageWhen): boolean {
  const wanted = Object.entries(pageWhen);
  return wanted.length === Object.keys(held).length && wanted.every(([key, value]) => held[key as keyof PageWhen] === value);
}
