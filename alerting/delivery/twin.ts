/**
 * Which of the two alerting processes this one is, and what the event log's clock shows. Says once a second in topic `config` that it
 * is there, and reads what the other one says. Two that were both started as `a` would both be first: the later one turns `b`.
 */
import type { EventLog, Reader, StoredRecord } from '../../platform/eventlog/eventlog.ts';
import type { Telemetry } from '../../platform/telemetry/catalogue.ts';
import { aliveRecord, decodeAlive, type Replica } from '../../platform/topics/config.ts';
import type { Topics } from '../../platform/topics/topic.ts';
import { type Clock, sleep } from '../../platform/units/clock.ts';

export interface Twin {
  readonly replica: Replica;
  /** Resolves once the event log has answered for the first time. */
  readonly heard: Promise<void>;
  /** What the event log's clock shows, ms since the epoch; null before it answered. */
  logNow(): number | null;
  stop(): Promise<void>;
}

export interface TwinOptions {
  readonly log: EventLog;
  readonly topics: Topics;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  /** Name of this process in the journal. */
  readonly by: string;
  /** As it was started. */
  readonly replica: Replica;
}

const EVERY_MS = 1000;
const RETRY_MS = 1000;
/** A word that was under way when its process was killed may come after ours; a second one is a process that lives. */
const WORDS_OF_THE_LIVING = 2;

export function startTwin(options: TwinOptions): Twin {
  return new Presence(options);
}

class Presence implements Twin {
  readonly heard: Promise<void>;
  readonly #options: TwinOptions;
  readonly #stopped = new AbortController();
  #replica: Replica;
  #resolveHeard = (): void => undefined;
  #reader: Reader | null = null;
  /** Offset of our first word. */
  #first: number | null = null;
  #log: { readonly time: number; readonly monotonic: number } | null = null;
  /** Words of other processes of our name since our own first one. */
  readonly #words = new Map<string, number>();

  constructor(options: TwinOptions) {
    this.#options = options;
    this.#replica = options.replica;
    this.heard = new Promise((resolve) => {
      this.#resolveHeard = resolve;
    });
    void this.#run();
  }

  get replica(): Replica {
    return this.#replica;
  }

  logNow(): number | null {
    return this.#log && this.#log.time + this.#options.clock.monotonic() - this.#log.monotonic;
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    this.#resolveHeard();
    await this.#reader?.stop();
  }

  async #run(): Promise<void> {
    const { log, topics, clock, telemetry } = this.#options;
    const { signal } = this.#stopped;
    while (!signal.aborted && !this.#reader) {
      try {
        const ends = await log.ends(topics.config);
        if (!signal.aborted) this.#reader = log.read(topics.config, ends, (records) => this.#take(records));
      } catch (error) {
        telemetry.stepFailed({ step: 'twin', error });
        await sleep(clock, RETRY_MS, signal);
      }
    }
    while (!signal.aborted) {
      this.#say();
      await sleep(clock, EVERY_MS, signal);
    }
  }

  /** Nothing waits for it: a word that is refused is followed by the next one. */
  #say(): void {
    const { log, topics, by, telemetry } = this.#options;
    const record = aliveRecord({ replica: this.#replica, by, first: this.#first });
    log.append(topics.config, [record]).catch((error) => telemetry.appendFailed({ topic: 'config', error }));
  }

  #take(records: readonly StoredRecord[]): void {
    const { clock, by } = this.#options;
    for (const record of records) {
      const alive = decodeAlive(record);
      if (!alive) continue;
      if (alive.by !== by) this.#hear(alive.by, alive.replica, alive.first ?? record.offset);
      else {
        this.#first ??= record.offset;
        this.#log = { time: record.appendedAt, monotonic: clock.monotonic() };
        this.#resolveHeard();
      }
    }
  }

  #hear(by: string, replica: Replica, first: number): void {
    if (this.#first === null || replica !== 'a' || this.#replica !== 'a' || first > this.#first) return;
    const words = (this.#words.get(by) ?? 0) + 1;
    this.#words.set(by, words);
    if (words < WORDS_OF_THE_LIVING) return;
    this.#replica = 'b';
    this.#options.telemetry.replicaTurned({ by: this.#options.by, other: by });
  }
}
