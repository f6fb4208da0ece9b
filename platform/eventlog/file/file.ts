/** The event log in files on this machine: durable, locked, recovered by itself. The door of its folder. */
import path from 'node:path';
import { partitionOf, type Topic } from '../../topics/topic.ts';
import { type Clock, SteadyTime, type Timer } from '../../units/clock.ts';
import type { Appended, EventLog, Handle, Health, LogRecord, Positions, Reader } from '../eventlog.ts';
import { diskError, EventLogError, type LogProblem, type OnProblem } from '../problem.ts';
import { Cursor } from './cursor.ts';
import { type Disk, systemDisk } from './disk.ts';
import { RECORD_BYTES_MAX, type SizedRecord, sizedRecord } from './frame.ts';
import { DiskHealth } from './health.ts';
import { type Lock, lockFolder } from './lock.ts';
import { Partition, type PartitionOptions } from './partition.ts';
import { offsetAt } from './positions.ts';
import { FeedReader } from './reader.ts';
import { recover } from './recovery.ts';
import { type Kept, Retention, segmentMsMax } from './retention.ts';
import { Turns } from './turns.ts';

const FSYNC_INTERVAL_MS = 1_000;
const SEGMENT_BYTES_MAX = 64 * 1024 * 1024;
/** Compacted topics are small and merged from closed segments. */
const COMPACTED_SEGMENT_BYTES_MAX = 4 * 1024 * 1024;
const WAITING_BYTES_MAX = 64 * 1024 * 1024;
const TAIL_CHARACTERS_MAX = 4 * 1024 * 1024;

export interface FileLogOptions {
  readonly folder: string;
  readonly clock: Clock;
  /** Every topic that will be appended to or read. */
  readonly topics: readonly Topic[];
  /**
   * When an append is acknowledged, and so what is lost. A kill -9 of this process loses nothing acknowledged under any of
   * them, because the operating system has it. A power loss or a crash of the whole machine loses:
   * - `group` (default): nothing acknowledged. Appends that come at the same time share one write and one fdatasync.
   * - `interval`: what was acknowledged in the last `fsyncIntervalMs`.
   * - `never`: what the operating system had not written of its own accord, about 30 s.
   */
  readonly fsync?: 'group' | 'interval' | 'never';
  /** 1,000 by default. */
  readonly fsyncIntervalMs?: number;
  /** A file of a partition grows to this size; 64 MB by default, 4 MB at most for compacted topics. */
  readonly segmentBytesMax?: number;
  /** More waiting to be written than this is refused as `overloaded`; 64 MB by default. */
  readonly waitingBytesMax?: number;
  /** The newest records of each partition that readers get from memory, in characters; 4 M by default. */
  readonly tailCharactersMax?: number;
  /** Hears of every fault that the event log survives by itself. */
  readonly onProblem?: OnProblem;
  /** The file system; tests put one there that fails or loses power. */
  readonly disk?: Disk;
}

/**
 * Opens the folder, makes it where there is none, and recovers whatever a crash left.
 *
 * @throws EventLogError `held` where another process has the folder (its message names it), `topic` where a topic has more
 *   partitions on disk than are declared, `full`, `read-only` or `disk` where the disk refuses
 */
export async function openFileLog(options: FileLogOptions): Promise<EventLog> {
  const log = new FileLog(options);
  try {
    await log.open();
    return log;
  } catch (cause) {
    await log.close();
    throw diskError(cause, `open the event log in ${options.folder}`);
  }
}

interface OpenTopic {
  readonly partitions: Partition[];
  /** Of the readers that wait for an append. */
  readonly wakes: Set<() => void>;
}

class FileLog implements EventLog {
  readonly #options: FileLogOptions;
  readonly #disk: Disk;
  readonly #health: DiskHealth;
  readonly #turns: Turns;
  readonly #steady: SteadyTime;
  readonly #topics = new Map<string, OpenTopic>();
  readonly #readers = new Set<Reader>();
  #lock: Lock | undefined;
  #retention: Retention | undefined;
  #syncTimer: Timer | undefined;
  #waitingBytes = 0;
  #closing: Promise<void> | undefined;
  /** Why nothing can be appended any more. */
  #refusal: EventLogError | undefined;

