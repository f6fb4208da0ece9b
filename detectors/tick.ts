/** Reads the clock, writes topic events: a tick four times a second to each partition, so that no events and no data are told apart. */
import type { EventLog } from '../platform/eventlog/eventlog.ts';
import type { Telemetry } from '../platform/telemetry/catalogue.ts';
import { type Tick, tickRecord } from '../platform/topics/events.ts';
import type { Topics } from '../platform/topics/topic.ts';
import { atMost } from '../platform/units/at-most.ts';
import { type Clock, SteadyTime, type Timer } from '../platform/units/clock.ts';

export interface TickOptions {
  readonly log: EventLog;
  readonly topics: Topics;
  readonly clock: Clock;
  /** This count process. */
  readonly writer: string;
  readonly telemetry: Telemetry;
  /** Of the machine's clock, see `Tick`. */
  readonly clockName?: string | undefined;
  readonly tickMs?: number;
  /** Of `events`; all where left out. */
  readonly partitions?: readonly number[];
}

/** Of one partition. An append that hangs holds up its own partition's ticks only, and only after a second of them. */
const TICKS_IN_FLIGHT_MAX = 4;
/** At the end, ticks under way are waited for so long. */
const STOP_MS = 500;

export function startTicks(options: TickOptions): { stop(): Promise<void> } {
  const ticks = new Ticks(options);
  return { stop: () => ticks.stop() };
}

class Ticks {
  readonly #options: TickOptions;
  readonly #tickMs: number;
  readonly #steady: SteadyTime;
  readonly #inFlight: Map<number, Set<Promise<void>>>;
  /** Monotonic ms. */
  #nextAt: number;
  #timer: Timer;

  constructor(options: TickOptions) {
    const { clock, topics, tickMs = 250, partitions = Array.from({ length: topics.events.partitions }, (_, i) => i) } = options;
    this.#options = options;
    this.#tickMs = tickMs;
    this.#steady = new SteadyTime(clock);
    this.#inFlight = new Map(partitions.map((partition) => [partition, new Set()]));
    this.#nextAt = clock.monotonic();
    this.#timer = clock.after(0, () => this.#tick());
  }

  async stop(): Promise<void> {
    this.#timer.cancel();
    const underWay = [...this.#inFlight.values()].flatMap((ticks) => [...ticks]);
    await atMost(this.#options.clock, STOP_MS, Promise.all(underWay));
  }

  #tick(): void {
    const { clock, writer, clockName } = this.#options;
    const now = clock.monotonic();
    this.#nextAt += this.#tickMs;
    // What fell due while the process stood still is one tick late, not many at once.
    if (this.#nextAt <= now) this.#nextAt = now + this.#tickMs;
    this.#timer = clock.after(this.#nextAt - now, () => this.#tick());
    const at = Math.round(this.#steady.now());
    for (const [partition, ticks] of this.#inFlight) {
      if (ticks.size >= TICKS_IN_FLIGHT_MAX) {
        this.#options.telemetry.appendFailed({ topic: 'events', reason: `partition ${partition} does not take ticks` });
        continue;
      }
      const tick: Promise<void> = this.#append(partition, { writer, at, ...(clockName && { clock: clockName }) }).finally(() =>
        ticks.delete(tick),
      );
      ticks.add(tick);
    }
  }

  async #append(partition: number, tick: Tick): Promise<void> {
    const { log, topics, telemetry } = this.#options;
    try {
      await log.append(topics.events, [tickRecord(tick, partition)]);
    } catch (error) {
      telemetry.appendFailed({ topic: topics.events.name, partition, error });
    }
  }
}
