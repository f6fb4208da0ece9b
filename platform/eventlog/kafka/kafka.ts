/** The event log in Apache Kafka: the door of its folder. */
import { partitionOf, type Topic } from '../../topics/topic.ts';
import type { Clock, Timer } from '../../units/clock.ts';
import type { Appended, EventLog, Handle, Health, LogRecord, Positions, Reader } from '../eventlog.ts';
import { EventLogError, type LogProblem, type OnProblem } from '../problem.ts';
import { Appender } from './appender.ts';
import type { ConnectionsOptions } from './connections.ts';
import { BrokersHealth } from './health.ts';
import { bytesOf } from './lane.ts';
import { Leaders } from './leaders.ts';
import { AT_END, offsetsOf } from './offsets.ts';
import type { KafkaOptions } from './options.ts';
import { pause } from './pause.ts';
import { provision } from './provision.ts';
import { LeaderReader } from './reader.ts';
import { isRefusal, sentenceOf } from './sentence.ts';
import { type FoundTopic, RECORD_BYTES_MAX } from './topic-settings.ts';
import { Trouble } from './trouble.ts';

/** Brokers may start at the same time as Plummet. */
const OPEN_MS_MAX = 30_000;
const OPEN_AGAIN_MS = 500;
/** What is asked of the leaders is given up after so much. */
const ASK_MS_MAX = 5_000;
const LAG_EVERY_MS = 1_000;

export interface KafkaLogOptions {
  readonly kafka: KafkaOptions;
  readonly clock: Clock;
  /** Every topic that will be appended to or read. */
  readonly topics: readonly Topic[];
  /** 0 up to 1; spreads questions over the brokers. */
  readonly random: () => number;
  /** What brokers write into their logs of whose requests these are. */
  readonly clientId?: string;
  /** Hears of every fault that the event log survives by itself. */
  readonly onProblem?: OnProblem;
  /** Hears each second how many records of a topic its slowest reader has not handled yet. */
  readonly onLag?: (topic: string, records: number) => void;
  /** Brokers that do not answer at the start are waited for so long; 30 s by default. */
  readonly openMsMax?: number;
}

/**
 * Connects, makes the topics that are missing and checks those that are there.
 *
 * @throws EventLogError `topic` where a topic does not do, `refused` where the brokers do not want us, `unreachable` where none answers
 */
export async function openKafkaLog(options: KafkaLogOptions): Promise<EventLog> {
  const { kafka, clock, topics, random, openMsMax = OPEN_MS_MAX, clientId = 'plummet' } = options;
  const report: OnProblem = (problem) => tell(options, problem);
  const connections: ConnectionsOptions = { kafka, clock, clientId };
  const named = new Map(topics.map((topic) => [kafka.topicPrefix + topic.name, topic]));
  const leaders = new Leaders({ ...connections, seeds: kafka.brokers, topics: [...named.keys()], random });
  const trouble = new Trouble({ clock, what: `No broker of ${kafka.brokers.join(', ')} can be used`, report });
  const startedAt = clock.monotonic();
  for (;;) {
    try {
      const found = await provision({ leaders, clock, topics: named, brokers: kafka.brokers, replicas: kafka.replicas, report });
      trouble.over();
      return new KafkaLog(options, { leaders, connections, found, report });
    } catch (error) {
      const settled = error instanceof EventLogError && error.code !== 'unreachable';
      if (settled || isRefusal(error) || clock.monotonic() - startedAt >= openMsMax) {
        leaders.close();
        throw openError(error, kafka.brokers);
      }
      trouble.goesOn(error);
      await pause(clock, OPEN_AGAIN_MS);
    }
  }
}

interface KafkaParts {
  readonly leaders: Leaders;
  readonly connections: ConnectionsOptions;
  readonly found: ReadonlyMap<string, FoundTopic>;
  readonly report: OnProblem;
}

class KafkaLog implements EventLog {
  readonly #options: KafkaLogOptions;
  readonly #parts: KafkaParts;
  readonly #appender: Appender;
  readonly #health: BrokersHealth;
  readonly #readers = new Map<LeaderReader, Topic>();
  #lagTimer: Timer;
  #closing: Promise<void> | undefined;

  constructor(options: KafkaLogOptions, parts: KafkaParts) {
    this.#options = options;
    this.#parts = parts;
    const { leaders, connections, found, report } = parts;
    this.#appender = new Appender({ leaders, connections, report });
    this.#health = new BrokersHealth({ leaders, clock: options.clock, topics: found, trouble: () => this.#appender.trouble });
    this.#lagTimer = this.#tellLag();
  }

