/** What the store knows of the segments of a metric: their seconds are those that the whole closed, also where nothing came. */
import type { Store } from './store.ts';

const HOUR = 3600;
const NEVER = 2 ** 32 - 1;

/**
 * One row a second that the whole closed. Where something of the whole was lost nobody knows of which segment it was; nor in an hour in
 * which nothing was counted by segments, as where `by` was left out for a while.
 *
 * @param counted  the column that counts: n, or the sum of the values
 */
export function segmentSecondsSql(counted: 'n' | 'sum'): string {
  // Series of segments stand between `whole/` and `whole0`, the character after it.
  return `SELECT toUnixTimestamp(rates.second) AS at,
      0 AS closings, CAST(NULL, 'Nullable(Float64)') AS known, 1 AS part, 0 AS others, toFloat64(0) AS other,
      if(countIf(rates.series = {whole:String} AND rates.partition = -1 AND rates.closed IS NOT NULL) > 0, 1, 0) AS lives,
      toFloat64(sumIf(rates.${counted}, rates.series = {series:String} AND rates.partition >= 0)) AS live,
      toFloat64(sumIf(rates.lost, rates.series = {whole:String} AND rates.partition >= 0)) AS lostHere
    FROM rates FINAL
    WHERE rates.series IN ({series:String}, {whole:String})
      AND rates.second >= toDateTime({from:UInt32}) AND rates.second < toDateTime({to:UInt32})
      AND toStartOfHour(rates.second) IN (
        SELECT touched.hour FROM touched
        WHERE touched.series >= concat({whole:String}, '/') AND touched.series < concat({whole:String}, '0')
          AND touched.hour >= toStartOfHour(toDateTime({from:UInt32})) AND touched.hour < toDateTime({to:UInt32}))
    GROUP BY rates.second`;
}

/** The first second in which something came of a segment: before it has a name it is not known to be nothing. Far ahead where none did. */
export async function segmentedFrom(store: Store, series: string): Promise<number> {
  const [touched] = await store.rows<{ hour: number; hours: number }>(
    'SELECT toUnixTimestamp(min(touched.hour)) AS hour, count() AS hours FROM touched WHERE touched.series = {series:String}',
    { series },
  );
  if (!touched || Number(touched.hours) === 0) return NEVER;
  const from = Number(touched.hour);
  const [first] = await store.rows<{ second: number; rows: number }>(
    `SELECT toUnixTimestamp(min(rates.second)) AS second, count() AS rows FROM rates
     WHERE rates.series = {series:String} AND rates.second >= toDateTime({from:UInt32}) AND rates.second < toDateTime({to:UInt32})`,
    { series, from, to: from + HOUR },
  );
  return first && Number(first.rows) > 0 ? Number(first.second) : from;
}
