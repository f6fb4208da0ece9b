/** Reads topic events, writes topics counts, checkpoints and dead-letters: every second of every series, exactly. */
import type { EventLog, Reader, StoredRecord } from '../platform/eventlog/eventlog.ts';
import type { Telemetry } from '../platform/telemetry/catalogue.ts';
import { countsRecord } from '../platform/topics/counts.ts';
import type { Topics } from '../platform/topics/topic.ts';
import { atMost } from '../platform/units/at-most.ts';
import { type Clock, sleep, type Timer } from '../platform/units/clock.ts';
import { AppendLane } from './append-lane.ts';
import { CheckpointWriter } from './checkpoint-writer.ts';
import { lettersSince, readSaved } from './count-memory.ts';
import { type Beginning, beginAt } from './counting/begin.ts';
import type { CountedMetric } from './counting/metric.ts';
import { CLOCK_SKEW_MS_MAX, PartitionFold } from './counting/partition.ts';
import { splitCounts } from './counting/split-counts.ts';
import { DeadLetters } from './dead-letters.ts';

export interface Step {
  /** Drains what was read and ends; never rejects. */
  stop(): Promise<void>;
}

export interface CountStep extends Step {
  /** These series are no longer wanted by anybody: their rows end. */
  leave(series: ReadonlySet<string>): void;
  /** Holds from the next batch on; nothing is counted anew. */
  retune(next: { readonly clockSkewMsMax: number }): void;
}

export interface CountOptions {
  readonly log: EventLog;
  readonly topics: Topics;
  readonly clock: Clock;
  readonly metrics: readonly CountedMetric[];
  /** A producer whose clock is farther off is told, ms. */
  readonly clockSkewMsMax?: number;
  /** This count process. */
  readonly writer: string;
  readonly telemetry: Telemetry;
  /** Counts are published so often, ms. */
  readonly flushMs?: number;
  /** Checkpoints of a partition are at least so far apart, ms. */
  readonly checkpointMs?: number;
  /** Of `events`; all where left out. */
  readonly partitions?: readonly number[];
  /** Counts from before this log time (ms) on, where checkpoints reach so far: a series that begins then needs all of its first second. */
  readonly before?: number | undefined;
}

/** A start that the event log hinders is tried again so much later. */
const START_AGAIN_MS = 1000;
/** Whole blocks of a partition that wait for the event log; reading waits with them. */
const BLOCKS_WAITING_MAX = 64;
/** What is read is published at the end, if the event log takes it in so much time; else it is counted anew at the next start. */
const STOP_MS = 3000;

/** Counts nothing twice and loses nothing, whenever it is killed: it goes on from what it has itself written to the event log. */
export function startCount(options: CountOptions): CountStep {
  return new Counting(options);
}

class Counting implements CountStep {
  readonly #options: CountOptions;
  readonly #flushMs: number;
  readonly #counts: AppendLane;
  readonly #letters: DeadLetters;
  readonly #checkpoints: CheckpointWriter;
  readonly #folds = new Map<number, PartitionFold>();
  /** By partition of `events`: the progress published last. */
  readonly #progress = new Map<number, number>();
  readonly #stopping = new AbortController();
  readonly #started: Promise<void>;
  #reader: Reader | undefined;
  #timer: Timer;
  #clockSkewMsMax: number;

  constructor(options: CountOptions) {
    const { log, topics, clock, telemetry, writer, flushMs = 250, checkpointMs = 1000 } = options;
    this.#options = options;
    this.#clockSkewMsMax = options.clockSkewMsMax ?? CLOCK_SKEW_MS_MAX;
    this.#flushMs = flushMs;
    this.#counts = new AppendLane(log, topics.counts, telemetry);
    this.#letters = new DeadLetters(new AppendLane(log, topics.deadLetters, telemetry), clock, telemetry);
    this.#checkpoints = new CheckpointWriter(new AppendLane(log, topics.checkpoints, telemetry), clock, writer, checkpointMs);
    this.#started = this.#start();
    this.#timer = clock.after(flushMs, () => this.#flush());
  }

