/** Batches straight into Apache Kafka, by kafkajs: `connect({ via: kafka({ brokers: ['kafka-1:9092'] }) })`. */
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import kafkajs, { type ISocketFactory, type Kafka, type KafkaConfig, type Producer } from 'kafkajs';
import { BATCH_CONTENT_TYPE } from './batch.ts';
import { type Clock, systemClock } from './clock.ts';
import { UsageError } from './observers.ts';
import type { Letter, Outcome, Transport } from './transport.ts';

const CONNECT_MS = 1000;
/** A broker waits so long for its replicas. */
const REPLICAS_MS = 2000;
/** An answer is waited for so long; what it would have said is unknown then, and the batch is sent again. */
const ANSWER_MS = 5000;
/** Leaders that moved without a fault are found again after so long. */
const METADATA_MS = 10_000;

export interface KafkaTransportOptions {
  /** `host:port` of some brokers; the rest is learned from them. */
  readonly brokers: readonly string[];
  /** As Plummet names it: with `topic_prefix`, where the YAML has one. */
  readonly topic?: string | undefined;
  /** As kafkajs takes it: `{ mechanism: 'scram-sha-512', username, password }`. */
  readonly sasl?: KafkaConfig['sasl'] | undefined;
  /** As kafkajs takes it: true, or what `tls.connect` takes. */
  readonly ssl?: KafkaConfig['ssl'] | undefined;
  /** For tests. */
  readonly clock?: Clock | undefined;
}

/**
 * A transport to topic `events` of a Kafka that Plummet reads. Batches are the same as over HTTP, and so is what holds of them: one
 * under way, sent again until all replicas in sync have it, counted once.
 *
 * @throws UsageError where the options are wrong; never because no broker answers
 * @example const plummet = connect({ via: kafka({ brokers: ['kafka-1:9092', 'kafka-2:9092'] }) });
 */
export function kafka(options: KafkaTransportOptions): Transport {
  const { brokers } = options;
  const right = Array.isArray(brokers) && brokers.length > 0 && brokers.every((broker) => /^[^\s:/]+:\d{1,5}$/.test(broker));
  if (!right) throw new UsageError(`kafka() was given the brokers ${JSON.stringify(brokers)}: it takes some such as ['kafka-1:9092']`);
  return new KafkaTransport(options);
}

class KafkaTransport implements Transport {
  readonly name: string;
  readonly #topic: string;
  readonly #clock: Clock;
  readonly #client: Kafka;
  readonly #sockets = new Set<Socket>();
  #producer: Promise<Producer> | undefined;
  #underWay = false;
  /** Connections begun: a new client of kafkajs asks the first broker of its list alone, so each time another one is the first. */
  #begun = 0;

  constructor({ brokers, topic = 'events', sasl, ssl, clock = systemClock }: KafkaTransportOptions) {
    this.name = `kafka ${brokers.join(',')}`;
    this.#topic = topic;
    this.#clock = clock;
    this.#client = new kafkajs.Kafka({
      clientId: 'plummet-sdk',
      brokers: () => [brokers[this.#begun++ % brokers.length] as string],
      ...(sasl !== undefined && { sasl }),
      ...(ssl !== undefined && { ssl }),
      connectionTimeout: CONNECT_MS,
      enforceRequestTimeout: false,
      retry: { retries: 0 },
      logLevel: kafkajs.logLevel.NOTHING,
      socketFactory: this.#open,
    });
    mended(this.#client);
  }

  async send(letter: Letter): Promise<Outcome> {
    this.#holdProcess(true);
    try {
      await this.#inTime(this.#append(letter));
      return { is: 'accepted' };
    } catch (error) {
      const outcome = outcomeOf(this.name, this.#topic, error);
      // What kafkajs knows of the brokers may be what fails.
      if (outcome.is === 'later') this.#drop();
      return outcome;
    } finally {
      this.#holdProcess(false);
    }
  }

  close(): void {
    this.#drop();
  }

  async #append(letter: Letter): Promise<void> {
    this.#producer ??= this.#connected();
    const producer = await this.#producer;
    const message = { key: letter.producer, value: letter.text(), headers: { 'content-type': BATCH_CONTENT_TYPE } };
    const compression = kafkajs.CompressionTypes.GZIP;
    await producer.send({ topic: this.#topic, acks: -1, timeout: REPLICAS_MS, compression, messages: [message] });
  }

  async #connected(): Promise<Producer> {
    const producer = this.#client.producer({
      createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
      allowAutoTopicCreation: false,
      metadataMaxAge: METADATA_MS,
      retry: { retries: 0 },
    });
    await producer.connect();
    return producer;
  }

