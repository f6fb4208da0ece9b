/**
 * The event log on arrays, for simulations: an hour of traffic in a second, the same each time. All waiting is by the clock
 * or by promises; nothing touches a disk. A simulation can stop partitions, let appends fail and kill a handle.
 */
import type { Clock } from '@plummet/sdk/clock';
import type { Appended, EventLog, Handle, Health, LogRecord, Positions, Reader, StoredRecord } from '../../platform/eventlog/eventlog.ts';
import { FeedReader } from '../../platform/eventlog/file/reader.ts';
import { EventLogError, type LogProblem } from '../../platform/eventlog/problem.ts';
import { partitionOf, type Topic } from '../../platform/topics/topic.ts';
import { SteadyTime } from '../../platform/units/clock.ts';
import { MemoryPartition } from './memory-partition.ts';

const RECORD_CHARACTERS_MAX = 8 * 1024 * 1024;

export interface MemoryLogOptions {
  readonly clock: Clock;
  /** When given, other topics are refused. */
  readonly topics?: readonly Topic[];
  /** A record is there after the first half of it, and acknowledged after the second; 0 by default: both at once. */
  readonly latencyMs?: number;
  readonly onProblem?: (problem: LogProblem) => void;
  /** Offsets passed over after each record of a topic, as Kafka does for what only itself reads; none where left out. */
  readonly skips?: (topic: Topic) => number;
}

export interface MemoryLog extends EventLog {
  /** The same records as another process sees them: its own readers, its own end. */
  another(): MemoryLog;
  /** The process of this handle dies: no reader hears anything more, no append is answered, and what was under way may be there or not. */
  kill(): void;
  /** The partition (all of the topic's, where none is said) stands still: its appends wait and its readers get nothing, until `release`. */
  hold(topic: Topic, partition?: number): void;
  release(topic: Topic, partition?: number): void;
  /** A broker whose clock is off by so much leads the partition: it stamps what is appended. */
  lead(topic: Topic, partition: number, wrongMs: number): void;
  /** The next `times` appends to the topic are refused, in all handles; Infinity until called with 0. */
  failAppends(topic: Topic, times: number, message?: string): void;
  /** All records kept, in order. */
  records(topic: Topic, partition: number): readonly StoredRecord[];
}

export function memoryLog(options: MemoryLogOptions): MemoryLog {
  return new MemoryHandle(options, new Map(), new SteadyTime(options.clock));
}

interface MemoryTopic {
  readonly partitions: readonly MemoryPartition[];
  readonly wakes: Set<() => void>;
  failing: { times: number; message: string };
}

class MemoryHandle implements MemoryLog {
  readonly #options: MemoryLogOptions;
  readonly #topics: Map<string, MemoryTopic>;
  readonly #steady: SteadyTime;
  readonly #readers = new Set<Reader>();
  #underWay = 0;
  #passing: { readonly from: number; readonly done: Promise<void> } | undefined;
  #drained: (() => void) | undefined;
  #closed = false;
  #killed = false;

  constructor(options: MemoryLogOptions, topics: Map<string, MemoryTopic>, steady: SteadyTime) {
    this.#options = options;
    this.#topics = topics;
    this.#steady = steady;
  }

