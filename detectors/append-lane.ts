/** Appends to one topic in the order given, one append at a time; what is refused is tried again, the same records first. */
import type { EventLog, LogRecord } from '../platform/eventlog/eventlog.ts';
import type { Telemetry } from '../platform/telemetry/catalogue.ts';
import type { Topic } from '../platform/topics/topic.ts';

/** Of one append. */
const RECORDS_MAX = 500;
const CHARACTERS_MAX = 4_000_000;

export class AppendLane {
  readonly #log: EventLog;
  readonly #topic: Topic;
  readonly #telemetry: Telemetry;
  #waiting: LogRecord[] = [];
  #inFlight: Promise<boolean> | undefined;
  #acknowledged = 0;
  #failing = false;

  constructor(log: EventLog, topic: Topic, telemetry: Telemetry) {
    this.#log = log;
    this.#topic = topic;
    this.#telemetry = telemetry;
  }

  push(records: readonly LogRecord[]): void {
    for (const record of records) this.#waiting.push(record);
  }

  /** Records that are not acknowledged. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Records acknowledged (or given up) since the start. */
  get acknowledged(): number {
    return this.#acknowledged;
  }

  /** Records pushed since the start: once so many are acknowledged, all of them are. */
  get pushed(): number {
    return this.#acknowledged + this.#waiting.length;
  }

  /** Was the last append refused? */
  get failing(): boolean {
    return this.#failing;
  }

  /** Begins an append unless one is under way. @returns whether it was acknowledged */
  go(): Promise<boolean> {
    if (this.#waiting.length === 0) return Promise.resolve(true);
    this.#inFlight ??= this.#append().finally(() => {
      this.#inFlight = undefined;
    });
    return this.#inFlight;
  }

  /** Appends until nothing waits or an append is refused. */
  async drain(): Promise<void> {
    while (this.#waiting.length > 0 && (await this.go()));
  }

  /** Gives up the newest ones beyond `max` that are not under way; nobody waits for them any more. @returns how many */
  dropBeyond(max: number): number {
    const dropped = this.#waiting.splice(Math.max(max, this.#inFlight ? RECORDS_MAX : 0)).length;
    this.#acknowledged += dropped;
    return dropped;
  }

  async #append(): Promise<boolean> {
    const records = this.#next();
    try {
      await this.#log.append(this.#topic, records);
    } catch (error) {
      this.#failing = true;
      this.#telemetry.appendFailed({ topic: this.#topic.name, error });
      return false;
    }
    this.#failing = false;
    this.#waiting.splice(0, records.length);
    this.#acknowledged += records.length;
    return true;
  }

  #next(): LogRecord[] {
    let characters = 0;
    let count = 0;
    for (const { value } of this.#waiting) {
      characters += value.length;
      if (count === RECORDS_MAX || (count > 0 && characters > CHARACTERS_MAX)) break;
      count++;
    }
    return this.#waiting.slice(0, count);
  }
}
