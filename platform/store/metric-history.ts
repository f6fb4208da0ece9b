/** What the store knows of a metric over any range at any zoom: from roll-ups where they are right, else from the seconds themselves. */
import type { SignalState } from '../topics/signals.ts';
import { BY_MONTH, momentsOf, secondsOf, WORST_FIRST } from './moments.ts';
import { waitingOf } from './rollups.ts';
import { aggregatesOf, asSteps, columnsOf, HOUR_SECONDS, LEVELS_SECONDS } from './steps.ts';
import type { Store } from './store.ts';

export interface HistoryRange {
  readonly metric: string;
  /** The first second, since the epoch. */
  readonly from: number;
  /** The first second after it; a last step may be shorter. */
  readonly to: number;
  readonly stepSeconds: number;
  /** Whether the values of a series are added up, and not its events: so it is with the metric if it is with one of its series. */
  readonly isSum: (series: string) => boolean;
}

/** One entry a step in each list; null where nobody can know. */
export interface HistorySteps {
  readonly counts: (number | null)[];
  /** Of the seconds of the step. */
  readonly min: (number | null)[];
  readonly max: (number | null)[];
  readonly state: (SignalState | null)[];
  /** Events/s, the last one known. */
  readonly usual: (number | null)[];
  /** Percent of the usual rate per second, the one farthest from zero. */
  readonly derivative: (number | null)[];
  /** What was known when the seconds closed. */
  readonly closed: (number | null)[];
  /** Sigmas, the lowest. */
  readonly steepness: (number | null)[];
}

type Numbers = [at: number, n: number | null, min: number | null, max: number | null, worst: number, ...rest: (number | null)[]];

/** What is asked by somebody who waits: it ends within this. */
const ASKED_SECONDS_MAX = 2;
/** In the year 2106 a column of seconds is full. */
const SECOND_MAX = 2 ** 32 - 1;
/** So many steps come in one row of the answer: reading one holds nobody up. */
const STEPS_A_ROW = 500;

/** No step is known. */
export function unknownSteps(steps: number): HistorySteps {
  const empty = <T>(): (T | null)[] => new Array<T | null>(steps).fill(null);
  return {
    ...{ counts: empty<number>(), min: empty<number>(), max: empty<number>(), state: empty<SignalState>() },
    ...{ usual: empty<number>(), derivative: empty<number>(), closed: empty<number>(), steepness: empty<number>() },
  };
}

/** @throws StoreError */
export async function historyOf(store: Store, range: HistoryRange): Promise<HistorySteps> {
  const { metric, from, stepSeconds, isSum } = range;
  const steps = unknownSteps(Math.ceil((range.to - from) / stepSeconds));
  const to = Math.min(range.to, SECOND_MAX);
  if (to <= from) return steps;
  const level = LEVELS_SECONDS.findLast((seconds) => from % seconds === 0 && stepSeconds % seconds === 0);
  const { series, hours } = await knownOf(store, { metric, from, to }, level !== undefined);
  if (series.length === 0) return steps;
  const query = queryOf({ series, level, isSum: series.some(isSum) });
  // The last step may be a part of one, of which only its seconds tell.
  const whole = to - (to % (level ?? 1));
  const parameters = { metric, series: series[0] as string, from, to, whole, step: stepSeconds, hours: `[${hours.join(',')}]` };
  for (const { row } of await store.rows<{ row: Numbers[] }>(query, parameters)) place(row, steps);
  return steps;
}

function place(row: readonly Numbers[], steps: HistorySteps): void {
  for (const [at, n, min, max, worst, usual = null, lowest = null, highest = null, closed = null, steepness = null] of row) {
    steps.counts[at] = n;
    steps.min[at] = min;
    steps.max[at] = max;
    steps.state[at] = WORST_FIRST[worst] ?? null;
    steps.usual[at] = usual;
    steps.derivative[at] = farthest(lowest, highest);
    steps.closed[at] = closed;
    steps.steepness[at] = steepness;
  }
}

