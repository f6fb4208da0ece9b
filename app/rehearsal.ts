/**
 * The demo's past: two weeks that the detectors would have learned from, the last two hours for the wall, and the journal of an old
 * outage. The weeks themselves are written into the store afterwards (`rehearsal/fill.ts`).
 */
import { seriesOf } from '../detectors/counting/metric.ts';
import { slideOptionsOf } from '../detectors/slow-slide/slide-watch.ts';
import { type SlowSlide, slowSlide } from '../detectors/slow-slide/slow-slide.ts';
import { type Finding, type SteepDrop, steepDrop } from '../detectors/steep-drop/steep-drop.ts';
import { minuteLevels, mulberry32, type SecondOfShop, shopHistory, timesBetween } from '../examples/shop/history.ts';
import { MEAN_RATES, PAID_SHARE, poisson } from '../examples/shop/traffic.ts';
import type { ConfiguredMetric } from '../platform/config/load.ts';
import type { EventLog, LogRecord } from '../platform/eventlog/eventlog.ts';
import { type Signal, signalsRecord } from '../platform/topics/signals.ts';
import { stateRecord } from '../platform/topics/state.ts';
import type { Topics } from '../platform/topics/topic.ts';
import { REHEARSAL } from './rehearsal/journal.ts';
import { segmentStates } from './rehearsal/segments.ts';
import { type Span, scenesOf, type Weeks, weeksBefore } from './rehearsal/weeks.ts';

const SHOWN_SECONDS = 7200;
const LEARNED_SECONDS = 8 * 3600;
/** Time of day and of the week, from minutes alone; the rest is for the store. */
const REMEMBERED_MINUTES = 8 * 1440;
/** A Plummet that was away for less than this has its own past. */
const AWAY_MS = 60_000;
const RECORDS_AT_ONCE = 500;

export interface RehearsalOptions {
  readonly log: EventLog;
  readonly topics: Topics;
  readonly metrics: readonly ConfiguredMetric[];
  /** Milliseconds since the epoch: the past ends here. */
  readonly now: number;
  /** Of the shop: 1 = some 50 orders a second. */
  readonly size?: number;
  /** Called before anything is told of these seconds. */
  readonly about?: (span: Span) => Promise<void>;
}

interface Actor {
  readonly metric: ConfiguredMetric;
  readonly series: string;
  readonly detector: SteepDrop;
  readonly slide: SlowSlide;
}

/** Writes topics `state` and `signals` as if the shop had been open for two weeks; nothing where there is a past already. */
export async function rehearse({ log, topics, metrics, now, size = 1, about }: RehearsalOptions): Promise<void> {
  if (await hasPast(log, topics, now)) return;
  const end = Math.floor(now / 1000);
  const actors = metrics
    .filter((metric) => metric.where === undefined && metric.value === undefined)
    .map((metric): Actor => {
      const series = seriesOf(metric);
      return { metric, series, detector: steepDrop(metric.pageWhen), slide: slowSlide(slideOptionsOf(series, metric.aheadOfUtc)) };
    });
  rememberWeeks(actors, weeksToShown(end), end - LEARNED_SECONDS, size);
  const next = shopHistory(size);
  const shown = await firstShown(log, topics, end - SHOWN_SECONDS);
  await about?.({ from: shown, to: end });
  let records: LogRecord[] = [];
  for (let second = end - LEARNED_SECONDS; second < end; second++) {
    const shop = next(second);
    const signals = actors.map((actor) => signalOf(actor, second, shop));
    if (second < shown) continue;
    records.push(signalsRecord({ second, by: REHEARSAL, at: (second + 1) * 1000, silent: [], producers: 1, signals }));
    if (records.length === RECORDS_AT_ONCE) {
      await log.append(topics.signals, records);
      records = [];
    }
  }
  if (records.length > 0) await log.append(topics.signals, records);
  const learned = actors.map(({ series, detector, slide }) => {
    return stateRecord({ series, second: end - 1, detector: detector.save(), slide: slide.save(), usual: [], spokeAt: null });
  });
  for (const { metric } of actors) learned.push(...segmentStates(metric, end, MEAN_RATES.orders * size));
  if (learned.length > 0) await log.append(topics.state, learned);
}

async function hasPast(log: EventLog, topics: Topics, now: number): Promise<boolean> {
  const lately = await log.positionsAt(topics.signals, now - AWAY_MS);
  const ends = await log.ends(topics.signals);
  return (lately.get(0) ?? 0) < (ends.get(0) ?? 0);
}

/** Seconds that were shown once stay as they were. */
async function firstShown(log: EventLog, topics: Topics, wanted: number): Promise<number> {
  const since = await log.positionsAt(topics.signals, wanted * 1000);
  const last = (await log.ends(topics.signals)).get(0) ?? 0;
  if ((since.get(0) ?? last) >= last) return wanted;
  let newest = wanted;
  const reader = log.read(topics.signals, new Map([[0, last - 1]]), (records) => {
    for (const { value } of records) newest = Math.max(newest, (JSON.parse(value) as { second: number }).second + 1);
  });
  await reader.caughtUp();
  await reader.stop();
  return newest;
}

/** The weeks before the seconds that are shown, in a place that has no past. @param end  seconds since the epoch */
export function weeksToShown(end: number): Weeks {
  return weeksBefore(end - SHOWN_SECONDS);
}

/** Of each minute, how busy the shop was and what chance made of it, as in the store. */
function rememberWeeks(actors: readonly Actor[], weeks: Weeks, end: number, size: number): void {
  const first = weeks.from / 60;
  const levels = minuteLevels(first, Math.floor(end / 60) - first, size);
  const scenes = scenesOf(weeks);
  const random = mulberry32(first);
  levels.forEach((level, i) => {
    const from = (first + i) * 60;
    const minute = minuteOfShop(level, timesBetween(scenes, from, from + 60), random);
    for (const { metric, detector, slide } of actors) {
      const known = { minute: first + i, rate: (minute[metric.event] ?? 0) / 60 };
      if (i >= levels.length - REMEMBERED_MINUTES) detector.remember(known);
      slide.remember(known);
    }
  });
}

/** Events of a whole minute. */
function minuteOfShop(level: number, times: number, random: () => number): SecondOfShop {
  const of = (rate: number): number => poisson(60 * rate * level, random);
  const paid = of(MEAN_RATES.orders * PAID_SHARE * times);
  return {
    'order.placed': paid + of(MEAN_RATES.orders * (1 - PAID_SHARE) * times),
    'payment.taken': paid,
    'user.registered': of(MEAN_RATES.signups),
    'search.run': of(MEAN_RATES.searches),
  };
}

function signalOf({ metric, series, detector, slide }: Actor, second: number, shop: SecondOfShop): Signal {
  const n = shop[metric.event] ?? 0;
  const finding: Finding = detector.next({ second, n, share: 1 });
  slide.next({ second, n, share: 1 }, finding.isDown);
  const { state, rate, usual, derivative, steepness, drop } = finding;
  return { series, n, state, rate, usual, derivative, steepness, drop };
}
