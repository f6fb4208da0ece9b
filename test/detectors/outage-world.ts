/** Apps, a gateway, partitions and a counter in steps of 10 ms: what reaches `counts` when parts of it are away. Deterministic by seed. */
import { BATCH_CONTENT_TYPE } from '@plummet/sdk/batch';
import type { CountedMetric } from '../../detectors/counting/metric.ts';
import { PartitionFold } from '../../detectors/counting/partition.ts';
import type { StoredRecord } from '../../platform/eventlog/eventlog.ts';
import type { CountsRecord } from '../../platform/topics/counts.ts';
import { tickRecord } from '../../platform/topics/events.ts';
import { prng } from '../support/prng.ts';
import { App, type AppOptions, STEP_MS } from './outage-app.ts';

const EVERY_MS = 250;
export const START_MS = Date.UTC(2025, 10, 21, 14, 0, 0);

export interface WorldOptions {
  readonly seed?: number;
  readonly partitions?: number;
  readonly metrics: readonly CountedMetric[];
  readonly counts: (record: CountsRecord) => void;
}

export class World {
  now = START_MS;
  readonly random: () => number;
  /** What the apps published, by second: the truth. */
  readonly published = new Map<number, number>();
  readonly #apps: App[] = [];
  readonly #log: StoredRecord[][];
  readonly #folds: PartitionFold[];
  readonly #read: number[];
  readonly #cut: boolean[];
  readonly #counts: (record: CountsRecord) => void;
  #counting = true;
  /** Batches that the gateway takes each 100 ms. */
  #batchesMax = Number.POSITIVE_INFINITY;
  #batches = 0;
  readonly #due: { at: number; run: () => void }[] = [];

  constructor({ seed = 1, partitions = 3, metrics, counts }: WorldOptions) {
    this.random = prng(seed);
    this.#log = Array.from({ length: partitions }, () => []);
    this.#folds = this.#log.map((_, partition) => new PartitionFold(partition, metrics, 0));
    this.#read = this.#log.map(() => 0);
    this.#cut = this.#log.map(() => false);
    this.#counts = counts;
  }

  get partitions(): number {
    return this.#log.length;
  }

  app(name: string, options: AppOptions): App {
    const app = new App(this, name, options);
    this.#apps.push(app);
    return app;
  }

  /** The partition takes no records, neither ticks nor batches. */
  cut(partition: number | 'all'): void {
    this.#setCut(partition, true);
  }

  mend(partition: number | 'all'): void {
    this.#setCut(partition, false);
  }

  /** The counter (and its ticks) stands still; apps and gateway go on. */
  stopCounting(): void {
    this.#counting = false;
  }

  goOnCounting(): void {
    this.#counting = true;
  }

  /** The gateway takes no more than this, and answers 503 to the rest: so a backlog takes its time. */
  slow(batchesPerSecondMax: number): void {
    this.#batchesMax = batchesPerSecondMax / 10;
  }

  /** Runs `run` once, `afterMs` from now. */
  in(afterMs: number, run: () => void): void {
    this.#due.push({ at: this.now + afterMs, run });
  }

  run(durationMs: number): void {
    const until = this.now + durationMs;
    while (this.now < until) {
      this.now += STEP_MS;
      for (const due of this.#due.filter(({ at }) => at <= this.now)) {
        this.#due.splice(this.#due.indexOf(due), 1);
        due.run();
      }
      if (this.now % 100 === 0) this.#batches = 0;
      for (const app of this.#apps) app.step();
      if (this.#counting && this.now % EVERY_MS === 100) this.#tick();
      if (this.#counting && this.now % EVERY_MS === 180) this.#count();
    }
  }

  /** Time passes in which nobody of this world runs; what is due within `dueMs` of it is done at its end. */
  skip(durationMs: number, dueMs: number): void {
    this.run(dueMs);
    this.now += durationMs - dueMs;
  }

  append(partition: number, key: string, value: string, { received }: { received: string }): boolean {
    if (this.#batches >= this.#batchesMax) return false;
    this.#batches++;
    return this.#append(partition, key, value, { 'content-type': BATCH_CONTENT_TYPE, received });
  }

  #append(partition: number, key: string, value: string, headers: Readonly<Record<string, string>>): boolean {
    if (this.#cut[partition]) return false;
    const log = this.#log[partition] as StoredRecord[];
    log.push({ partition, offset: log.length, appendedAt: this.now, key, value, headers });
    return true;
  }

  #setCut(partition: number | 'all', cut: boolean): void {
    for (let p = 0; p < this.partitions; p++) if (partition === 'all' || partition === p) this.#cut[p] = cut;
  }

  #tick(): void {
    for (let partition = 0; partition < this.partitions; partition++) {
      const { key, value, headers = {} } = tickRecord({ writer: 'count-a', at: this.now }, partition);
      this.#append(partition, key, value, headers);
    }
  }

  #count(): void {
    this.#folds.forEach((fold, partition) => {
      const log = this.#log[partition] as StoredRecord[];
      for (const record of log.slice(this.#read[partition])) fold.take(record);
      this.#read[partition] = log.length;
      for (const record of fold.takeCounts()) this.#counts(record);
    });
  }
}
