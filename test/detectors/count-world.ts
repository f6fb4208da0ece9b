/** An event log on arrays, its clock, and count processes that come and go. */
import { type CountOptions, type CountStep, type Step, startCount } from '../../detectors/count.ts';
import type { CountedMetric } from '../../detectors/counting/metric.ts';
import { startTicks } from '../../detectors/tick.ts';
import { type Fields, type Telemetry, telemetryTo } from '../../platform/telemetry/catalogue.ts';
import { type CountsRecord, decodeCounts } from '../../platform/topics/counts.ts';
import { batchRecord, foreignRecord } from '../../platform/topics/events.ts';
import { type Topics, topics } from '../../platform/topics/topic.ts';
import { ManualClock } from '../support/clock.ts';
import { type MemoryLog, memoryLog } from '../support/memory-log.ts';
import { batchText, merged, type Said } from './counting/records.ts';

const METRICS: CountedMetric[] = [
  { name: 'orders', event: 'order.placed' },
  { name: 'revenue', event: 'order.placed', value: 'amount' },
];

export class CountWorld {
  readonly clock = new ManualClock();
  readonly topics: Topics;
  readonly log: MemoryLog;
  readonly told: { name: string; fields: Fields }[] = [];
  readonly telemetry: Telemetry = telemetryTo((name, _, fields) => this.told.push({ name, fields }));
  readonly #steps: Step[] = [];

  constructor({ events = 1, counts = 1, latencyMs = 0 } = {}) {
    this.topics = topics({ events, counts });
    this.log = memoryLog({ clock: this.clock, latencyMs });
  }

  count(more: Partial<CountOptions> = {}): CountStep {
    const step = startCount({ ...this.options, metrics: METRICS, ...more });
    this.#steps.push(step);
    return step;
  }

  ticks(more: Partial<CountOptions> = {}): void {
    this.#steps.push(startTicks({ ...this.options, ...more }));
  }

  get options(): Omit<CountOptions, 'metrics'> {
    const { log, topics, clock, telemetry } = this;
    return { log, topics, clock, telemetry, writer: 'a' };
  }

  /** One event a batch, sent now. */
  async say(said: Said): Promise<void> {
    const now = this.clock.wall();
    const text = batchText({ t0: now, sent: now, until: now, ...said });
    await this.log.append(this.topics.events, [batchRecord(said.producer ?? 'shop#1', text, now)]);
  }

  async poison(): Promise<void> {
    await this.log.append(this.topics.events, [{ key: 'shop#1', value: '{' }]);
  }

  /** Blocks of 1,000 pass. */
  async fill(records: number): Promise<void> {
    const record = foreignRecord([], 0, this.clock.wall());
    for (let left = records; left > 0; left -= 500) {
      await this.log.append(this.topics.events, Array(Math.min(left, 500)).fill(record));
    }
  }

  get counts(): CountsRecord[] {
    const { partitions } = this.topics.counts;
    return Array.from({ length: partitions }, (_, partition) => this.log.records(this.topics.counts, partition).map(decodeCounts)).flat();
  }

  get checkpoints(): string[] {
    return this.log.records(this.topics.checkpoints, 0).map(({ key }) => key);
  }

  get orders(): number {
    return Object.entries(merged(this.counts)).reduce((sum, [key, { n }]) => (key.startsWith('orders') ? sum + n : sum), 0);
  }

  tellings(name: string): Fields[] {
    return this.told.filter((telling) => telling.name === name).map(({ fields }) => fields);
  }

  async end(): Promise<void> {
    const ended = Promise.all(this.#steps.map((step) => step.stop()));
    await this.clock.advance(10_000);
    await ended;
  }
}