  another(): MemoryLog {
    return new MemoryHandle(this.#options, this.#topics, this.#steady);
  }

  async append(topic: Topic, records: readonly LogRecord[]): Promise<Appended[]> {
    if (this.#killed) return never();
    if (this.#closed) throw new EventLogError('closed', 'The event log is closed.');
    const { partitions, failing } = this.#topic(topic);
    if (failing.times > 0) {
      failing.times--;
      throw new EventLogError('disk', failing.message);
    }
    const places = records.map((record) => placeOf(topic, record));
    this.#underWay++;
    try {
      await this.#pass();
      const appended = await Promise.all(records.map((record, i) => this.#put(partitions, places[i] as number, record)));
      await this.#pass();
      return this.#killed ? await never() : appended;
    } finally {
      this.#underWay--;
      if (this.#underWay === 0) this.#drained?.();
    }
  }

  read(topic: Topic, positions: Positions, handle: Handle, only?: readonly number[]): Reader {
    if (this.#closed) throw new EventLogError('closed', 'The event log is closed.');
    const { partitions, wakes } = this.#topic(topic);
    const onAppend = (wake: () => void): (() => void) => {
      wakes.add(wake);
      return () => wakes.delete(wake);
    };
    const report = (problem: LogProblem): void => this.#options.onProblem?.(problem);
    const { clock } = this.#options;
    const feeds = partitions.map((partition) => partition.feed());
    const alive = (records: readonly StoredRecord[]): Promise<void> | void => (this.#killed ? never() : handle(records));
    const reader = new FeedReader({ topic: topic.name, feeds, clock, report, onAppend, handle: alive, only }, positions);
    this.#readers.add(reader);
    return {
      caughtUp: async () => {
        const ends = partitions.map(({ end }) => end);
        await reader.caughtUp();
        const isRead = (number: number): boolean => only?.includes(number) ?? true;
        while (partitions.some((partition, i) => isRead(i) && partition.held && partition.readableEnd < (ends[i] as number))) {
          await Promise.all(partitions.filter((_, i) => isRead(i)).map((partition) => partition.released()));
          await reader.caughtUp();
        }
      },
      stop: async () => {
        this.#readers.delete(reader);
        await reader.stop();
      },
    };
  }

  async ends(topic: Topic): Promise<Map<number, number>> {
    return new Map(this.#topic(topic).partitions.map((partition, number) => [number, partition.end]));
  }

  async positionsAt(topic: Topic, since: number): Promise<Map<number, number>> {
    return new Map(this.#topic(topic).partitions.map((partition, number) => [number, partition.offsetAt(since)]));
  }

  async check(): Promise<Health> {
    for (const [name, { failing, partitions }] of this.#topics) {
      if (failing.times > 0) return { ok: false, reason: failing.message };
      const held = partitions.findIndex((partition) => partition.held);
      if (held >= 0) return { ok: false, reason: `${name}/${held} does not answer` };
    }
    return this.#closed ? { ok: false, reason: 'The event log is closed.' } : { ok: true, reason: '' };
  }

  async close(): Promise<void> {
    await Promise.all([...this.#readers].map((reader) => reader.stop()));
    this.#closed = true;
    if (this.#underWay > 0) await new Promise<void>((resolve) => (this.#drained = resolve));
  }

  kill(): void {
    this.#killed = true;
    this.#closed = true;
    for (const reader of this.#readers) void reader.stop();
  }

  hold(topic: Topic, partition?: number): void {
    for (const one of this.#chosen(topic, partition)) one.hold();
  }

  release(topic: Topic, partition?: number): void {
    for (const one of this.#chosen(topic, partition)) one.release();
    for (const wake of this.#topic(topic).wakes) wake();
  }

  lead(topic: Topic, partition: number, wrongMs: number): void {
    for (const one of this.#chosen(topic, partition)) one.lead(wrongMs);
  }

  failAppends(topic: Topic, times: number, message = 'The disk is full. Make room on it.'): void {
    this.#topic(topic).failing = { times, message };
  }

  records(topic: Topic, partition: number): readonly StoredRecord[] {
    return (this.#topic(topic).partitions[partition] as MemoryPartition).kept();
  }

  /** Waits only where there is something to wait for: a simulation appends a million times. */
  #put(partitions: readonly MemoryPartition[], number: number, record: LogRecord): Appended | Promise<Appended> {
    const partition = partitions[number] as MemoryPartition;
    if (this.#killed) return never();
    if (partition.held) return partition.released().then(() => this.#put(partitions, number, record));
    return { partition: number, offset: partition.append(record, Math.floor(this.#steady.now())) };
  }

  /** Half of the latency; who waits from the same moment on waits on one timer. */
  #pass(): Promise<void> | undefined {
    const { clock, latencyMs = 0 } = this.#options;
    if (latencyMs <= 0) return undefined;
    const from = clock.monotonic();
    if (this.#passing?.from !== from) {
      const done = new Promise<void>((resolve) => clock.after(latencyMs / 2, resolve).keepAlive?.());
      this.#passing = { from, done };
    }
    return this.#passing.done;
  }

  #chosen(topic: Topic, partition: number | undefined): readonly MemoryPartition[] {
    const { partitions } = this.#topic(topic);
    return partition === undefined ? partitions : [partitions[partition] as MemoryPartition];
  }

  #topic(topic: Topic): MemoryTopic {
    const known = this.#topics.get(topic.name);
    if (known !== undefined) return known;
    const { topics } = this.#options;
    if (topics !== undefined && !topics.some(({ name }) => name === topic.name)) {
      throw new EventLogError('topic', `The topic ${topic.name} was not declared when the event log was opened.`);
    }
    const wakes = new Set<() => void>();
    const wake = (): void => {
      for (const one of wakes) one();
    };
    const now = (): number => this.#steady.now();
    const skip = (): number => this.#options.skips?.(topic) ?? 0;
    const partitions = Array.from({ length: topic.partitions }, (_, number) => {
      return new MemoryPartition(number, topic.keeps, { now, wake, skip });
    });
    const made: MemoryTopic = { partitions, wakes, failing: { times: 0, message: '' } };
    this.#topics.set(topic.name, made);
    return made;
  }
}

function placeOf(topic: Topic, record: LogRecord): number {
  const partition = record.partition ?? partitionOf(record.key, topic.partitions);
  if (!Number.isInteger(partition) || partition < 0 || partition >= topic.partitions) {
    throw new EventLogError('topic', `${topic.name} has the partitions 0 to ${topic.partitions - 1}, not ${partition}.`);
  }
  if (record.value.length > RECORD_CHARACTERS_MAX) {
    throw new EventLogError('too-large', `A record of ${record.value.length} characters is larger than the event log takes.`);
  }
  return partition;
}

/** What a dead process waits for. */
function never<T>(): Promise<T> {
  return new Promise(() => {});
}