  retune({ clockSkewMsMax }: { readonly clockSkewMsMax: number }): void {
    this.#clockSkewMsMax = clockSkewMsMax;
    for (const fold of this.#folds.values()) fold.clockSkewMsMax = clockSkewMsMax;
  }

  leave(series: ReadonlySet<string>): void {
    for (const fold of this.#folds.values()) fold.leave(series);
  }

  async stop(): Promise<void> {
    const { clock } = this.#options;
    this.#stopping.abort();
    this.#timer.cancel();
    await atMost(clock, STOP_MS, this.#started);
    await this.#reader?.stop();
    this.#collect();
    await atMost(clock, STOP_MS, Promise.all([this.#counts.drain(), this.#letters.lane.drain()]));
  }

  async #start(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        await this.#begin();
        return;
      } catch (error) {
        if (signal.aborted) return;
        this.#options.telemetry.stepFailed({ step: 'count', error });
        await sleep(this.#options.clock, START_AGAIN_MS, signal);
      }
    }
  }

  async #begin(): Promise<void> {
    const { log, topics, telemetry, metrics, partitions, before } = this.#options;
    const { signal } = this.#stopping;
    const saved = await readSaved(log, topics.checkpoints, telemetry, signal);
    const oldest = await log.positionsAt(topics.events, 0);
    const ends = await log.ends(topics.events);
    const ours = partitions ?? [...ends.keys()];
    const beginnings = new Map<number, Beginning>();
    for (const partition of ours) {
      const of = saved.get(partition) ?? { checkpoints: [], pairs: new Map() };
      const beginning = beginAt(of, oldest.get(partition) ?? 0, ends.get(partition) ?? 0, before);
      for (const reason of beginning.passedOver) telemetry.stateUnreadable({ what: `checkpoint of partition ${partition}`, reason });
      beginnings.set(partition, beginning);
    }
    const since = Math.min(...[...beginnings.values()].map(({ checkpoint }) => checkpoint?.logTime.newest ?? 0));
    this.#letters.knows(await lettersSince(log, topics.deadLetters, since, signal));
    if (signal.aborted) return;
    const positions = new Map<number, number>();
    for (const [partition, { offset, checkpoint, pairs }] of beginnings) {
      const fold = new PartitionFold(partition, metrics, checkpoint ?? offset, pairs);
      fold.clockSkewMsMax = this.#clockSkewMsMax;
      this.#folds.set(partition, fold);
      this.#checkpoints.begin(partition, checkpoint);
      positions.set(partition, offset);
    }
    this.#reader = log.read(topics.events, positions, (records) => this.#take(records), ours);
  }

  async #take(records: readonly StoredRecord[]): Promise<void> {
    for (const record of records) {
      const fold = this.#folds.get(record.partition);
      if (!fold) continue;
      this.#checkpoints.before(fold, record.offset);
      try {
        fold.take(record);
      } catch (error) {
        this.#options.telemetry.stepFailed({ step: 'count', error, at: `${record.partition}@${record.offset}` });
        this.#letters.unexpected(record, error as Error);
      }
    }
    for (const fold of this.#folds.values()) this.#tell(fold);
    await this.#letters.room(this.#stopping.signal);
    for (const fold of this.#folds.values()) await this.#room(fold);
  }

  #tell(fold: PartitionFold): void {
    const { telemetry } = this.#options;
    for (const finding of fold.takeFindings()) {
      switch (finding.is) {
        case 'unreadable':
          this.#letters.add(fold.partition, finding);
          break;
        case 'discarded':
          telemetry.batchesDiscarded({ value: finding.events });
          break;
        case 'lost':
          telemetry.eventsLost({ why: finding.why, producer: finding.producer, value: finding.events });
          break;
        case 'skewed':
          telemetry.skewFlagged({ producer: finding.producer, skewMs: finding.skewMs });
          break;
        case 'too many values':
          telemetry.segmentsTooMany({ metric: finding.metric, values: finding.values });
          break;
        case 'two senders':
          telemetry.producerTwice({ producer: finding.producer, seq: finding.seq });
          break;
      }
    }
  }

  /** A log that takes no counts holds up the reading, not the memory. */
  async #room(fold: PartitionFold): Promise<void> {
    const { signal } = this.#stopping;
    while (fold.finished > BLOCKS_WAITING_MAX && !signal.aborted) {
      if (this.#counts.waiting === 0) this.#collect();
      else if (!(await this.#counts.go())) await sleep(this.#options.clock, this.#flushMs, signal);
    }
  }

  #flush(): void {
    this.#timer = this.#options.clock.after(this.#flushMs, () => this.#flush());
    if (this.#counts.waiting === 0) this.#collect();
    this.#checkpoints.settle(this.#counts.acknowledged, this.#letters.lane.acknowledged);
    for (const lane of [this.#counts, this.#letters.lane, this.#checkpoints.lane]) void lane.go();
    if (this.#folds.size === 0) return;
    const skews = [...this.#folds.values()].map(({ skewMs }) => skewMs);
    this.#options.telemetry.skew({ value: skews.reduce((largest, ms) => (Math.abs(ms) > Math.abs(largest) ? ms : largest), 0) / 1000 });
  }

  /** Everything that changed since the last time becomes records of `counts`; what was read before a checkpoint is among them. */
  #collect(): void {
    const { partitions } = this.#options.topics.counts;
    for (const fold of this.#folds.values()) {
      for (const record of fold.takeCounts()) {
        const parts = splitCounts(record, partitions, this.#progress.get(fold.partition) ?? 0);
        this.#counts.push(parts.map(([partition, part]) => countsRecord(part, partition)));
        this.#progress.set(fold.partition, record.progress);
      }
    }
    this.#checkpoints.collected(this.#counts.pushed, this.#letters.lane.pushed);
  }
}
