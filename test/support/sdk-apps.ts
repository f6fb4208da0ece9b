/** Apps of a shop with the real sdk, by HTTP or straight to Kafka, one for each partition; what they published is counted. */
import { setTimeout as pause } from 'node:timers/promises';
import { type ConnectOptions, connect, type Delivery, DomainEvent } from '@plummet/sdk';
import { poisson } from '../../examples/shop/traffic.ts';
import { partitionOf } from '../../platform/topics/topic.ts';
import { producerOf } from '../../sdk/src/producer.ts';
import { prng } from './prng.ts';

const STEP_MS = 50;
const CLOSE_MS = 30_000;

export interface SdkAppsOptions {
  /** How each app in turn reaches Plummet. */
  readonly ways: readonly (() => ConnectOptions)[];
  /** Of `events`: so many apps, no two in one. */
  readonly partitions: number;
  /** Events a second of all apps together, by type; may change while they run. */
  readonly rates: Record<string, number>;
  readonly random: () => number;
}

export class SdkApps {
  /** By type. */
  readonly published = new Map<string, number>();
  readonly #options: SdkAppsOptions;
  readonly #deliveries: Delivery[];
  readonly #running: Promise<void>[];
  #ended = false;

  constructor(options: SdkAppsOptions) {
    const { ways, partitions, random } = options;
    this.#options = options;
    this.#deliveries = Array.from({ length: partitions }, (_, partition) => {
      return inPartition(partition, partitions, ways[partition % ways.length] as () => ConnectOptions, random);
    });
    this.#running = this.#deliveries.map((delivery) => this.#run(delivery));
  }

  /** Everything is delivered, and goodbye was said. @returns what the apps know that they lost */
  async close(): Promise<number> {
    this.#ended = true;
    await Promise.all(this.#running);
    const all = await Promise.all(this.#deliveries.map((delivery) => delivery.close({ withinMs: CLOSE_MS })));
    if (all.includes(false)) throw new Error(`not delivered within ${CLOSE_MS / 1000} s: ${JSON.stringify(this.stats())}`);
    return this.stats().reduce((sum, { lost }) => sum + lost, 0);
  }

  /** kill -9. */
  async kill(): Promise<void> {
    this.#ended = true;
    await Promise.all(this.#running);
    await Promise.all(this.#deliveries.map((delivery) => delivery.close({ withinMs: 1 })));
  }

  stats() {
    return this.#deliveries.map((delivery) => delivery.stats());
  }

  async #run(delivery: Delivery): Promise<void> {
    const { rates, random, partitions } = this.#options;
    const publishers = new Map(Object.keys(rates).map((type) => [type, publisherOf(type, delivery)]));
    for (let last = performance.now(); !this.#ended; await pause(STEP_MS)) {
      const now = performance.now();
      for (const [type, publish] of publishers) {
        const count = poisson(((rates[type] as number) * (now - last)) / 1000 / partitions, random);
        for (let i = 0; i < count; i++) publish();
        this.published.set(type, (this.published.get(type) ?? 0) + count);
      }
      last = now;
    }
  }
}

/** Letters are drawn for every producer: until they lead where they are to. */
function inPartition(partition: number, partitions: number, way: () => ConnectOptions, random: () => number): Delivery {
  const name = `shop-${partition}`;
  for (;;) {
    const seed = Math.floor(random() * 2 ** 31);
    if (partitionOf(producerOf(name, prng(seed)), partitions) !== partition) continue;
    return connect({ ...way(), producer: name, random: prng(seed), flushAtExit: false });
  }
}

function publisherOf(type: string, delivery: Delivery): () => void {
  class Happened extends DomainEvent {
    static readonly type = type;
  }
  Happened.notifies(delivery);
  return () => new Happened().publish();
}
