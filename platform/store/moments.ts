/** What is known of each second of a metric, as SQL over table rates: the one reading rule that screens and roll-ups share. */
import type { SignalState } from '../topics/signals.ts';

/** Of the states within a step the first of these stands for all. Roll-ups keep the place: another order needs a migration. */
export const WORST_FIRST: readonly SignalState[] = ['dropped', 'blind', 'falling', 'recovering', 'warming', 'too slow', 'normal'];
const NO_STATE = WORST_FIRST.length;
const STATES = WORST_FIRST.map((state) => `'${state}'`).join(', ');
const PLACES = `[${STATES}], [${WORST_FIRST.map((_, place) => place).join(', ')}], ${NO_STATE}`;

/** A month's rows never replace those of another. */
export const BY_MONTH = 'do_not_merge_across_partitions_select_final = 1';

/**
 * A second that Plummet closed itself has what was counted live, late events too; where nothing came, what it closed with: null where it
 * was blind. Else what was counted elsewhere stands.
 *
 * @param rows  a condition on `rates.series` and `rates.second`
 * @returns     a query of series, second, n, sum, closed, worst, usual, derivative, steepness; null where it is not known
 */
export function secondsOf(rows: string): string {
  return `SELECT found.series AS series, found.at AS second,
    multiIf(found.is_elsewhere, toFloat64(found.else_n), found.live_n > 0, toFloat64(found.live_n), found.told) AS n,
    multiIf(found.is_elsewhere, found.else_sum, found.live_n > 0, found.live_sum, found.told) AS sum,
    found.told AS closed, toUInt8(transform(found.state, ${PLACES})) AS worst,
    found.usual AS usual, found.derivative AS derivative, found.steepness AS steepness
  FROM (
    SELECT rates.series AS series, rates.second AS at,
      countIf(rates.partition = -1) = 0 AND countIf(rates.partition = -2) > 0 AS is_elsewhere,
      sumIf(rates.n, rates.partition >= 0) AS live_n, sumIf(rates.sum, rates.partition >= 0) AS live_sum,
      sumIf(rates.n, rates.partition = -2) AS else_n, sumIf(rates.sum, rates.partition = -2) AS else_sum,
      max(rates.closed) AS told, max(rates.state) AS state,
      max(rates.usual) AS usual, max(rates.derivative) AS derivative, max(rates.steepness) AS steepness
    FROM rates FINAL WHERE ${rows} GROUP BY series, at
  ) AS found
  WHERE n IS NOT NULL OR worst < ${NO_STATE}`;
}

/**
 * Another filter begins a new series: of several that know a second, the one that began last.
 *
 * @param metrics  a condition on `touched.metric`
 * @param rows     a condition on `rates.second`
 * @returns        as `secondsOf`, with the metric in place of the series
 */
export function momentsOf(metrics: string, rows: string): string {
  const series = `rates.series IN (SELECT touched.series FROM touched WHERE ${metrics})`;
  return `SELECT ordered.metric AS metric, seconds.second AS second, argMin((seconds.n, seconds.sum, seconds.closed, seconds.worst,
      seconds.usual, seconds.derivative, seconds.steepness), ordered.rank) AS said,
    said.1 AS n, said.2 AS sum, said.3 AS closed, said.4 AS worst, said.5 AS usual, said.6 AS derivative, said.7 AS steepness
  FROM (${secondsOf(`${series} AND ${rows}`)}) AS seconds
  INNER JOIN (
    SELECT touched.metric AS metric, touched.series AS series,
      row_number() OVER (PARTITION BY metric ORDER BY min(touched.began) DESC, series) AS rank
    FROM touched WHERE ${metrics} GROUP BY metric, series
  ) AS ordered ON ordered.series = seconds.series
  GROUP BY metric, second`;
}
