/** Appends signals in order, one append at a time, and holds up nobody: what the event log refuses waits, bounded, and is tried again. */
import type { EventLog } from '../platform/eventlog/eventlog.ts';
import type { Telemetry } from '../platform/telemetry/catalogue.ts';
import type { SignalsRecord } from '../platform/topics/signals.ts';
import type { Topic } from '../platform/topics/topic.ts';
import { type Clock, sleep } from '../platform/units/clock.ts';
import { fallsOf, Unsent } from './unsent.ts';

const AGAIN_MS = 250;
/** Of a second that was decided on so long after its end only a fall is of use to anybody. */
const LATE_MS = 600_000;

export class SignalSender {
  readonly #log: EventLog;
  readonly #topic: Topic;
  readonly #clock: Clock;
  readonly #telemetry: Telemetry;
  readonly #stopping: AbortSignal;
  readonly #unsent = new Unsent();
  #sending: Promise<void> | undefined;

  constructor(log: EventLog, topic: Topic, clock: Clock, telemetry: Telemetry, stopping: AbortSignal) {
    this.#log = log;
    this.#topic = topic;
    this.#clock = clock;
    this.#telemetry = telemetry;
    this.#stopping = stopping;
  }

  say(record: SignalsRecord): void {
    const isLate = record.at - (record.second + 1) * 1000 > LATE_MS;
    const said = isLate ? fallsOf(record) : record;
    if (!said) return;
    this.#unsent.add(said);
    void this.drain();
  }

  /** Resolves when nothing waits, or, once stopping, when the event log refused. */
  drain(): Promise<void> {
    if (this.#unsent.size === 0) return Promise.resolve();
    this.#sending ??= this.#send();
    return this.#sending;
  }

  async #send(): Promise<void> {
    let goesOn = true;
    while (goesOn && this.#unsent.size > 0) goesOn = await this.#append();
    // Before anything else runs: what is said from here on begins anew.
    this.#sending = undefined;
  }

  /** @returns false when the event log refused and nobody waits for it any more */
  async #append(): Promise<boolean> {
    try {
      await this.#log.append(this.#topic, this.#unsent.take());
      this.#unsent.sent();
      return true;
    } catch (error) {
      this.#unsent.failed();
      this.#telemetry.appendFailed({ topic: this.#topic.name, error });
    }
    if (this.#stopping.aborted) return false;
    await sleep(this.#clock, AGAIN_MS, this.#stopping);
    return true;
  }
}
