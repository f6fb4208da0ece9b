/** Steady appends and a reader beside them: what was acknowledged, what was read, and how long nothing came. */
import { expect } from 'vitest';
import type { EventLog, Reader, StoredRecord } from '../../../../platform/eventlog/eventlog.ts';
import type { Topic } from '../../../../platform/topics/topic.ts';

const PAUSE_MS = 5;
/** So long a partition may be without anything new before it is said to stand still. */
const NEW_AGAIN_MS = 60_000;

const passed = (durationMs: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, durationMs));

export class Load {
  readonly #log: EventLog;
  readonly #topic: Topic;
  readonly #reader: Reader;
  readonly #writers: Promise<void>[];
  readonly #acknowledged: number[];
  /** By partition, what was read in its order. */
  readonly read: StoredRecord[][];
  /** Tries that the event log refused. */
  refused = 0;
  readonly #readAt: number[];
  #stillMs = 0;
  #over = false;

  constructor(log: EventLog, topic: Topic) {
    this.#log = log;
    this.#topic = topic;
    const partitions = Array.from({ length: topic.partitions }, (_, partition) => partition);
    this.read = partitions.map(() => []);
    this.#acknowledged = partitions.map(() => 0);
    this.#readAt = partitions.map(() => performance.now());
    this.#reader = log.read(topic, new Map(), (records) => {
      const now = performance.now();
      for (const record of records) {
        this.#stillMs = Math.max(this.#stillMs, now - (this.#readAt[record.partition] as number));
        this.#readAt[record.partition] = now;
        this.read[record.partition]?.push(record);
      }
    });
    this.#writers = partitions.map((partition) => this.#write(partition));
  }

  get acknowledged(): number {
    return this.#acknowledged.reduce((sum, n) => sum + n, 0);
  }

  /** The longest time for which nothing of a partition was read, since this was asked last, ms. */
  takeStillMs(): number {
    const stillMs = this.#stillMs;
    this.#stillMs = 0;
    return stillMs;
  }

  /** Resolves when every partition takes and gives records that are appended from now on. */
  async flows(): Promise<void> {
    const from = [...this.#acknowledged];
    const deadline = performance.now() + NEW_AGAIN_MS;
    const flows = (partition: number): boolean => {
      const newest = Number(this.read[partition]?.at(-1)?.value ?? -1);
      return newest >= (from[partition] as number) + 3;
    };
    while (!from.every((_, partition) => flows(partition))) {
      if (performance.now() > deadline) throw new Error(`some partition stands still: ${this.#acknowledged} of ${from}`);
      await passed(20);
    }
  }

  /** Ends the appends and reads to the end. */
  async end(): Promise<void> {
    this.#over = true;
    await Promise.all(this.#writers);
    await this.#reader.caughtUp();
    await this.#reader.stop();
  }

  /** Each number that was acknowledged was read, and for the first time after all that were before it. */
  expectAllInOrder(): void {
    for (const [partition, records] of this.read.entries()) {
      const firsts = [...new Set(records.map(({ value }) => Number(value)))];
      expect(firsts.length).toBeGreaterThanOrEqual(this.#acknowledged[partition] as number);
      expect(firsts).toEqual(firsts.map((_, i) => i));
      const offsets = records.map(({ offset }) => offset);
      expect(offsets).toEqual(offsets.map((_, i) => i));
    }
  }

  /** Records that stand there twice. */
  repeats(): number {
    return this.read.reduce((sum, records) => sum + records.length - new Set(records.map(({ value }) => value)).size, 0);
  }

  /** As a sender does: what was refused is tried again before anything newer. */
  async #write(partition: number): Promise<void> {
    for (let n = 0; !this.#over; ) {
      try {
        await this.#log.append(this.#topic, [{ key: `writer-${partition}`, value: String(n), partition }]);
        this.#acknowledged[partition] = ++n;
      } catch {
        this.refused++;
      }
      await passed(PAUSE_MS);
    }
  }
}