  async append(topic: Topic, records: readonly LogRecord[]): Promise<Appended[]> {
    const parts = new Map<number, { records: LogRecord[]; bytes: number[] }>();
    const places: { partition: number; index: number }[] = [];
    for (const record of records) {
      const partition = record.partition ?? partitionOf(record.key, topic.partitions);
      const bytes = checkedBytes(topic, partition, record);
      const part = parts.get(partition) ?? { records: [], bytes: [] };
      parts.set(partition, part);
      places.push({ partition, index: part.records.length });
      part.records.push(record);
      part.bytes.push(bytes);
    }
    const offsets = new Map<number, readonly number[]>();
    const appends = [...parts].map(async ([partition, part]) => {
      offsets.set(partition, await this.#appender.append(this.#name(topic), partition, part.records, part.bytes));
    });
    const settled = await Promise.allSettled(appends);
    for (const one of settled) if (one.status === 'rejected') throw one.reason;
    return places.map(({ partition, index }) => ({ partition, offset: offsets.get(partition)?.[index] as number }));
  }

  read(topic: Topic, positions: Positions, handle: Handle, only?: readonly number[]): Reader {
    if (this.#closing !== undefined) throw new EventLogError('closed', 'The event log in Kafka is closed.');
    const { leaders, connections, report } = this.#parts;
    const partitions = only ?? Array.from({ length: topic.partitions }, (_, partition) => partition);
    const wish = { topic: this.#name(topic), partitions, leaders, connections, report, handle };
    const reader = new LeaderReader(wish, positions);
    this.#readers.set(reader, topic);
    return {
      caughtUp: () => reader.caughtUp(),
      stop: async () => {
        await reader.stop();
        this.#readers.delete(reader);
      },
    };
  }

  ends(topic: Topic): Promise<Map<number, number>> {
    return this.#offsets(topic, AT_END);
  }

  async positionsAt(topic: Topic, since: number): Promise<Map<number, number>> {
    const positions = await this.#offsets(topic, Math.max(0, Math.round(since)));
    const without = [...positions].filter(([, offset]) => offset < 0).map(([partition]) => partition);
    if (without.length === 0) return positions;
    const ends = await this.ends(topic);
    for (const partition of without) positions.set(partition, ends.get(partition) as number);
    return positions;
  }

  check(): Promise<Health> {
    if (this.#closing !== undefined) return Promise.resolve({ ok: false, reason: 'The event log in Kafka is closed.' });
    return this.#health.check();
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#lagTimer.cancel();
    await Promise.all([...this.#readers.keys()].map((reader) => reader.stop()));
    await this.#appender.close();
    this.#parts.leaders.close();
  }

  #name(topic: Topic): string {
    return this.#options.kafka.topicPrefix + topic.name;
  }

  async #offsets(topic: Topic, time: number): Promise<Map<number, number>> {
    const partitions = Array.from({ length: topic.partitions }, (_, partition) => partition);
    const wish = { topic: this.#name(topic), partitions, time };
    try {
      const found = await offsetsOf(this.#parts.leaders, wish, { clock: this.#options.clock, withinMs: ASK_MS_MAX });
      return new Map(partitions.map((partition) => [partition, found.get(partition) as number]));
    } catch (error) {
      throw new EventLogError('unreachable', `The offsets of ${wish.topic} cannot be had. ${sentenceOf(error)}`, error);
    }
  }

  #tellLag(): Timer {
    const { clock, onLag } = this.#options;
    return clock.after(LAG_EVERY_MS, () => {
      const lags = new Map<string, number>();
      for (const [reader, { name }] of this.#readers) lags.set(name, Math.max(reader.lag, lags.get(name) ?? 0));
      for (const [name, lag] of lags) onLag?.(name, lag);
      this.#lagTimer = this.#tellLag();
    });
  }
}

function checkedBytes(topic: Topic, partition: number, record: LogRecord): number {
  if (!Number.isInteger(partition) || partition < 0 || partition >= topic.partitions) {
    throw new EventLogError('topic', `${topic.name} has the partitions 0 to ${topic.partitions - 1}, not ${partition}.`);
  }
  const bytes = bytesOf(record);
  if (bytes > RECORD_BYTES_MAX) {
    const message = `A record of ${bytes} bytes is larger than the event log takes (${RECORD_BYTES_MAX}). Cut it into smaller ones.`;
    throw new EventLogError('too-large', message);
  }
  return bytes;
}

function openError(error: unknown, brokers: readonly string[]): EventLogError {
  if (error instanceof EventLogError) return error;
  const what = `The event log in Kafka (${brokers.join(', ')}) cannot be opened.`;
  return new EventLogError(isRefusal(error) ? 'refused' : 'unreachable', `${what} ${sentenceOf(error)}`, error);
}

function tell({ onProblem }: KafkaLogOptions, problem: LogProblem): void {
  try {
    onProblem?.(problem);
  } catch {
    // Whoever listens must not be able to stop the event log.
  }
}
