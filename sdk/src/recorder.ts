/** Collects what was published, for the tests of whoever publishes. */
import { listen } from './configure.ts';
import type { DomainEvent, EventClass } from './event.ts';

/** A recorder somebody forgot to stop keeps the newest so many. */
const RECORDED_EVENTS_MAX = 100_000;

export interface Recorder {
  /** Everything published since record() or clear(), in order. */
  readonly events: readonly DomainEvent<object>[];
  /** Those of one class and its subclasses. */
  of<E extends DomainEvent<object>>(eventClass: EventClass<E>): E[];
  /** How many of the oldest were let go, to keep 100,000. */
  readonly forgotten: number;
  clear(): void;
  stop(): void;
}

/**
 * Records every event from now on, also while observers are disabled.
 * @example
 * const recorder = record();
 * await checkout.pay(order);
 * expect(recorder.of(OrderPlaced).map((event) => event.data.amount)).toEqual([42]);
 * recorder.stop();
 */
export function record(): Recorder {
  const events: DomainEvent<object>[] = [];
  let forgotten = 0;
  const stop = listen((event) => {
    if (events.push(event) <= RECORDED_EVENTS_MAX) return;
    events.shift();
    forgotten++;
  });
  return {
    events,
    get forgotten() {
      return forgotten;
    },
    of: <E extends DomainEvent<object>>(eventClass: EventClass<E>) => events.filter((event): event is E => event instanceof eventClass),
    clear: () => void events.splice(0),
    stop,
  };
}
