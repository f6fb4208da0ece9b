/** What tables rates and events know of one series, second by second: as it was decided on, or as it is known now. */
import { type CountedMetric, countsWholeType, seriesOf } from '../../detectors/counting/metric.ts';
import { PAST_MINUTES, PAST_SECONDS, type Past, type PastMinutes, type PastSeconds } from '../../detectors/past/past.ts';
import { wholeOf } from '../topics/counts.ts';
import type { Parameters } from './connect.ts';
import { archivedSum } from './from-archive.ts';
import { segmentedFrom, segmentSecondsSql } from './past-segments.ts';
import { ELSEWHERE } from './rates.ts';
import type { Store } from './store.ts';

/** `decided`: what each second was decided on, blind ones left out. `final`: with what came late. */
export type As = 'decided' | 'final';

export interface StoredSeconds extends PastSeconds {
  /** The first second that Plummet counted itself after one that was counted elsewhere; null where there is none. */
  readonly joint: number | null;
  /** Whether the first and the last were counted elsewhere. */
  readonly startsElsewhere: boolean;
  readonly endsElsewhere: boolean;
}

/** Answers of a page are read by the loop that pages people: two milliseconds of JSON. */
const SECONDS_A_PAGE = 4 * 3600;
const MINUTES_A_PAGE = 5 * 1440;
/** A minute of which less is known is left out, as the detector does. */
const MINUTE_SECONDS_MIN = 30;
/** What is below 0 or beyond is no count: the detector refused it, too. */
const COUNT_MAX = 1e15;
/** What is compared of two sources, and how far they may differ: by the edge of an import, and by what came late. */
const LATELY_SECONDS = 600;
const ALIKE_SHARE = 0.2;
const ALIKE_EVENTS = 3;

/** One row a second: what its closing says, and what was counted here and elsewhere. */
function seconds(metric: CountedMetric): string {
  const counted = metric.value === undefined ? 'n' : 'sum';
  if (metric.segment !== undefined) return segmentSecondsSql(counted);
  return `SELECT toUnixTimestamp(rates.second) AS at,
      countIf(rates.partition = -1) AS closings, maxIf(rates.closed, rates.partition = -1) AS known,
      minIf(rates.share, rates.partition = -1) AS part, countIf(rates.partition = ${ELSEWHERE}) AS others,
      toFloat64(sumIf(rates.${counted}, rates.partition = ${ELSEWHERE})) AS other, countIf(rates.partition >= 0) AS lives,
      toFloat64(sumIf(rates.${counted}, rates.partition >= 0)) AS live, toFloat64(sumIf(rates.lost, rates.partition >= 0)) AS lostHere
    FROM rates FINAL
    WHERE series = {series:String} AND rates.second >= toDateTime({from:UInt32}) AND rates.second < toDateTime({to:UInt32})
    GROUP BY rates.second`;
}

/**
 * Where Plummet closed a second its own count stands; else what was counted elsewhere; else what was counted here, but for seconds
 * before the first that closed: the blocks in which counting began hold parts of them.
 */
function played(metric: CountedMetric, as: As): string {
  const isElsewhere = 'closings = 0 AND others > 0';
  // Discarded events are known to be the metric's own only where it counts every event of its type.
  const isWhole = 'lives > 0 AND at >= {closedFrom:UInt32}';
  const [live, isLive] = countsWholeType(metric) ? ['live + lostHere', isWhole] : ['live', `${isWhole} AND lostHere = 0`];
  const [count, isKnown, share] =
    as === 'final'
      ? [`if(${isElsewhere}, other, if(${isLive}, ${live}, known))`, `${isElsewhere} OR ${isLive} OR known IS NOT NULL`, '1']
      : [
          `if(closings > 0, known, if(others > 0, other, ${live}))`,
          `if(closings > 0, known IS NOT NULL, others > 0 OR (${isLive}))`,
          'if(closings > 0, part, 1)',
        ];
  return `SELECT at, assumeNotNull(${count}) AS x, toFloat64(${share}) AS share, if(${isElsewhere}, 1, 0) AS isElsewhere
    FROM (${seconds(metric)}) WHERE (${isKnown}) AND x >= 0 AND x <= ${COUNT_MAX}`;
}

function namesOf(metric: CountedMetric): { series: string; whole: string } {
  const series = seriesOf(metric);
  return { series, whole: wholeOf(series) };
}

/** The first second that closed; far ahead where none did. */
async function closedFrom(store: Store, metric: CountedMetric): Promise<number> {
  if (metric.segment !== undefined) return segmentedFrom(store, seriesOf(metric));
  const [first] = await store.rows<{ at: number }>(
    `SELECT toUnixTimestamp(rates.second) AS at FROM rates WHERE series = {series:String} AND rates.partition = -1
     ORDER BY rates.series, rates.second LIMIT 1`,
    { series: seriesOf(metric) },
  );
  return first ? Number(first.at) : 2 ** 32 - 1;
}

export interface SecondsRange {
  /** The first second, and the first one after them. */
  readonly from: number;
  readonly to: number;
  readonly as?: As;
  /** So many are asked for at once. */
  readonly atOnce?: number;
}

