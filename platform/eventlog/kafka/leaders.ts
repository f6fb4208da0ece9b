/** Which broker leads which partition, asked again after every fault: one answer for everybody in this process. */
import type { Clock } from '../../units/clock.ts';
import { Connections, type ConnectionsOptions } from './connections.ts';
import { type BrokerAddress, errorOfKafka, requestOf } from './kafkajs-parts.ts';
import { pause } from './pause.ts';

/** Leadership can move without a fault of ours, so it is asked again after a while. */
const AGE_MS_MAX = 10_000;
/** Many who fail at once share one question; so much later it may be asked again. */
const PAUSE_MS = 100;
/** A broker that does not answer at once holds up nobody: the next is asked beside it. */
const HEDGE_MS = 300;

export interface PartitionPlace {
  readonly partition: number;
  /** Node id; below 0 where there is none now. */
  readonly leader: number;
  readonly replicas: readonly number[];
  /** Replicas that have everything. */
  readonly inSync: readonly number[];
}

export interface ClusterView {
  readonly brokers: ReadonlyMap<number, BrokerAddress>;
  readonly topics: ReadonlyMap<string, readonly PartitionPlace[]>;
  /** Why a topic cannot be had: `UNKNOWN_TOPIC_OR_PARTITION`, `TOPIC_AUTHORIZATION_FAILED`, … */
  readonly refused: ReadonlyMap<string, string>;
}

interface MetadataAnswer {
  readonly brokers: readonly (BrokerAddress & { readonly nodeId: number })[];
  readonly topicMetadata: readonly {
    readonly topicErrorCode: number;
    readonly topic: string;
    readonly partitionMetadata: readonly {
      readonly partitionId: number;
      readonly leader: number;
      readonly replicas: readonly number[];
      readonly isr: readonly number[];
    }[];
  }[];
}

export interface LeadersOptions extends ConnectionsOptions {
  /** `host:port` each. */
  readonly seeds: readonly string[];
  /** Full names. */
  readonly topics: readonly string[];
  readonly random: () => number;
}

export class Leaders {
  readonly #options: LeadersOptions;
  readonly #clock: Clock;
  readonly connections: Connections;
  #view: ClusterView = { brokers: new Map(), topics: new Map(), refused: new Map() };
  #askedAt = Number.NEGATIVE_INFINITY;
  #asking: Promise<void> | undefined;

  constructor(options: LeadersOptions) {
    this.#options = options;
    this.#clock = options.clock;
    this.connections = new Connections(options);
  }

  get view(): ClusterView {
    return this.#view;
  }

  /** The leader's address; undefined where there is none now, or none is known. */
  leader(topic: string, partition: number): BrokerAddress | undefined {
    const place = this.#view.topics.get(topic)?.[partition];
    return place === undefined ? undefined : this.#view.brokers.get(place.leader);
  }

  /** Asks the brokers anew; resolves when one has answered. @throws what the last of them said */
  refresh(): Promise<void> {
    this.#asking ??= this.#refresh().finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  /** Asks in the background when the answer is old; faults are left to whoever needs the answer. */
  freshen(): void {
    if (this.#clock.monotonic() - this.#askedAt > AGE_MS_MAX) this.refresh().catch(() => undefined);
  }

  close(): void {
    this.connections.close();
  }

  async #refresh(): Promise<void> {
    const waitMs = this.#askedAt + PAUSE_MS - this.#clock.monotonic();
    if (waitMs > 0) await pause(this.#clock, waitMs);
    try {
      const answer = await this.#askAnyone();
      this.#view = viewOf(answer);
    } finally {
      this.#askedAt = this.#clock.monotonic();
    }
  }

  /** The first answer of any broker; brokers known by now before those of the configuration, which may be gone. */
  #askAnyone(): Promise<MetadataAnswer> {
    const { topics } = this.#options;
    const candidates = this.#candidates();
    return new Promise((resolve, reject) => {
      let underWay = 0;
      const next = (): void => {
        const address = candidates.shift();
        if (address === undefined) return;
        underWay++;
        const hedge = this.#clock.after(HEDGE_MS, next);
        const wish = { topics, allowAutoTopicCreation: false };
        this.connections
          .send(address, (broker) => requestOf<MetadataAnswer>(broker, 'Metadata', wish))
          .then(
            (answer) => {
              candidates.length = 0;
              resolve(answer);
            },
            (error: unknown) => {
              if (--underWay === 0 && candidates.length === 0) reject(error);
              else next();
            },
          )
          .finally(() => hedge.cancel());
      };
      next();
    });
  }

  #candidates(): BrokerAddress[] {
    const { seeds, random } = this.#options;
    const known = shuffled([...this.#view.brokers.values()], random);
    const connected = new Set(this.connections.connected().map(nameOf));
    known.sort((a, b) => Number(connected.has(nameOf(b))) - Number(connected.has(nameOf(a))));
    const names = new Set(known.map(nameOf));
    return [...known, ...shuffled(seeds.map(addressOf), random).filter((seed) => !names.has(nameOf(seed)))];
  }
}

function viewOf({ brokers, topicMetadata }: MetadataAnswer): ClusterView {
  const topics = new Map<string, PartitionPlace[]>();
  const refused = new Map<string, string>();
  for (const { topic, topicErrorCode, partitionMetadata } of topicMetadata) {
    if (topicErrorCode !== 0 && partitionMetadata.length === 0) {
      refused.set(topic, errorOfKafka(topicErrorCode).type);
      continue;
    }
    const places: PartitionPlace[] = [];
    for (const { partitionId, leader, replicas, isr } of partitionMetadata) {
      places[partitionId] = { partition: partitionId, leader, replicas, inSync: isr };
    }
    topics.set(topic, places);
  }
  return { brokers: new Map(brokers.map(({ nodeId, host, port }) => [nodeId, { host, port }])), topics, refused };
}

const nameOf = ({ host, port }: BrokerAddress): string => `${host}:${port}`;

function addressOf(seed: string): BrokerAddress {
  const [host = '', port = ''] = seed.split(':');
  return { host, port: Number(port) };
}

function shuffled<T>(list: readonly T[], random: () => number): T[] {
  return list
    .map((item) => ({ item, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}
