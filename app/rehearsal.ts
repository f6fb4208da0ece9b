/** The demo's past: what the detectors would have learned by now, and the last two hours for the wall, marked as rehearsed. */
import { seriesOf } from '../detectors/counting/metric.ts';
import { type Finding, type SteepDrop, steepDrop } from '../detectors/steep-drop/steep-drop.ts';
import { type SecondOfShop, shopHistory } from '../examples/shop/history.ts';
import type { ConfiguredMetric } from '../platform/config/load.ts';
import type { EventLog, LogRecord } from '../platform/eventlog/eventlog.ts';
import { type Signal, signalsRecord } from '../platform/topics/signals.ts';
import { stateRecord } from '../platform/topics/state.ts';
import type { Topics } from '../platform/topics/topic.ts';

/** Who wrote a rehearsed signal. */
const REHEARSAL = 'rehearsal';

const SHOWN_SECONDS = 7200;
const LEARNED_SECONDS = 8 * 3600;
/** Time of day, from minutes alone. */
const WEEK_SECONDS = 7 * 86_400;
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
}

interface Actor {
  readonly metric: ConfiguredMetric;
  readonly series: string;
  readonly detector: SteepDrop;
}

/** Writes topics `state` and `signals` as if the shop had been open all week; nothing where there is a past already. */
export async function rehearse({ log, topics, metrics, now, size = 1 }: RehearsalOptions): Promise<void> {
  if (await hasPast(log, topics, now)) return;
  const end = Math.floor(now / 1000);
  const actors = metrics
    .filter((metric) => metric.where === undefined && metric.value === undefined)
    .map((metric) => ({ metric, series: seriesOf(metric), detector: steepDrop(metric.pageWhen) }));
  rememberWeek(actors, end - LEARNED_SECONDS, size);
  const next = shopHistory(size);
  const shown = await firstShown(log, topics, end - SHOWN_SECONDS);
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
  const learned = actors.map(({ series, detector }) => {
    return stateRecord({ series, second: end - 1, detector: detector.save(), usual: [], spokeAt: null });
  });
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

/** A minute is sampled by a few of its seconds: the day's shape is all that is wanted. */
function rememberWeek(actors: readonly Actor[], end: number, size: number): void {
  const next = shopHistory(size);
  const samples = [5, 25, 45];
  for (let minute = Math.floor((end - WEEK_SECONDS) / 60); minute < Math.floor(end / 60); minute++) {
    const seconds = samples.map((at) => next(minute * 60 + at));
    for (const { metric, detector } of actors) {
      const events = seconds.reduce((sum, second) => sum + (second[metric.event] ?? 0), 0);
      detector.remember({ minute, rate: events / samples.length });
    }
  }
}

function signalOf({ metric, series, detector }: Actor, second: number, shop: SecondOfShop): Signal {
  const n = shop[metric.event] ?? 0;
  const finding: Finding = detector.next({ second, n, share: 1 });
  const { state, rate, usual, derivative, steepness, drop } = finding;
  return { series, n, state, rate, usual, derivative, steepness, drop };
}
