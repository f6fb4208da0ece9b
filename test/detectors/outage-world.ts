/** Apps, a gateway, partitions and a counter in steps of 10 ms: what reaches `counts` when parts of it are away. Deterministic by seed. */
import { BATCH_CONTENT_TYPE, type BatchEvent, encodeBatch, type SecondCounts } from '@plummet/sdk/batch';
import type { CountedMetric } from '../../detectors/counting/metric.ts';
import { PartitionFold } from '../../detectors/counting/partition.ts';
import type { StoredRecord } from '../../platform/eventlog/eventlog.ts';
import type { CountsRecord } from '../../platform/topics/counts.ts';
import { tickRecord } from '../../platform/topics/events.ts';

const STEP_MS = 10;
const EVERY_MS = 250;
const BATCH_EVENTS_MAX = 500;
const BACK_OFF_MS_MAX = 2000;
export const START_MS = Date.UTC(2025, 10, 21, 14, 0, 0);

/** mulberry32: good enough for traffic. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export function poisson(mean: number, random: () => number): number {
  const limit = Math.exp(-mean);
  let events = 0;
  for (let product = random(); product > limit; product *= random()) events++;
  return events;
}

interface Flight {
  readonly seq: number;
  readonly t0: number;
  readonly until: number;
  readonly published: number;
  readonly lost: SecondCounts;
  readonly events: BatchEvent[];
  readonly bye: boolean;
  tries: number;
  /** When it is at the gateway, or tried again. */
  at: number;
  arrives: boolean;
}

export interface AppOptions {
  readonly partition: number;
  /** Events a second. */
  readonly rate: number;
  readonly type?: string;
  /** Events that wait in memory at most. */
  readonly memory?: number;
}

/** One process with the SDK: batches each 100 ms, a heartbeat just after each full second, one in flight, retries within 2 s. */
export class App {
  rate: number;
  readonly partition: number;
  readonly producer: string;
  readonly #world: World;
  readonly #type: string;
  readonly #memory: number;
  #queue: number[] = [];
  #lost = new Map<number, number>();
  #flight: Flight | null = null;
  #seq = 0;
  #published = 0;
  /** Batches each second that it gets through to the gateway. */
  #batchesMax = Number.POSITIVE_INFINITY;
  #sentAt = 0;
  #builtAt: number;
  #beatAt: number;
  #is: 'running' | 'leaving' | 'gone' = 'running';

  constructor(world: World, name: string, { partition, rate, type = 'order.placed', memory = 10_000 }: AppOptions) {
    this.#world = world;
    this.rate = rate;
    this.partition = partition;
    this.#type = type;
    this.#memory = memory;
    this.producer = `${name}#${Math.floor(world.random() * 1e9).toString(36)}`;
    this.#builtAt = world.now;
    this.#beatAt = Math.floor(world.now / 1000) + 1;
  }

  /** Its way to the gateway takes no more than so many batches a second. */
  hinder(batchesPerSecondMax: number): void {
    this.#batchesMax = batchesPerSecondMax;
  }

  /** kill -9. */
  kill(): void {
    this.#is = 'gone';
  }

  /** SIGTERM: sends what it has, and a farewell. */
  leave(): void {
    this.#is = 'leaving';
  }

  step(): void {
    if (this.#is === 'running') this.#publish();
    if (this.#flight && this.#is !== 'gone') this.#send(this.#flight);
    else if (this.#is !== 'gone' && this.#isDue()) this.#build();
  }

  #publish(): void {
    const { now, random, published } = this.#world;
    for (let n = poisson((this.rate * STEP_MS) / 1000, random); n > 0; n--) {
      const second = Math.floor(now / 1000);
      published.set(second, (published.get(second) ?? 0) + 1);
      this.#published++;
      if (this.#queue.length < this.#memory) this.#queue.push(now);
      else this.#lost.set(second, (this.#lost.get(second) ?? 0) + 1);
    }
  }

  #isDue(): boolean {
    const { now } = this.#world;
    const beats = now / 1000 > this.#beatAt;
    return (
      this.#is === 'leaving' || beats || (this.#queue.length > 0 && now - this.#builtAt >= 100) || this.#queue.length >= BATCH_EVENTS_MAX
    );
  }

  #build(): void {
    const { now } = this.#world;
    const times = this.#queue.splice(0, BATCH_EVENTS_MAX);
    const t0 = times[0] ?? now;
    const isAll = this.#queue.length === 0;
    const lost: SecondCounts = {};
    const first = Math.floor(t0 / 1000);
    if (this.#lost.size > 0) {
      lost[this.#type] = [...this.#lost].map(([second, n]) => [second - first, n]);
      this.#lost = new Map();
    }
    this.#flight = {
      ...{ seq: this.#seq++, t0, until: isAll ? now : (this.#queue[0] as number), published: this.#published - this.#queue.length, lost },
      ...{
        events: times.map((time): BatchEvent => [this.#type, time - t0]),
        bye: this.#is === 'leaving' && isAll,
        tries: 0,
        at: now,
        arrives: false,
      },
    };
    this.#builtAt = now;
    this.#beatAt = Math.floor(now / 1000) + 1;
    this.#try(this.#flight);
  }

  #try(flight: Flight): void {
    flight.tries++;
    flight.arrives = true;
    flight.at = this.#world.now + 5 + this.#world.random() * 40;
  }

  #send(flight: Flight): void {
    const { now, random } = this.#world;
    if (now < Math.max(flight.at, this.#sentAt + 1000 / this.#batchesMax)) return;
    this.#sentAt = now;
    if (!flight.arrives) {
      this.#try(flight);
      return;
    }
    if (this.#world.append(this.partition, this.producer, this.#encode(flight), { received: String(now) })) {
      this.#flight = null;
      if (flight.bye) this.#is = 'gone';
      return;
    }
    flight.arrives = false;
    flight.at = now + Math.min(BACK_OFF_MS_MAX, 100 * 2 ** flight.tries) * (0.5 + random() / 2);
  }

  #encode({ seq, t0, until, published, lost, events, bye }: Flight): string {
    const counts = new Map<number, number>();
    for (const [, offset] of events) {
      const second = Math.floor((t0 + offset) / 1000) - Math.floor(t0 / 1000);
      counts.set(second, (counts.get(second) ?? 0) + 1);
    }
    const tally = counts.size > 0 ? { [this.#type]: [...counts] } : {};
    const head = { producer: this.producer, seq, published, sent: this.#world.now, until, t0, ...(bye && { bye: true as const }) };
    return encodeBatch({ ...head, lost, tally, events });
  }
}

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
    this.random = randomOf(seed);
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
