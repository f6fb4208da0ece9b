/** An hour of counts in a moment: what a counter would publish for a few series, on the memory log and a clock that tests move. */

import { seriesOf } from '../../detectors/counting/metric.ts';
import { type Detect, startDetect } from '../../detectors/detect.ts';
import type { PastSource } from '../../detectors/give-past.ts';
import type { HistorySource } from '../../detectors/learn-thresholds.ts';
import { type PageWhen, type SavedSteepDrop, steepDrop } from '../../detectors/steep-drop/steep-drop.ts';
import type { DetectedMetric } from '../../detectors/watched.ts';
import { type Telemetry, telemetryTo } from '../../platform/telemetry/catalogue.ts';
import { BLOCK_RECORDS, type CountRow, countsRecord, type Wait } from '../../platform/topics/counts.ts';
import { decodeSignals, type Signal, type SignalsRecord } from '../../platform/topics/signals.ts';
import { stateRecord } from '../../platform/topics/state.ts';
import { topics } from '../../platform/topics/topic.ts';
import { ManualClock } from '../support/clock.ts';
import { type MemoryLog, memoryLog } from '../support/memory-log.ts';
import { prng } from '../support/prng.ts';
import { poisson } from './outage-app.ts';

export const PAGE_WHEN: PageWhen = { drop: 0.4, withinSeconds: 13.3, falsePagesPerYear: 1, forSeconds: 4 };
export const ORDERS: DetectedMetric = { name: 'orders', event: 'order.placed', pageWhen: PAGE_WHEN };
export const SIGNUPS: DetectedMetric = { name: 'signups', event: 'user.registered', pageWhen: PAGE_WHEN };

const FLUSH_MS = 250;
const PARTITIONS = 3;
/** Ticks and batches that a partition gets between two flushes. */
const OFFSETS_A_FLUSH = 4;
const WARM_SECONDS = 5400;

interface Starting {
  readonly metrics?: DetectedMetric[];
  readonly saveEveryMs?: number;
  /** Gives series their past. */
  readonly past?: PastSource | undefined;
  /** From which thresholds are learned. */
  readonly history?: HistorySource | undefined;
  readonly by?: string;
}

interface Published {
  to: number;
  block: number;
  rows: Map<string, CountRow>;
}

export class DetectWorld {
  readonly clock = new ManualClock();
  readonly topics = topics({ events: PARTITIONS });
  readonly log: MemoryLog = memoryLog({ clock: this.clock });
  /** What was emitted, by name of the catalogue's entry. */
  readonly emitted: { name: string; fields: Readonly<Record<string, unknown>> }[] = [];
  readonly telemetry: Telemetry = telemetryTo((name, _, fields) => this.emitted.push({ name, fields }));
  /** Events a second of each metric. */
  readonly rates = new Map<string, number>();
  /** Do the apps say anything? */
  speaks = true;
  /** Do other clients send the same events, which say nothing of their time? */
  foreign = false;
  /** Does the counter publish? */
  counting = true;
  readonly #metrics: DetectedMetric[];
  readonly #random: () => number;
  readonly #partitions: Published[] = Array.from({ length: PARTITIONS }, () => ({ to: 0, block: 0, rows: new Map() }));
  #spoke: number;
  /** Up to when events were published, ms. */
  #publishedTo: number;
  /** The process that reads, which may be killed while the log stays. */
  process: MemoryLog;

  constructor({ seed = 1, metrics = [ORDERS], rate = 90 } = {}) {
    this.#metrics = metrics;
    this.#random = prng(seed);
    this.#spoke = this.clock.wall();
    this.#publishedTo = this.clock.wall() - FLUSH_MS;
    this.process = this.log.another();
    for (const { name } of metrics) this.rates.set(name, rate);
  }

  get second(): number {
    return Math.floor(this.clock.wall() / 1000);
  }

  start({ metrics = this.#metrics, saveEveryMs = 10_000, past, history, by = 'detect-a' }: Starting = {}): Promise<Detect> {
    const { clock, topics, telemetry, process: log } = this;
    return startDetect({ log, topics, clock, telemetry, metrics, by, saveEveryMs, past, history });
  }

  /** kill -9: another process of the same event log is there to be started. */
  kill(): void {
    this.process.kill();
    this.process = this.log.another();
  }

  /** As if the metric had been watched for an hour and a half at its rate. */
  async warm(metric: DetectedMetric = ORDERS): Promise<void> {
    const detector = steepDrop(metric.pageWhen);
    const random = prng(99);
    const rate = this.rates.get(metric.name) as number;
    const last = this.second - 1;
    for (let second = last - WARM_SECONDS; second <= last; second++) detector.next({ second, n: poissonOf(rate, random), share: 1 });
    await this.save(metric, last, detector.save());
  }

  async save(metric: DetectedMetric, second: number, detector: SavedSteepDrop | unknown): Promise<void> {
    const series = seriesOf(metric);
    await this.log.append(this.topics.state, [stateRecord({ series, second, detector, usual: [], spokeAt: null })]);
  }

  async run(seconds: number): Promise<void> {
    for (let flush = 0; flush < (seconds * 1000) / FLUSH_MS; flush++) {
      if (this.counting) await this.#flush();
      await this.clock.advance(FLUSH_MS);
    }
  }

  /** What was said of a series, oldest first. */
  async signals(metric: DetectedMetric = ORDERS): Promise<(Signal & { second: number })[]> {
    const series = seriesOf(metric);
    return (await this.records()).flatMap(({ second, signals }) => {
      return signals.filter((signal) => signal.series === series).map((signal) => ({ ...signal, second }));
    });
  }

  async records(): Promise<SignalsRecord[]> {
    return this.log.records(this.topics.signals, 0).map(decodeSignals);
  }

  async #flush(): Promise<void> {
    const now = this.clock.wall();
    if (this.speaks) this.#spoke = now;
    const records = this.#partitions.map((published, partition) => countsRecord(this.#publish(published, partition, now), 0));
    this.#publishedTo = now;
    await this.log.append(this.topics.counts, records);
  }

  #publish(published: Published, partition: number, now: number) {
    published.to += OFFSETS_A_FLUSH;
    const block = Math.ceil(published.to / BLOCK_RECORDS) - 1;
    if (block !== published.block) published.rows.clear();
    published.block = block;
    const changed = new Map<string, CountRow>();
    for (let from = this.#publishedTo; (this.speaks || this.foreign) && from < now; from += FLUSH_MS) {
      for (const metric of this.#metrics) {
        const n = poissonOf(((this.rates.get(metric.name) as number) * FLUSH_MS) / 1000 / PARTITIONS, this.#random);
        const second = Math.floor(from / 1000);
        const key = `${metric.name} ${second}`;
        const row: CountRow = [seriesOf(metric), second, (published.rows.get(key)?.[2] ?? 0) + n, 0, 0];
        if (n > 0) changed.set(key, row);
        if (n > 0) published.rows.set(key, row);
      }
    }
    const waits: Wait[] = now - this.#spoke <= 10_000 ? [[`shop-${partition}#k3v9x0q2m7t1c5zd`, this.#spoke, this.#spoke]] : [];
    return { partition, block, to: published.to, progress: now - 20, waits, rows: [...changed.values()] };
  }
}

/** Small means one by one, large ones as a normal. */
function poissonOf(mean: number, random: () => number): number {
  if (mean < 200) return poisson(mean, random);
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal));
}
