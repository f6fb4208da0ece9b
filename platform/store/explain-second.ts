/** One second of a metric explained from its history: the live detector, given its past, over the hour before it. */
import { type Explanation, explanationOf } from '../../detectors/backtest/explanation.ts';
import { type Stretch, show } from '../../detectors/backtest/stretch.ts';
import { Until } from '../../detectors/backtest/until.ts';
import { type CountedMetric, seriesOf } from '../../detectors/counting/metric.ts';
import type { Past, PastSeconds } from '../../detectors/past/past.ts';
import { type Learner, Training } from '../../detectors/past/training.ts';
import { tunings } from '../../detectors/tail/learned.ts';
import type { SignalState } from '../topics/signals.ts';
import { type Known, knownOf, readPast } from './past.ts';
import type { Store } from './store.ts';
import { stretchesOf } from './stretches.ts';
import { readRaises } from './thresholds.ts';

export type AskedMetric = CountedMetric & Learner;

/** What was said of a second when it closed. */
export interface Decided {
  readonly state: SignalState;
  /** Sigmas, and percent of the usual rate per second; null while warming. */
  readonly steepness: number | null;
  readonly derivative: number | null;
}

/** What a process remembers beside the store: its newest seconds. */
export interface Memory {
  /** Seconds from one up to and without another, as they were decided on. */
  shown(from: number, to: number): PastSeconds;
  decided(second: number): Decided | null;
}

export interface SecondAsked {
  readonly metric: AskedMetric;
  readonly second: number;
  /** Null: no history is kept. */
  readonly store: Store | null;
  readonly memory?: Memory;
  /** Runs the step until it says that all is done; left out: at once. */
  readonly work?: (step: () => boolean) => Promise<void>;
}

export type SecondExplained =
  | { readonly explanation: Explanation; readonly decided: Decided | null; readonly source: 'store' | 'memory' | 'memory and store' }
  /** Nothing is known of it. `from` and `to` are the first and the last second that are; null where none is. */
  | { readonly explanation: null; readonly from: number | null; readonly to: number | null };

/** So long before it is shown second by second with all that happened; what was before teaches. */
const SHOWN_SECONDS = 3600;
/** A blind second lies between two that are not; so far ahead the next one is looked for. */
const AHEAD_SECONDS = 3600;
/** Minutes are learned second by second: half a millisecond. */
const STEPS_AT_ONCE = 20;
const ALL_SECONDS = 2 ** 31;
const NO_PAST: Past = { minutes: { minutes: [], rates: [] }, seconds: { seconds: [], counts: [], shares: [] }, isOurs: true };

/** @throws StoreError where the store cannot be asked */
export async function explainSecond(asked: SecondAsked): Promise<SecondExplained> {
  const { metric, second, store, memory, work = atOnce } = asked;
  const kept = store ? await knownOf(store, metric, 0, ALL_SECONDS) : NOTHING;
  const newest = memory?.shown(0, second + AHEAD_SECONDS) ?? NO_PAST.seconds;
  const known = together(kept, newest);
  if (known.from === null || second < known.from || second > known.to) return { explanation: null, ...known };
  const hasPast = store !== null && kept.rows > 0;
  // Memory alone has no past that could teach: all that it knows is shown.
  const from = hasPast ? Math.max(known.from, second - SHOWN_SECONDS) : known.from;
  const past = hasPast ? await readPast(store, metric, from) : NO_PAST;
  const { stretches, startsElsewhere, ofMemory } = await shownFrom(asked, from, newest);
  const [first] = stretches[0]?.seconds ?? [];
  if (first === undefined) return { explanation: null, ...known };
  const training = new Training(metric, past);
  await work(() => training.learn(STEPS_AT_ONCE));
  training.begin(first, startsElsewhere);
  const { pageWhen, value, closed, expected } = metric;
  const raised = tunings(pageWhen, store ? await readRaises(store, seriesOf(metric), second + 1) : []);
  const until = new Until({ second, pageWhen, value, closed, expected, missing: 'nodata', learned: training, tunings: raised });
  const slices = stretches.flatMap((stretch) => slicesOf(stretch));
  await work(() => {
    const slice = slices.shift();
    return slice === undefined || show(slice, until);
  });
  const reached = until.end();
  if (reached.is === 'outside') return { explanation: null, ...known };
  const decided = memory?.decided(second) ?? (store && (await decidedOf(store, metric, second)));
  const source = ofMemory === 0 ? 'store' : ofMemory === 'all' && past === NO_PAST ? 'memory' : 'memory and store';
  return { explanation: explanationOf(second, reached), decided, source };
}

