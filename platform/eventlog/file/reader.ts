/** Hands one topic's records to a handler, partition by partition, for as long as it is not stopped. */
import { type Clock, sleep } from '../../units/clock.ts';
import type { Handle, Positions, Reader, StoredRecord } from '../eventlog.ts';
import { EventLogError, type OnProblem } from '../problem.ts';

/** After a handler that rejected, or a disk that did, the same records are tried again so much later. */
const PAUSE_MS = 250;

/** One partition as one reader sees it. */
export interface Feed {
  /** The offset that the next record will get. */
  readonly end: number;
  /** The offset of the oldest record kept; the end where there is none. */
  readonly oldest: number;
  /** Records from `offset`, which is before the end, in order; none is fine, as long as `next` moves or a later call finds some. */
  read(offset: number): Batch | Promise<Batch>;
}

export interface Batch {
  readonly records: readonly StoredRecord[];
  /** The offset to go on from. */
  readonly next: number;
}

export interface ReaderOptions {
  /** For messages. */
  readonly topic: string;
  /** By partition. */
  readonly feeds: readonly Feed[];
  readonly clock: Clock;
  readonly report: OnProblem;
  /** Calls `wake` after each append to the topic until the function it gives is called. */
  readonly onAppend: (wake: () => void) => () => void;
  readonly handle: Handle;
  /** Partitions to read; left out: all. */
  readonly only?: readonly number[] | undefined;
}

interface Waiter {
  readonly ends: readonly number[];
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

export class FeedReader implements Reader {
  readonly #options: ReaderOptions;
  readonly #positions: number[];
  readonly #stopping = new AbortController();
  readonly #ended: Promise<void>;
  #waiters: Waiter[] = [];
  #wake: (() => void) | undefined;

  constructor(options: ReaderOptions, positions: Positions) {
    this.#options = options;
    const { feeds, only } = options;
    this.#positions = feeds.map((feed, partition) => {
      // What others read is read to its end, always.
      return only && !only.includes(partition) ? Number.POSITIVE_INFINITY : this.#start(feed, partition, positions.get(partition));
    });
    const forget = options.onAppend(() => this.#wake?.());
    this.#ended = this.#readOn().finally(forget);
  }

  caughtUp(): Promise<void> {
    if (this.#stopping.signal.aborted) return Promise.reject(this.#stoppedError());
    const ends = this.#options.feeds.map((feed) => feed.end);
    if (this.#reached(ends)) return Promise.resolve();
    return new Promise((resolve, reject) => this.#waiters.push({ ends, resolve, reject }));
  }

  stop(): Promise<void> {
    if (!this.#stopping.signal.aborted) {
      this.#stopping.abort();
      this.#wake?.();
      const waiters = this.#waiters;
      this.#waiters = [];
      for (const waiter of waiters) waiter.reject(this.#stoppedError());
    }
    return this.#ended;
  }

  #start(feed: Feed, partition: number, position: number | undefined): number {
    const { topic, report } = this.#options;
    if (position === undefined) return feed.oldest;
    const place = `${topic}/${partition}`;
    if (position < feed.oldest) {
      const message = `${place}: offset ${position} is deleted by now; reading begins at the oldest there is, ${feed.oldest}.`;
      report({ kind: 'behind-retention', message });
      return feed.oldest;
    }
    if (position > feed.end) {
      const message = `${place}: reading waits for offset ${position}, but the end is ${feed.end}. Was the folder restored from a backup?`;
      report({ kind: 'beyond-end', message });
    }
    return position;
  }

  async #readOn(): Promise<void> {
    const { feeds } = this.#options;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      if (!feeds.some((feed, partition) => this.#position(partition) < feed.end)) await this.#append();
      for (let partition = 0; partition < feeds.length && !signal.aborted; partition++) {
        const feed = feeds[partition] as Feed;
        if (this.#position(partition) < feed.end) await this.#readBatch(feed, partition);
      }
    }
  }

  #position(partition: number): number {
    return this.#positions[partition] as number;
  }

  async #append(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    this.#wake = undefined;
  }

  async #readBatch(feed: Feed, partition: number): Promise<void> {
    const position = Math.max(this.#position(partition), feed.oldest);
    try {
      const reading = feed.read(position);
      const { records, next } = reading instanceof Promise ? await reading : reading;
      if (records.length > 0 && !(await this.#deliver(records, partition))) return;
      this.#positions[partition] = next;
    } catch (error) {
      this.#report('disk', `${this.#options.topic}/${partition} could not be read from offset ${position}; it is tried again`, error);
      await sleep(this.#options.clock, PAUSE_MS, this.#stopping.signal);
      return;
    }
    if (this.#waiters.length > 0) this.#resolveWaiters();
  }

  /** False when the reader was stopped before the handler took the records. */
  async #deliver(records: readonly StoredRecord[], partition: number): Promise<boolean> {
    const { clock, handle, topic } = this.#options;
    const { signal } = this.#stopping;
    for (let tries = 1; !signal.aborted; tries++) {
      try {
        await handle(records);
        return true;
      } catch (error) {
        const from = records[0]?.offset;
        this.#report('handler', `A reader of ${topic}/${partition} failed ${tries} times at offset ${from}; it gets the same again`, error);
      }
      await sleep(clock, PAUSE_MS, signal);
    }
    return false;
  }

  #report(kind: 'disk' | 'handler', what: string, error: unknown): void {
    this.#options.report({ kind, message: `${what}: ${error instanceof Error ? error.message : String(error)}` });
  }

  #resolveWaiters(): void {
    const there = this.#waiters.filter(({ ends }) => this.#reached(ends));
    if (there.length === 0) return;
    this.#waiters = this.#waiters.filter((waiter) => !there.includes(waiter));
    for (const waiter of there) waiter.resolve();
  }

  #reached(ends: readonly number[]): boolean {
    return ends.every((end, partition) => this.#position(partition) >= end);
  }

  #stoppedError(): EventLogError {
    return new EventLogError('stopped', `The reader of ${this.#options.topic} was stopped before it had read everything.`);
  }
}