/** Of two that are as far from zero the fall. */
export function farthest(lowest: number | null, highest: number | null): number | null {
  return lowest === null || highest === null || -lowest >= highest ? lowest : highest;
}

type Asked = Pick<HistoryRange, 'metric' | 'from' | 'to'>;

interface Known {
  readonly series: readonly string[];
  /** Of the range, those that have to be read by the second. */
  readonly hours: readonly number[];
}

const WAITING = waitingOf('touched.metric = {metric:String}', 'rollups.metric = {metric:String}');
const HOURS = `SELECT groupArray(toUnixTimestamp(waiting.hour)) FROM (${WAITING}) AS waiting
  WHERE waiting.hour >= toDateTime({from:UInt32}) AND waiting.hour < toDateTime({to:UInt32})`;

async function knownOf(store: Store, { metric, from, to }: Asked, wantsHours: boolean): Promise<Known> {
  const query = `SELECT groupUniqArray(touched.series) AS series, (${wantsHours ? HOURS : 'SELECT []'}) AS hours
    FROM touched WHERE touched.metric = {metric:String}`;
  const parameters = { metric, from: from - (from % HOUR_SECONDS), to };
  const [found] = await store.rows<{ series: string[]; hours: (number | string)[] }>(query, parameters);
  return { series: found?.series ?? [], hours: (found?.hours ?? []).map(Number) };
}

interface Way {
  readonly series: readonly string[];
  /** Length (s) of the roll-ups that will do. */
  readonly level: number | undefined;
  readonly isSum: boolean;
}

function queryOf({ series, level, isSum }: Way): string {
  const of = isSum ? 'sum' : 'n';
  const tuple = `(steps.at, ${rounded(of)}, ${rounded(`${of}_min`)}, ${rounded(`${of}_max`)}, steps.worst, ${rounded('usual')},
    ${rounded('derivative_min')}, ${rounded('derivative_max')}, ${rounded('closed')}, ${rounded('steepness')})`;
  return `SELECT groupArray(${tuple}) AS row
  FROM (
    SELECT intDiv(toUnixTimestamp(of.second) - {from:UInt32}, {step:UInt32}) AS at, ${aggregatesOf('of')}
    FROM (${level === undefined ? fromSeconds(series, false) : `${fromRollups(level)} UNION ALL ${fromSeconds(series, true)}`}) AS of
    GROUP BY at
  ) AS steps
  GROUP BY intDiv(steps.at, ${STEPS_A_ROW})
  SETTINGS ${BY_MONTH}, max_execution_time = ${ASKED_SECONDS_MAX}`;
}

/** Three digits after the point, as signals have. */
function rounded(column: string): string {
  return `round(toFloat64(steps.${column}), 3)`;
}

function fromRollups(level: number): string {
  return `SELECT rollups.second AS second, ${columnsOf('rollups')} FROM rollups FINAL
    WHERE rollups.metric = {metric:String} AND rollups.seconds = ${level}
      AND rollups.second >= toDateTime({from:UInt32}) AND rollups.second < toDateTime({whole:UInt32})
      AND toUnixTimestamp(toStartOfHour(rollups.second)) NOT IN (SELECT arrayJoin({hours:Array(UInt32)}))`;
}

const WITHIN = 'rates.second >= toDateTime({from:UInt32}) AND rates.second < toDateTime({to:UInt32})';
const NOT_ROLLED = `(rates.second >= toDateTime({whole:UInt32})
  OR toStartOfHour(rates.second) IN (SELECT toDateTime(arrayJoin({hours:Array(UInt32)}))))`;

/** A metric has one series as long as nobody changes what is counted: then nothing has to be chosen between. */
function fromSeconds(series: readonly string[], besideRollups: boolean): string {
  const rows = besideRollups ? `${WITHIN} AND ${NOT_ROLLED}` : WITHIN;
  if (series.length > 1) return asSteps(momentsOf('touched.metric = {metric:String}', rows));
  return asSteps(secondsOf(`rates.series = {series:String} AND ${rows}`));
}
