/** An app with the SDK in steps of 10 ms: what it publishes, batches, sends again and loses. Deterministic by its surroundings' chance. */
import { type BatchEvent, encodeBatch, type SecondCounts } from '@plummet/sdk/batch';

export const STEP_MS = 10;
const BATCH_EVENTS_MAX = 500;
const BACK_OFF_MS_MAX = 2000;

/** What an app sees of its world. */
export interface Surroundings {
  readonly now: number;
  readonly random: () => number;
  readonly published: Map<number, number>;
  append(partition: number, key: string, value: string, headers: { received: string }): boolean;
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
  readonly #world: Surroundings;
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

  constructor(world: Surroundings, name: string, { partition, rate, type = 'order.placed', memory = 10_000 }: AppOptions) {
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
