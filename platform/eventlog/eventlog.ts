import type { Topic } from '../topics/topic.ts';

/** Next offset to read, by partition. A partition left out is read from its oldest record. */
export type Positions = ReadonlyMap<number, number>;

export interface LogRecord {
  readonly key: string;
  readonly value: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Where it goes; left out: by `partitionOf(key)`. */
  readonly partition?: number;
}

export interface StoredRecord {
  readonly partition: number;
  readonly offset: number;
  /** Milliseconds since the epoch at which the log took it; never goes back within a partition of one log. */
  readonly appendedAt: number;
  readonly key: string;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Is given some records of one partition at a time. */
export type Handle = (records: readonly StoredRecord[]) => Promise<void> | void;

export interface Appended {
  readonly partition: number;
  readonly offset: number;
}

export interface Reader {
  /** Resolves when every partition was read to where it ended when this was called. Rejects when the reader was stopped before. */
  caughtUp(): Promise<void>;
  /** Ends after the handler in flight, which therefore must not wait for it; never rejects. */
  stop(): Promise<void>;
}

export interface Health {
  readonly ok: boolean;
  /** The part that does not answer and what to do; empty when all is well. */
  readonly reason: string;
}

/** An ordered, replayable log of records: Kafka in production, files on one machine. Order holds within a partition only. */
export interface EventLog {
  /** Resolves once every record is durable, in the order given; rejects when any may not be (all may then be there or not). */
  append(topic: Topic, records: readonly LogRecord[]): Promise<Appended[]>;
  /**
   * Reads on from `positions` for ever; resumes by itself after any fault of the log. One partition's records come in order,
   * a handler at a time. A handler that rejects is called again with the same records after a pause.
   *
   * @param only  the partitions to read, where others read the rest; left out: all
   */
  read(topic: Topic, positions: Positions, handle: Handle, only?: readonly number[]): Reader;
  /** For each partition the offset that the next record will get. */
  ends(topic: Topic): Promise<Map<number, number>>;
  /** For each partition the offset of the first record appended at `since` (ms) or later; its end where there is none. */
  positionsAt(topic: Topic, since: number): Promise<Map<number, number>>;
  /** Does the whole path answer, now? Names the part that does not. */
  check(): Promise<Health>;
  close(): Promise<void>;
}