  constructor(options: FileLogOptions) {
    this.#options = options;
    this.#disk = options.disk ?? systemDisk;
    this.#health = new DiskHealth(this.#disk, options.folder, options.clock);
    this.#turns = new Turns(options.clock);
    this.#steady = new SteadyTime(options.clock);
  }

  async open(): Promise<void> {
    const { folder, clock, topics, fsync } = this.#options;
    await this.#disk.makeFolder(folder);
    this.#lock = await lockFolder(folder, clock, (reason) => {
      this.#report({ kind: 'lock', message: reason });
      this.#refusal = new EventLogError('held', `${reason} Restart this process.`);
    });
    const kept: Kept[] = [];
    for (const topic of topics) {
      const partitions = await this.#openTopic(topic);
      for (const partition of partitions) kept.push({ partition, keeps: topic.keeps });
    }
    this.#retention = new Retention(clock, kept);
    if (fsync === 'interval') this.#syncLater();
  }

  async append(topic: Topic, records: readonly LogRecord[]): Promise<Appended[]> {
    if (this.#refusal !== undefined) throw this.#refusal;
    const { partitions } = this.#topic(topic);
    const parts = new Map<number, SizedRecord[]>();
    const places: { partition: number; index: number }[] = [];
    let bytes = 0;
    for (const record of records) {
      const partition = record.partition ?? partitionOf(record.key, partitions.length);
      const sized = checked(topic, partition, partitions.length, sizedRecord(record));
      const part = parts.get(partition) ?? [];
      if (part.length === 0) parts.set(partition, part);
      places.push({ partition, index: part.length });
      part.push(sized);
      bytes += sized.bytes;
    }
    this.#admit(bytes);
    const firsts = new Map<number, number>();
    const appends = [...parts].map(async ([partition, part]) => {
      firsts.set(partition, await (partitions[partition] as Partition).append(part));
    });
    const settled = await Promise.allSettled(appends);
    this.#waitingBytes -= bytes;
    for (const one of settled) if (one.status === 'rejected') throw one.reason;
    return places.map(({ partition, index }) => ({ partition, offset: (firsts.get(partition) as number) + index }));
  }

  read(topic: Topic, positions: Positions, handle: Handle, only?: readonly number[]): Reader {
    const { partitions, wakes } = this.#topic(topic);
    if (this.#closing !== undefined) throw closedError(this.#options.folder);
    const onAppend = (wake: () => void): (() => void) => {
      wakes.add(wake);
      return () => wakes.delete(wake);
    };
    const feeds = partitions.map((partition) => new Cursor(partition));
    const report: OnProblem = (problem) => this.#report(problem);
    const reader = new FeedReader({ topic: topic.name, feeds, clock: this.#options.clock, report, onAppend, handle, only }, positions);
    this.#readers.add(reader);
    return {
      caughtUp: () => reader.caughtUp(),
      stop: async () => {
        await reader.stop();
        this.#readers.delete(reader);
      },
    };
  }

  async ends(topic: Topic): Promise<Map<number, number>> {
    return new Map(this.#topic(topic).partitions.map((partition, number) => [number, partition.end]));
  }

  async positionsAt(topic: Topic, since: number): Promise<Map<number, number>> {
    const positions = new Map<number, number>();
    for (const [number, partition] of this.#topic(topic).partitions.entries()) {
      positions.set(number, await offsetAt(partition, since));
    }
    return positions;
  }

  async check(): Promise<Health> {
    return this.#refusal === undefined ? this.#health.check() : { ok: false, reason: this.#refusal.message };
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await Promise.all([...this.#readers].map((reader) => reader.stop()));
    this.#refusal ??= closedError(this.#options.folder);
    this.#syncTimer?.cancel();
    await this.#retention?.stop();
    for (const { partitions } of this.#topics.values()) await Promise.all(partitions.map((partition) => partition.close()));
    await this.#lock?.release();
  }

  async #openTopic(topic: Topic): Promise<Partition[]> {
    if (!TOPIC_NAME.test(topic.name)) throw new EventLogError('topic', `A topic cannot be called ${JSON.stringify(topic.name)}.`);
    const folder = path.join(this.#options.folder, topic.name);
    const numbers = (await this.#disk.list(folder)).map(Number).filter(Number.isInteger);
    if (numbers.some((number) => number >= topic.partitions)) throw fewerPartitions(topic, Math.max(...numbers) + 1);
    const open: OpenTopic = { partitions: [], wakes: new Set() };
    this.#topics.set(topic.name, open);
    for (let number = 0; number < topic.partitions; number++) {
      open.partitions.push(await this.#openPartition(topic, number, open.wakes));
    }
    if (numbers.length > 0 && numbers.length < topic.partitions) {
      const grown = `${topic.name} grew from ${numbers.length} to ${topic.partitions} partitions`;
      const message = `${grown}: most keys go to another one from now on.`;
      this.#report({ kind: 'partitions', message });
    }
    return open.partitions;
  }

  async #openPartition(topic: Topic, number: number, wakes: ReadonlySet<() => void>): Promise<Partition> {
    const { fsync = 'group', segmentBytesMax = SEGMENT_BYTES_MAX, tailCharactersMax = TAIL_CHARACTERS_MAX } = this.#options;
    const compacted = topic.keeps === 'compacted';
    const folder = path.join(this.#options.folder, topic.name, String(number));
    const report: OnProblem = (problem) => this.#report(problem);
    const options: PartitionOptions = {
      disk: this.#disk,
      folder,
      name: `${topic.name}/${number}`,
      partition: number,
      segmentBytesMax: compacted ? Math.min(segmentBytesMax, COMPACTED_SEGMENT_BYTES_MAX) : segmentBytesMax,
      segmentMsMax: segmentMsMax(topic.keeps),
      tailCharactersMax,
      fsync,
      turns: this.#turns,
      now: () => Math.floor(this.#steady.now()),
      report,
      appended: () => {
        for (const wake of wakes) wake();
      },
      closed: () => {
        if (compacted) this.#retention?.soon();
      },
    };
    return new Partition(options, await recover({ disk: this.#disk, folder, fsync, report }));
  }

  #topic({ name }: Topic): OpenTopic {
    const open = this.#topics.get(name);
    if (open === undefined) throw new EventLogError('topic', `The topic ${name} was not declared when the event log was opened.`);
    return open;
  }

  #admit(bytes: number): void {
    const { waitingBytesMax = WAITING_BYTES_MAX } = this.#options;
    if (this.#waitingBytes > 0 && this.#waitingBytes + bytes > waitingBytesMax) {
      const what = `${this.#waitingBytes} bytes wait for the disk already (waitingBytesMax ${waitingBytesMax})`;
      throw new EventLogError('overloaded', `${what}. Send again later, and look at the disk if it lasts.`);
    }
    this.#waitingBytes += bytes;
  }

  #syncLater(): void {
    this.#syncTimer = this.#options.clock.after(this.#options.fsyncIntervalMs ?? FSYNC_INTERVAL_MS, async () => {
      for (const { partitions } of this.#topics.values()) for (const partition of partitions) await partition.sync();
      if (this.#refusal === undefined) this.#syncLater();
    });
  }

  #report(problem: LogProblem): void {
    try {
      this.#options.onProblem?.(problem);
    } catch {
      // Whoever listens must not be able to stop the event log.
    }
  }
}

const TOPIC_NAME = /^[a-z0-9][a-z0-9_-]*$/;

function checked(topic: Topic, partition: number, partitions: number, record: SizedRecord): SizedRecord {
  if (!Number.isInteger(partition) || partition < 0 || partition >= partitions) {
    throw new EventLogError('topic', `${topic.name} has the partitions 0 to ${partitions - 1}, not ${partition}.`);
  }
  if (record.bytes > RECORD_BYTES_MAX) {
    const message = `A record of ${record.bytes} bytes is larger than the event log takes (${RECORD_BYTES_MAX}). Cut it into smaller ones.`;
    throw new EventLogError('too-large', message);
  }
  return record;
}

function fewerPartitions(topic: Topic, partitions: number): EventLogError {
  const what = `${topic.name} has ${partitions} partitions in this folder, but ${topic.partitions} are asked for`;
  return new EventLogError('topic', `${what}: the rest would not be read. Set ${partitions}, or begin with an empty folder.`);
}

function closedError(folder: string): EventLogError {
  return new EventLogError('closed', `The event log in ${folder} is closed.`);
}
