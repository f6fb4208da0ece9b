/** Hands what was fetched to a reader's handler: one call at a time, each partition in order, and again where it failed. */
import { type Clock, sleep } from '../../units/clock.ts';
import type { StoredRecord } from '../eventlog.ts';
import { EventLogError, type OnProblem } from '../problem.ts';

/** A handler gets at most this many records at once, */
const CALL_RECORDS_MAX = 500;
/** and, unless a single one is larger, at most this many characters. */
const CALL_CHARACTERS_MAX = 1024 * 1024;
/** A handler that failed gets the same again so much later. */
const PAUSE_MS = 250;

/** Of one partition: its next records, none where they were deleted, and the offset after them. */
export interface Chunk {
  readonly partition: number;
  readonly records: readonly StoredRecord[];
  readonly next: number;
}

export interface HandlingOptions {
  /** For messages. */
  readonly topic: string;
  readonly clock: Clock;
  readonly report: OnProblem;
  readonly handle: (records: readonly StoredRecord[]) => Promise<void> | void;
  readonly signal: AbortSignal;
}

interface Waiter {
  readonly ends: ReadonlyMap<number, number>;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

export class Handling {
  readonly #options: HandlingOptions;
  /** By partition: the offset after the last record that was handled. */
  readonly #positions = new Map<number, number>();
  #line: Promise<void> = Promise.resolve();
  #waiting = 0;
  #waiters: Waiter[] = [];

  constructor(options: HandlingOptions) {
    this.#options = options;
    options.signal.addEventListener('abort', () => this.#refuseWaiters(), { once: true });
  }

  /** Whether records wait for the handler, or for its end. */
  get busy(): boolean {
    return this.#waiting > 0;
  }

  at(partition: number): number | undefined {
    return this.#positions.get(partition);
  }

  start(partition: number, offset: number): void {
    this.#positions.set(partition, offset);
    this.#resolveWaiters();
  }

  /** Resolves when all of it is handled, after everything that was taken before. */
  take(chunks: readonly Chunk[]): Promise<void> {
    this.#waiting++;
    this.#line = this.#line.then(async () => {
      for (const chunk of chunks) await this.#handle(chunk);
      this.#waiting--;
    });
    return this.#line;
  }

  /** Resolves when every partition is handled up to its offset in `ends`; rejects when the reader is stopped before. */
  reached(ends: ReadonlyMap<number, number>): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiters.push({ ends, resolve, reject });
      if (this.#options.signal.aborted) this.#refuseWaiters();
      else this.#resolveWaiters();
    });
  }

  /** After the call in flight. */
  ended(): Promise<void> {
    return this.#line;
  }

  async #handle({ partition, records, next }: Chunk): Promise<void> {
    for (let from = 0; from < records.length; ) {
      const to = endOfCall(records, from);
      if (!(await this.#call(records.slice(from, to), partition))) return;
      this.#positions.set(partition, (records[to - 1] as StoredRecord).offset + 1);
      from = to;
    }
    if (this.#options.signal.aborted) return;
    this.#positions.set(partition, next);
    this.#resolveWaiters();
  }

  /** False when the reader was stopped before the handler took the records. */
  async #call(records: readonly StoredRecord[], partition: number): Promise<boolean> {
    const { topic, clock, report, handle, signal } = this.#options;
    for (let tries = 1; !signal.aborted; tries++) {
      try {
        await handle(records);
        return true;
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        const what = `A reader of ${topic}/${partition} failed ${tries} times at offset ${records[0]?.offset}; it gets the same again`;
        report({ kind: 'handler', message: `${what}: ${why}` });
      }
      await sleep(clock, PAUSE_MS, signal);
    }
    return false;
  }

  #resolveWaiters(): void {
    if (this.#waiters.length === 0) return;
    const there = this.#waiters.filter(({ ends }) => [...ends].every(([partition, end]) => (this.at(partition) ?? -1) >= end));
    this.#waiters = this.#waiters.filter((waiter) => !there.includes(waiter));
    for (const waiter of there) waiter.resolve();
  }

  #refuseWaiters(): void {
    const { topic } = this.#options;
    const error = new EventLogError('stopped', `The reader of ${topic} was stopped before it had read everything.`);
    for (const waiter of this.#waiters.splice(0)) waiter.reject(error);
  }
}

function endOfCall(records: readonly StoredRecord[], from: number): number {
  let characters = 0;
  let to = from;
  for (; to < records.length && to - from < CALL_RECORDS_MAX; to++) {
    const { key, value } = records[to] as StoredRecord;
    characters += key.length + value.length;
    if (to > from && characters > CALL_CHARACTERS_MAX) break;
  }
  return to;
}
