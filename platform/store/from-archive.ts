/** Fills table rates from table events: what a new metric would have counted, for seconds of which rates knows nothing. */
import { type CountedMetric, seriesOf } from '../../detectors/counting/metric.ts';
import type { Parameters } from './connect.ts';
import { ELSEWHERE } from './rates.ts';
import type { Store } from './store.ts';

const DAY = 86_400;
/** Of events. */
const DAYS_MAX = 31;
/** Added up by one request, which must not take longer than a request may: some two seconds of JSON. */
const EVENTS_AT_ONCE = 2_000_000;
const AT_ONCE_SECONDS_MIN = 300;
/** Where no other series says what was read, an event within this says that nothing else came in between. */
const HOLE_SECONDS_MAX = 300;
/** Series that are asked which seconds were read. */
const OTHERS_MAX = 8;

const NUMBERS = "('Int64', 'UInt64', 'Double')";

interface Sums {
  /** Of one event of the metric. */
  readonly where: string;
  readonly amount: string;
  readonly parameters: Parameters;
}

/** `matches` and `amountOf` of a metric, in SQL: strings, numbers and truth values are never taken for one another. */
function sumsOf(metric: CountedMetric): Sums {
  const parameters: Record<string, string | number> = { type: metric.event };
  const fields = Object.entries(metric.where ?? {}).map(([field, values], i) => {
    parameters[`field${i}`] = field;
    const path = `data, {field${i}:String}`;
    const any = values.map((value, j) => {
      const name = `value${i}x${j}`;
      if (typeof value === 'boolean') return `(JSONType(${path}) = 'Bool' AND JSONExtractBool(${path}) = ${value ? 1 : 0})`;
      parameters[name] = String(value);
      if (typeof value === 'string') return `(JSONType(${path}) = 'String' AND JSONExtractString(${path}) = {${name}:String})`;
      return `(JSONType(${path}) IN ${NUMBERS} AND JSONExtractFloat(${path}) = {${name}:Float64})`;
    });
    return `(${any.join(' OR ')})`;
  });
  if (metric.value !== undefined) parameters.value = metric.value;
  const path = 'data, {value:String}';
  const number = `greatest(0, ifNotFinite(JSONExtractFloat(${path}), 0))`;
  const amount = metric.value === undefined ? '0' : `if(JSONType(${path}) IN ${NUMBERS}, ${number}, 0)`;
  return { where: fields.length === 0 ? '1' : fields.join(' AND '), amount, parameters };
}

/**
 * Idempotent: a second that closed, or was counted elsewhere, stays as it is, so two processes may do it at once. What was merely
 * counted when the series began is a part of its seconds: the archive stands.
 *
 * @param before     the first second that is not filled
 * @param others     series that are watched beside it: a second that one of them closed was read, and what is not in it is nothing
 * @param writtenAt  ms since the epoch
 * @returns whether there is an archive of its events
 */
export async function fillFromArchive(
  store: Store,
  metric: CountedMetric,
  { before, others, writtenAt }: { before: number; others: readonly string[]; writtenAt: number },
): Promise<boolean> {
  const [archive] = await store.rows<{ events: number; oldest: number }>(
    `SELECT count() AS events, toUnixTimestamp(toDateTime(min(time))) AS oldest FROM events
     WHERE type = {type:String} AND time >= toDateTime64({from:UInt32}, 3, 'UTC') AND time < toDateTime64({to:UInt32}, 3, 'UTC')`,
    { type: metric.event, from: before - DAYS_MAX * DAY, to: before },
  );
  const [events, oldest] = [Number(archive?.events ?? 0), Number(archive?.oldest ?? 0)];
  if (events === 0) return false;
  const few = Math.floor((EVENTS_AT_ONCE / events) * (before - oldest));
  const atOnce = Math.min(DAY, Math.max(AT_ONCE_SECONDS_MIN, few));
  const asked = others.filter((series) => series !== seriesOf(metric)).slice(0, OTHERS_MAX);
  const toldFrom = await closedFrom(store, asked);
  for (let from = oldest, to = from; from < before; from = to) {
    to = Math.min(before, from + atOnce, from < toldFrom ? toldFrom : before);
    await fillSlice(store, metric, { from, to, others: from < toldFrom ? [] : asked, writtenAt });
  }
  return true;
}