  #inTime<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const late = this.#clock.after(ANSWER_MS, () => reject(new Error(`no answer in ${ANSWER_MS} ms`)));
      work.then(resolve, reject).finally(() => late.cancel());
    });
  }

  #drop(): void {
    this.#producer = undefined;
    for (const socket of this.#sockets) socket.destroy(new Error('the connection was given up'));
  }

  /** A connection that nothing is sent over keeps no process alive. */
  #holdProcess(hold: boolean): void {
    this.#underWay = hold;
    for (const socket of this.#sockets) {
      if (hold) socket.ref();
      else socket.unref();
    }
  }

  readonly #open: ISocketFactory = ({ host, port, ssl, onConnect }) => {
    const name = isIP(host) ? {} : { servername: host };
    const socket = ssl ? connectTls({ host, port, ...name, ...ssl }, onConnect) : connectTcp({ host, port }, onConnect);
    socket.setNoDelay(true);
    socket.setKeepAlive(true, METADATA_MS);
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    if (!this.#underWay) socket.unref();
    return socket;
  };
}

const REFUSED = new Set(['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE', 'INVALID_RECORD']);

function outcomeOf(name: string, topic: string, error: unknown): Exclude<Outcome, { is: 'accepted' }> {
  const { type, message } = rootOf(error);
  const why = `${name}: ${message}`;
  if (type !== undefined && REFUSED.has(type)) return { is: 'refused', why };
  const advice = adviceOf(topic, error);
  return { is: 'later', why, ...(advice !== undefined && { advice }) };
}

function adviceOf(topic: string, error: unknown): string | undefined {
  const { type, name } = rootOf(error);
  if (name === 'KafkaJSSASLAuthenticationError') return 'give kafka({ sasl }) a right user and password';
  if (type === 'TOPIC_AUTHORIZATION_FAILED') return `give this user Write and Describe on topic ${topic} (kafka-acls.sh --add)`;
  if (type === 'UNKNOWN_TOPIC_OR_PARTITION') return `start Plummet, which makes topic ${topic}, or correct kafka({ topic })`;
  return undefined;
}

interface KafkaError {
  readonly name?: string;
  readonly message: string;
  /** Of Kafka's protocol. */
  readonly type?: string;
}

/** kafkajs tells that it tried often enough, and in there what went wrong. */
function rootOf(error: unknown): KafkaError {
  const { cause } = error as { cause?: unknown };
  return cause instanceof Error ? rootOf(cause) : (error as KafkaError);
}

interface Queue {
  readonly pending: readonly unknown[];
  scheduleCheckPendingRequests(): void;
}

interface Metadata {
  readonly topicMetadata: readonly {
    readonly topicErrorCode: number;
    readonly partitionMetadata: readonly { readonly partitionErrorCode: number }[];
  }[];
}

interface Asking {
  readonly request: unknown;
  readonly response: { parse(answer: Metadata): Promise<Metadata> };
}

interface Broker {
  metadata(topics: readonly string[]): Promise<Metadata>;
  /** Set anew when it connects. */
  readonly lookupRequest: (...what: unknown[]) => (args: object) => Asking;
}

interface Cluster {
  readonly brokerPool: { createBroker(options: { connectionPool: { pool: { requestQueue: Queue }[] } }): Broker };
}

/** Two habits of kafkajs 2.2.4 that an app must not have, put off in the brokers of this client alone. */
function mended(client: Kafka): void {
  const inner = client as unknown as Record<symbol, (options: object) => Cluster>;
  const make = Object.getOwnPropertySymbols(inner).find(({ description }) => description === 'private:Kafka:createCluster');
  const original = make && inner[make];
  if (make === undefined || original === undefined) return;
  inner[make] = (options) => {
    const cluster = original(options);
    const { brokerPool } = cluster;
    const createBroker = brokerPool.createBroker.bind(brokerPool);
    brokerPool.createBroker = (wish) => {
      for (const { requestQueue } of wish.connectionPool.pool) letRest(requestQueue);
      const broker = createBroker(wish);
      const metadata = broker.metadata;
      broker.metadata = (topics) => metadata.call(withoutSome(broker), topics);
      return broker;
    };
    return cluster;
  };
}

/**
 * From its first answer on, each connection looks every millisecond whether a request waits, and so keeps the process alive for ever.
 * Here it looks only while one does.
 */
function letRest(queue: Queue): void {
  const look = queue.scheduleCheckPendingRequests.bind(queue);
  queue.scheduleCheckPendingRequests = () => {
    if (queue.pending.length > 0) look();
  };
}

/**
 * Who leads is refused as a whole where one partition has no leader, and with it every append to the others: one partition away would
 * cut off all apps. Here only where none has.
 */
function withoutSome(broker: Broker): Broker {
  const lookupRequest: Broker['lookupRequest'] = (...what) => {
    const asking = broker.lookupRequest(...what);
    return (args) => {
      const { request, response } = asking(args);
      return { request, response: { ...response, parse: async (answer) => (isOfUse(answer) ? answer : response.parse(answer)) } };
    };
  };
  return Object.create(broker, { lookupRequest: { value: lookupRequest } }) as Broker;
}

function isOfUse({ topicMetadata }: Metadata): boolean {
  return topicMetadata.every(({ topicErrorCode, partitionMetadata }) => {
    return topicErrorCode === 0 && partitionMetadata.some(({ partitionErrorCode }) => partitionErrorCode === 0);
  });
}