async function atOnce(step: () => boolean): Promise<void> {
  while (!step());
}

const NOTHING: Known = { rows: 0, from: 0, to: 0 };

function together({ rows, from, to }: Known, { seconds }: PastSeconds): { from: number; to: number } | { from: null; to: null } {
  const [first, last] = [seconds[0], seconds.at(-1)];
  if (rows === 0) return first === undefined || last === undefined ? { from: null, to: null } : { from: first, to: last };
  return { from: Math.min(from, first ?? from), to: Math.max(to, last ?? to) };
}

interface ShownSeconds {
  readonly stretches: Stretch[];
  /** Whether the first second was counted elsewhere. */
  readonly startsElsewhere: boolean;
  /** Seconds that only memory knows. */
  readonly ofMemory: number | 'all';
}

/** What the store knows stands; memory fills in what it does not know yet. */
async function shownFrom({ store, metric, second }: SecondAsked, from: number, newest: PastSeconds): Promise<ShownSeconds> {
  const stored: Stretch[] = [];
  let startsElsewhere = false;
  if (store) {
    for await (const { startsElsewhere: starts, ...stretch } of stretchesOf(store, metric, {
      from,
      to: second + AHEAD_SECONDS,
      as: 'decided',
    })) {
      if (stored.length === 0) startsElsewhere = starts;
      if (stretch.seconds.length > 0) stored.push(stretch);
    }
  }
  const has = new Set(stored.flatMap(({ seconds }) => [...seconds]));
  const places = newest.seconds.flatMap((at, place) => (at >= from && !has.has(at) ? [place] : []));
  if (places.length === 0) return { stretches: stored, startsElsewhere, ofMemory: 0 };
  const rows = stored.flatMap(({ seconds, counts, shares }) => [...seconds].map((at, i) => [at, counts[i], shares[i]] as number[]));
  for (const place of places) rows.push([newest.seconds[place], newest.counts[place], newest.shares[place]] as number[]);
  rows.sort((a, b) => (a[0] as number) - (b[0] as number));
  const column = (place: number): Float64Array => Float64Array.from(rows, (row) => row[place] as number);
  const anewAt = stored.find((stretch) => stretch.anewAt !== null)?.anewAt ?? null;
  const all = { seconds: column(0), counts: column(1), shares: column(2), anewAt };
  return { stretches: [all], startsElsewhere, ofMemory: has.size === 0 ? 'all' : places.length };
}

function slicesOf({ seconds, counts, shares, anewAt }: Stretch): Stretch[] {
  return Array.from({ length: Math.ceil(seconds.length / STEPS_AT_ONCE) }, (_, i) => {
    const [from, to] = [i * STEPS_AT_ONCE, (i + 1) * STEPS_AT_ONCE];
    return { seconds: seconds.subarray(from, to), counts: counts.subarray(from, to), shares: shares.subarray(from, to), anewAt };
  });
}

/** Two replicas may both have decided: the first word that is neither blind nor warming is the one that stands on screens. */
async function decidedOf(store: Store, metric: CountedMetric, second: number): Promise<Decided | null> {
  const [found] = await store.rows<Decided>(
    `SELECT state, steepness, derivative FROM rates FINAL
     WHERE series = {series:String} AND rates.second = toDateTime({second:UInt32}) AND rates.partition = -1 AND state != ''
     ORDER BY state IN ('blind', 'warming') LIMIT 1`,
    { series: seriesOf(metric), second },
  );
  return found ?? null;
}
