/** Reads back what Plummet wrote to its topics, by a way of its own that no fault touches: counts, signals, journal, dead letters. */
import type { EventLog, Reader, StoredRecord } from '../../platform/eventlog/eventlog.ts';
import { openKafkaLog } from '../../platform/eventlog/kafka/kafka.ts';
import type { KafkaOptions } from '../../platform/eventlog/kafka/options.ts';
import { decodeCounts } from '../../platform/topics/counts.ts';
import { type DeadLetter, decodeDeadLetter } from '../../platform/topics/dead-letters.ts';
import { decodeJournal, type JournalLine } from '../../platform/topics/incidents.ts';
import { decodeSignals, metricOf, type SignalState } from '../../platform/topics/signals.ts';
import { type Topics, topics as topicsOf } from '../../platform/topics/topic.ts';
import { systemClock } from '../../platform/units/clock.ts';
import { Counted } from './counted.ts';

/** A metric's newest finding: the second it is about, and when we read it (ms since the epoch). */
export interface Found {
  readonly state: SignalState;
  readonly second: number;
  readonly readAt: number;
}

export class Observer {
  readonly log: EventLog;
  readonly topics: Topics;
  readonly counted = new Counted();
  readonly found = new Map<string, Found>();
  /** By metric and second, events as known at closing, and the state; of the first signal in the log that was neither warming nor blind. */
  readonly decided = new Map<string, string>();
  readonly journal: JournalLine[] = [];
  readonly deadLetters: DeadLetter[] = [];
  readonly #listeners = new Set<(line: JournalLine) => void>();
  readonly #readers: Reader[];
  /** By metric, the longest time that no second of it was decided on, since it was asked for last, ms. */
  readonly #undecidedMs = new Map<string, number>();

  private constructor(log: EventLog, topics: Topics) {
    this.log = log;
    this.topics = topics;
    const read = (topic: Topics[keyof Topics], take: (record: StoredRecord) => void): Reader => {
      return log.read(topic, new Map(), (records) => records.forEach(take));
    };
    this.#readers = [
      read(topics.counts, (record) => this.counted.take(decodeCounts(record))),
      read(topics.signals, (record) => this.#signals(record)),
      read(topics.incidents, (record) => this.#line(decodeJournal(record))),
      read(topics.deadLetters, (record) => void this.deadLetters.push(decodeDeadLetter(record))),
    ];
  }

  static async open(kafka: KafkaOptions): Promise<Observer> {
    const topics = topicsOf(kafka.partitions);
    const log = await openKafkaLog({ kafka, clock: systemClock, topics: Object.values(topics), random: Math.random, clientId: 'observer' });
    return new Observer(log, topics);
  }

  /** @returns takes the listener off again */
  onJournal(listener: (line: JournalLine) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The longest time for which nobody decided on a metric, over all of them, since this was asked last, ms. */
  takeUndecidedMs(): number {
    const now = Date.now();
    for (const [metric, { readAt }] of this.found) this.#undecided(metric, now - readAt);
    const longest = Math.max(0, ...this.#undecidedMs.values());
    this.#undecidedMs.clear();
    return longest;
  }

  async close(): Promise<void> {
    await Promise.all(this.#readers.map((reader) => reader.stop()));
    await this.log.close();
  }

  #signals(record: StoredRecord): void {
    const { second, signals } = decodeSignals(record);
    const readAt = Date.now();
    for (const { series, state, n } of signals) {
      const metric = metricOf(series);
      const known = this.found.get(metric);
      if (state === 'warming' || state === 'blind' || second <= (known?.second ?? 0)) continue;
      if (known) this.#undecided(metric, readAt - known.readAt);
      this.found.set(metric, { state, second, readAt });
      this.decided.set(`${metric} ${second}`, `${n}${state === 'normal' ? '' : ` ${state}`}`);
    }
  }

  #undecided(metric: string, durationMs: number): void {
    this.#undecidedMs.set(metric, Math.max(durationMs, this.#undecidedMs.get(metric) ?? 0));
  }

  #line(line: JournalLine): void {
    this.journal.push(line);
    for (const listener of this.#listeners) listener(line);
  }
}
