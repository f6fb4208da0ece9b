/** Table rollups: which hours wait to be rolled up, and how that is done, within the store. */
import { BY_MONTH, momentsOf } from './moments.ts';
import { aggregatesOf, asSteps, columnsOf, HOUR_SECONDS } from './steps.ts';
import type { Store } from './store.ts';

/** An hour of a metric that is not rolled up, or not as it is now. */
export interface WaitingHour {
  readonly metric: string;
  /** Its first second, since the epoch. */
  readonly hour: number;
  /** How many rows were ever inserted into it. */
  readonly touches: number;
}

/** @param metrics  a condition on `touched.metric` @param marks the same on `rollups.metric` */
export function waitingOf(metrics = '1', marks = '1'): string {
  return `SELECT counted.metric AS metric, counted.hour AS hour, counted.touches AS touches
  FROM (
    SELECT touched.metric AS metric, touched.hour AS hour, sum(touched.touches) AS touches
    FROM touched WHERE ${metrics} GROUP BY metric, hour
  ) AS counted
  LEFT JOIN (
    SELECT rollups.metric AS metric, rollups.second AS hour, max(rollups.touches) AS touches
    FROM rollups WHERE rollups.seconds = ${HOUR_SECONDS} AND ${marks} GROUP BY metric, hour
  ) AS rolled ON rolled.metric = counted.metric AND rolled.hour = counted.hour
  WHERE counted.touches != rolled.touches`;
}

/** The newest first, for those are looked at most. */
export async function waitingHours(store: Store, hoursMax: number): Promise<WaitingHour[]> {
  const query = `SELECT metric, toUnixTimestamp(hour) AS hour, touches FROM (${waitingOf()})
    ORDER BY hour DESC, metric LIMIT {most:UInt32}`;
  const found = await store.rows<{ metric: string; hour: number; touches: number }>(query, { most: hoursMax });
  return found.map(({ metric, hour, touches }) => ({ metric, hour: Number(hour), touches: Number(touches) }));
}

const COLUMNS = 'n, n_min, n_max, sum, sum_min, sum_max, closed, worst, usual, derivative_min, derivative_max, steepness';
const NOTHING_KNOWN = `${Array(7).fill('NULL').join(', ')}, 7, NULL, NULL, NULL, NULL`;
/** Beside what else the store does, never in its way. */
const SLOWLY = `SETTINGS ${BY_MONTH}, max_insert_threads = 1, max_threads = 1`;
const WAITING = `SELECT waiting.1 AS metric, toDateTime(waiting.2, 'UTC') AS hour, waiting.3 AS touches
  FROM (SELECT arrayJoin(JSONExtract({hours:String}, 'Array(Tuple(String, UInt32, UInt64))')) AS waiting)`;
const WAITING_HOURS = `SELECT waits.hour FROM (${WAITING}) AS waits`;
const WAITING_METRICS = `SELECT waits.metric FROM (${WAITING}) AS waits`;

/**
 * Rolls these hours up from their seconds as they are now. The touches were read before: what is inserted meanwhile makes the hour wait
 * again, and of two who roll up the same hour at once the one who knew more of it wins.
 *
 * @throws StoreError; then the hours wait as before
 */
export async function rollUp(store: Store, hours: readonly WaitingHour[]): Promise<void> {
  const parameters = { hours: JSON.stringify(hours.map(({ metric, hour, touches }) => [metric, hour, touches])) };
  await store.rows(SHORT_STEPS, parameters);
  // The hour's own row says that its shorter steps are there: it comes last.
  await store.rows(HOURS, parameters);
}

const SECONDS = momentsOf(`touched.metric IN (${WAITING_METRICS})`, `toStartOfHour(rates.second) IN (${WAITING_HOURS})`);
const SHORT_STEPS = `INSERT INTO rollups (metric, seconds, second, touches, ${COLUMNS})
  SELECT of.metric AS metric, arrayJoin([10, 60]) AS seconds,
    toDateTime(intDiv(toUnixTimestamp(of.second), seconds) * seconds, 'UTC') AS start, any(waits.touches) AS touches, ${aggregatesOf('of')}
  FROM (${asSteps(SECONDS, ['metric', 'toStartOfHour(second) AS hour'])}) AS of
  INNER JOIN (${WAITING}) AS waits ON waits.metric = of.metric AND waits.hour = of.hour
  GROUP BY metric, seconds, start ${SLOWLY}`;

/** Also of an hour in which nothing is known: it would wait for ever. */
const HOURS = `INSERT INTO rollups (metric, seconds, second, touches, ${COLUMNS})
  SELECT of.metric AS metric, ${HOUR_SECONDS} AS seconds, of.hour AS start, of.touches AS touches, ${aggregatesOf('of')}
  FROM (
    SELECT waits.metric AS metric, waits.hour AS hour, waits.touches AS touches, minutes.second AS second, ${columnsOf('minutes')}
    FROM rollups AS minutes FINAL
    INNER JOIN (${WAITING}) AS waits ON waits.metric = minutes.metric AND waits.hour = toStartOfHour(minutes.second)
      AND waits.touches = minutes.touches
    WHERE minutes.seconds = 60 AND minutes.metric IN (${WAITING_METRICS}) AND toStartOfHour(minutes.second) IN (${WAITING_HOURS})
    UNION ALL
    SELECT waits.metric AS metric, waits.hour AS hour, waits.touches AS touches, waits.hour AS second, ${NOTHING_KNOWN}
    FROM (${WAITING}) AS waits
  ) AS of
  GROUP BY metric, start, touches ${SLOWLY}`;

/** What the migration's view says at each insert, for rows in parts that nobody merged yet: `202611_7_7_1` holds one insert, the 7th. */
const TOUCH_UNSURE = `INSERT INTO touched (metric, series, hour, touches, began)
  WITH splitByChar('/', rates.series)[1] AS whole
  SELECT concat(if(position(whole, '~') = 0, whole, substring(whole, 1, length(whole) - position(reverse(whole), '~'))),
      substring(rates.series, length(whole) + 1)) AS metric,
    rates.series AS series, toStartOfHour(rates.second) AS hour, count() AS touches,
    min(if(rates.partition = -1, rates.second, toDateTime(4294967295, 'UTC'))) AS began
  FROM rates WHERE splitByChar('_', rates._part)[2] = splitByChar('_', rates._part)[3] GROUP BY series, hour`;
const APART_SECONDS_MAX = 3;

/**
 * A server that was killed between writing rows and writing that they are there has rows that nobody knows of. Whenever it has begun anew,
 * what was written last counts as touched.
 *
 * @param begun  when servers that were asked before had begun, seconds since the epoch; one more may be added
 */
export async function touchUnsure(store: Store, begun: number[]): Promise<void> {
  const [found] = await store.rows<{ began: number }>('SELECT toUnixTimestamp(now()) - uptime() AS began');
  const began = Number(found?.began);
  if (begun.some((other) => Math.abs(other - began) <= APART_SECONDS_MAX)) return;
  await store.rows(TOUCH_UNSURE);
  begun.push(began);
}