/** What the metric counts (its values, where it has one) among the archived events from one second up to another. */
export async function archivedSum(store: Store, metric: CountedMetric, range: { from: number; to: number }): Promise<number> {
  const { where, amount, parameters } = sumsOf(metric);
  const [found] = await store.rows<{ x: number }>(
    `SELECT toFloat64(sumIf(${metric.value === undefined ? 'weight' : `weight * ${amount}`}, ${where})) AS x FROM events FINAL
     WHERE type = {type:String} AND time >= toDateTime64({from:UInt32}, 3, 'UTC') AND time < toDateTime64({to:UInt32}, 3, 'UTC')`,
    { ...parameters, ...range },
  );
  return found?.x ?? 0;
}

/** The first second that one of these series closed; far ahead where none did. */
async function closedFrom(store: Store, others: readonly string[]): Promise<number> {
  let first = Number.POSITIVE_INFINITY;
  for (const series of others) {
    const [closed] = await store.rows<{ at: number }>(
      `SELECT toUnixTimestamp(rates.second) AS at FROM rates WHERE series = {series:String} AND rates.partition = -1
       ORDER BY rates.series, rates.second LIMIT 1`,
      { series },
    );
    if (closed) first = Math.min(first, Number(closed.at));
  }
  return first;
}

interface Slice {
  readonly from: number;
  readonly to: number;
  /** None where none of them was watched yet. */
  readonly others: readonly string[];
  readonly writtenAt: number;
}

async function fillSlice(store: Store, metric: CountedMetric, { from, to, others, writtenAt }: Slice): Promise<void> {
  const { where, amount, parameters } = sumsOf(metric);
  const range = { from, to, ...Object.fromEntries(others.map((series, i) => [`other${i}`, series])) };
  const read = `SELECT DISTINCT toUnixTimestamp(rates.second) AS at FROM rates
    WHERE series IN (${others.map((_, i) => `{other${i}:String}`).join(', ')}) AND rates.partition = -1 AND rates.closed IS NOT NULL
      AND rates.second >= toDateTime({from:UInt32}) AND rates.second < toDateTime({to:UInt32})`;
  const counted = `SELECT toUnixTimestamp(toDateTime(time)) AS at,
      sumIf(weight, ${where}) AS n, sumIf(weight * ${amount}, ${where}) AS amount
    FROM events FINAL WHERE type = {type:String}
      AND time >= toDateTime64({from:UInt32}, 3, 'UTC') AND time < toDateTime64({to:UInt32}, 3, 'UTC') GROUP BY at`;
  const between = `SELECT arrayJoin(range(at, if(following - at <= ${HOLE_SECONDS_MAX}, following, toUInt32(at + 1)))) AS at FROM (
    SELECT at, leadInFrame(at, 1, toUInt32(at + 1)) OVER (ORDER BY at ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS following
    FROM (${counted}))`;
  await store.rows(
    `INSERT INTO rates (series, second, partition, block, to, n, sum, lost, closed, state)
     SELECT {series:String}, toDateTime(seconds.at), ${ELSEWHERE}, 0, {writtenAt:UInt64}, counted.n, counted.amount, 0, NULL, ''
     FROM (${others.length > 0 ? read : between}) AS seconds LEFT JOIN (${counted}) AS counted ON seconds.at = counted.at
     WHERE seconds.at NOT IN (
       SELECT toUnixTimestamp(rates.second) FROM rates
       WHERE series = {series:String} AND rates.partition < 0
         AND rates.second >= toDateTime({from:UInt32}) AND rates.second < toDateTime({to:UInt32}))`,
    { ...parameters, ...range, series: seriesOf(metric), writtenAt: Math.round(writtenAt) },
  );
}
