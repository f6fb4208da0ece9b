/** An event log whose way for events can be cut, as a network is: what the demo breaks, so that metrics turn blind and nobody is paged. */
import type { EventLog } from '../platform/eventlog/eventlog.ts';
import { EventLogError } from '../platform/eventlog/problem.ts';
import type { Topics } from '../platform/topics/topic.ts';
import type { Clock, Timer } from '../platform/units/clock.ts';

export interface Cut {
  /** Stands in place of this log. */
  through(log: EventLog, topics: Topics): EventLog;
  /** From now on no event and no tick gets through, until `mend` or for `ms`. */
  begin(ms: number): void;
  mend(): void;
}

const REASON = 'the demo has cut the way to the event log: it comes back by itself';

/**
 * Appends to topic `events` fail while it is cut; all else goes on, so that what has become of the metrics can still be told.
 * Senders hear that nothing was taken and keep what they have; ticks are lost, so progress stops.
 */
export function cuttable(clock: Clock): Cut {
  let end: Timer | null = null;
  const mend = (): void => {
    end?.cancel();
    end = null;
  };
  return {
    through: (log, topics) => ({
      append: async (topic, records) => {
        if (end !== null && topic.name === topics.events.name) throw new EventLogError('unreachable', REASON);
        return log.append(topic, records);
      },
      read: (...asked) => log.read(...asked),
      ends: (topic) => log.ends(topic),
      positionsAt: (topic, since) => log.positionsAt(topic, since),
      check: async () => (end === null ? log.check() : { ok: false, reason: REASON }),
      close: () => log.close(),
    }),
    begin(ms) {
      mend();
      end = clock.after(ms, mend);
    },
    mend,
  };
}