/** In order; seconds of which nothing is known are left out. */
export async function secondsOf(
  store: Store,
  metric: CountedMetric,
  { from, to, as = 'decided', atOnce = SECONDS_A_PAGE }: SecondsRange,
): Promise<StoredSeconds> {
  const closed = await closedFrom(store, metric);
  const all = { seconds: [] as number[], counts: [] as number[], shares: [] as number[] };
  let joint: number | null = null;
  let startsElsewhere: boolean | null = null;
  let wasElsewhere = false;
  for (let at = from; at < to; at += atOnce) {
    const range = { ...namesOf(metric), from: at, to: Math.min(to, at + atOnce), closedFrom: closed };
    const [page] = await store.rows<{ ats: number[]; xs: number[]; shares: number[]; elsewhere: number[] }>(
      `SELECT groupArray(at - {from:UInt32}) AS ats, groupArray(x) AS xs, groupArray(share) AS shares, groupArray(isElsewhere) AS elsewhere
       FROM (${played(metric, as)} ORDER BY at)`,
      range,
    );
    if (!page) continue;
    page.ats.forEach((second, i) => {
      const isElsewhere = page.elsewhere[i] === 1;
      if (wasElsewhere && !isElsewhere) joint ??= at + Number(second);
      wasElsewhere = isElsewhere;
      startsElsewhere ??= isElsewhere;
      all.seconds.push(at + Number(second));
      all.counts.push(page.xs[i] as number);
      all.shares.push(page.shares[i] as number);
    });
  }
  return { ...all, joint, startsElsewhere: startsElsewhere ?? false, endsElsewhere: wasElsewhere };
}

async function minutesOf(store: Store, metric: CountedMetric, from: number, to: number): Promise<PastMinutes> {
  const closed = await closedFrom(store, metric);
  const all = { minutes: [] as number[], rates: [] as number[] };
  for (let at = from; at < to; at += MINUTES_A_PAGE * 60) {
    const range = { ...namesOf(metric), from: at, to: Math.min(to, at + MINUTES_A_PAGE * 60), closedFrom: closed };
    const [page] = await store.rows<{ ats: number[]; xs: number[] }>(
      `SELECT groupArray(minute) AS ats, groupArray(rate) AS xs FROM (
         SELECT intDiv(at, 60) AS minute, sum(x) / sum(share) AS rate FROM (${played(metric, 'decided')})
         GROUP BY minute HAVING sum(share) >= ${MINUTE_SECONDS_MIN} ORDER BY minute)`,
      range,
    );
    for (const [i, minute] of (page?.ats ?? []).entries()) {
      all.minutes.push(Number(minute));
      all.rates.push(page?.xs[i] as number);
    }
  }
  return all;
}

/** What is known of the series before second `before`, for a detector of its own: up to the newest second that there is. */
export async function readPast(store: Store, metric: CountedMetric, before: number): Promise<Past> {
  const { to } = await knownOf(store, metric, Math.max(0, before - PAST_MINUTES * 60), before);
  const end = Math.min(before, to === 0 ? before : to + 1);
  const from = Math.max(0, Math.ceil((end - PAST_SECONDS) / 60) * 60);
  const seconds = await secondsOf(store, metric, { from, to: end });
  const minutes = await minutesOf(store, metric, Math.max(0, before - PAST_MINUTES * 60), from);
  return { minutes, seconds, isOurs: !seconds.endsElsewhere || (await isOurs(store, metric, end)) };
}

/**
 * Whether what was counted elsewhere just before a second are the events that came to Plummet, too: about as many. An import of more than
 * comes here is another source.
 */
export async function isOurs(store: Store, metric: CountedMetric, before: number): Promise<boolean> {
  const range = { from: before - LATELY_SECONDS, to: before };
  const [known] = await store.rows<{ seconds: number; events: number }>(
    `SELECT count() AS seconds, sum(x) AS events FROM (${played(metric, 'decided')})`,
    { ...namesOf(metric), ...range, closedFrom: await closedFrom(store, metric) },
  );
  if (!known || Number(known.seconds) === 0) return false;
  const archived = await archivedSum(store, metric, range);
  return Math.abs(known.events - archived) <= ALIKE_SHARE * Math.max(known.events, archived) + ALIKE_EVENTS;
}

export interface Known {
  /** Some more than there are seconds: another number says that there is something else. */
  readonly rows: number;
  /** The first and the last of them; 0 where there is none. */
  readonly from: number;
  readonly to: number;
}

/** How much there is of the series from one second up to and without another, at a glance. */
export async function knownOf(store: Store, metric: CountedMetric, from: number, to: number): Promise<Known> {
  const range: Parameters = { series: seriesOf(metric), from, to };
  const [found] = await store.rows<{ rows: number; first: number; last: number }>(
    `SELECT count() AS rows, toUnixTimestamp(min(rates.second)) AS first, toUnixTimestamp(max(rates.second)) AS last
     FROM rates WHERE series = {series:String} AND rates.second >= toDateTime({from:UInt32}) AND rates.second < toDateTime({to:UInt32})`,
    range,
  );
  return { rows: Number(found?.rows ?? 0), from: Number(found?.first ?? 0), to: Number(found?.last ?? 0) };
}
