/** Where the detectors' past comes from: the store's rates and, for what was never counted, its archive of events. */
import { seriesOf } from '../detectors/counting/metric.ts';
import type { PastSource } from '../detectors/give-past.ts';
import type { HistorySource } from '../detectors/learn-thresholds.ts';
import { PAST_MINUTES } from '../detectors/past/past.ts';
import type { EventLog } from '../platform/eventlog/eventlog.ts';
import { fillFromArchive } from '../platform/store/from-archive.ts';
import { leftOutOf } from '../platform/store/incident-spans.ts';
import { knownOf, readPast, secondsOf } from '../platform/store/past.ts';
import { COME_TO, readPositions } from '../platform/store/positions.ts';
import type { Store } from '../platform/store/store.ts';
import type { Topics } from '../platform/topics/topic.ts';
import { type Clock, SteadyTime } from '../platform/units/clock.ts';

export interface PastOptions {
  readonly store: Store;
  readonly log: EventLog;
  readonly topics: Topics;
  readonly clock: Clock;
}

/** Events of a second come up to so much later; what comes later still is missing from what the archive gives. */
const LATE_SECONDS = 5;

export function pastFrom({ store, log, topics, clock }: PastOptions): PastSource {
  const time = new SteadyTime(clock);
  /** Series whose archive is in rates. */
  const filled = new Set<string>();

  /** Whether the archive has all that came of the seconds before this one: half of it would look like a fall. */
  async function hasArchived(before: number): Promise<boolean> {
    const at = (before + LATE_SECONDS) * 1000;
    if (time.now() < at) return false;
    const wanted = await log.positionsAt(topics.events, at);
    const kept = new Map(
      (await readPositions(store, topics.events.name)).filter(({ part }) => part === COME_TO).map((p) => [p.partition, p.offset]),
    );
    return [...wanted].every(([partition, offset]) => (kept.get(partition) ?? 0) >= offset);
  }

  return {
    async known(metric, before, others) {
      const series = seriesOf(metric);
      // Of segments the archive is not asked: each would read all of it. They are known from when they are counted.
      if (metric.segment === undefined && !filled.has(series) && (await hasArchived(before))) {
        await fillFromArchive(store, metric, { before, others, writtenAt: time.now() });
        filled.add(series);
      }
      return (await knownOf(store, metric, before - PAST_MINUTES * 60, before)).rows;
    },
    read: (metric, before) => readPast(store, metric, before),
  };
}

/** Where the tails come from that may raise thresholds. */
export function historyFrom(store: Store): HistorySource {
  return {
    firstOf: async (metric, from, to) => (await knownOf(store, metric, from, to)).from,
    secondsOf: (metric, from, to) => secondsOf(store, metric, { from, to }),
    leftOut: (metric, from, to) => leftOutOf(store, seriesOf(metric), from, to),
  };
}
