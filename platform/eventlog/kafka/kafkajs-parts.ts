/**
 * The inner parts of kafkajs 2.2.4 that this folder stands on, typed; nothing else reaches into them.
 *
 * kafkajs's own Cluster, `broker.fetch` and `broker.produce` fail as a whole when a single partition has no leader or an offset
 * out of range, and do not say which. So its connections, authentication and requests are used as they are, and answers are
 * looked at partition by partition.
 */
import { createRequire } from 'node:module';
import type { Socket } from 'node:net';
import type { ConnectionOptions } from 'node:tls';

const require = createRequire(import.meta.url);

/** What is sent, and how its answer is read. */
export interface Request<Answer> {
  readonly request: unknown;
  readonly response: { decode(bytes: Buffer): Promise<unknown>; parse(decoded: never): Promise<Answer> };
}

export interface BrokerAddress {
  readonly host: string;
  readonly port: number;
}

export type SocketFactory = (wish: BrokerAddress & { readonly ssl: ConnectionOptions | null; readonly onConnect: () => void }) => Socket;

/** One broker, as kafkajs sees it. */
export interface InnerBroker {
  isConnected(): boolean;
  connect(): Promise<void>;
  readonly versions: Readonly<Record<number, { readonly minVersion: number; readonly maxVersion: number }>> | null;
  readonly connectionPool: { send(request: Request<unknown>): Promise<unknown> };
}

interface PoolOptions {
  readonly host: string;
  readonly port: number;
  readonly sasl: { mechanism: string; username: string; password: string } | null;
  readonly ssl: ConnectionOptions | null;
  readonly clientId: string;
  readonly socketFactory: SocketFactory;
  readonly connectionTimeout: number;
  readonly requestTimeout: number;
  readonly enforceRequestTimeout: boolean;
  readonly logger: unknown;
}

interface Definition {
  readonly versions: readonly string[];
  protocol(which: { version: number }): (wish: object) => Request<unknown>;
}

interface RequestQueue {
  readonly pending: readonly unknown[];
  scheduleCheckPendingRequests(): void;
}

const ConnectionPool = require('kafkajs/src/network/connectionPool') as new (
  options: PoolOptions,
) => {
  readonly pool: readonly { readonly requestQueue: RequestQueue }[];
};
const Broker = require('kafkajs/src/broker') as new (options: object) => InnerBroker;
const { createLogger } = require('kafkajs/src/loggers') as { createLogger(options: object): unknown };
const { requests } = require('kafkajs/src/protocol/requests') as { requests: Readonly<Record<string, Definition>> };
const apiKeys = require('kafkajs/src/protocol/requests/apiKeys') as Readonly<Record<string, number>>;
const { errorCodes } = require('kafkajs/src/protocol/error') as { errorCodes: readonly ErrorOfKafka[] };

export interface ErrorOfKafka {
  readonly type: string;
  readonly code: number;
  readonly retriable: boolean;
  readonly message: string;
}

/** kafkajs's own lines are left out: what went wrong is told by whoever asked. */
const silent = createLogger({ level: 0, logCreator: () => () => undefined });

/** Requests have no time-out here: whoever sends them watches. */
export function innerBroker(options: Omit<PoolOptions, 'logger' | 'requestTimeout' | 'enforceRequestTimeout'>): InnerBroker {
  const connectionPool = new ConnectionPool({ ...options, requestTimeout: 30_000, enforceRequestTimeout: false, logger: silent });
  for (const { requestQueue } of connectionPool.pool) sparingly(requestQueue);
  return new Broker({ connectionPool, logger: silent, allowAutoTopicCreation: false, authenticationTimeout: options.connectionTimeout });
}

/** From its first answer on, kafkajs 2.2.4 looks each millisecond whether a request waits; it need only look while one does. */
function sparingly(queue: RequestQueue): void {
  const look = queue.scheduleCheckPendingRequests.bind(queue);
  queue.scheduleCheckPendingRequests = () => {
    if (queue.pending.length > 0) look();
  };
}

/** A request in the newest version that both sides know; its answer as it came, errors of its parts included. */
export function requestOf<Answer>(broker: InnerBroker, name: string, wish: object): Request<Answer> {
  const definition = requests[name] as Definition;
  const known = broker.versions?.[apiKeys[name] as number];
  if (known === undefined) throw new Error(`This Kafka does not know the request ${name}`);
  const version = Math.min(known.maxVersion, Math.max(...definition.versions.map(Number)));
  const { request, response } = definition.protocol({ version })(wish);
  return { request, response: { decode: response.decode, parse: async (decoded) => decoded as Answer } };
}

/** The only version of Fetch that is used: every Kafka from 2.3 on knows it. */
const FETCH_VERSION = 11;

/** A fetch whose answer comes as bytes; kafkajs waits by itself where the broker asks for it (a quota). */
export function fetchRequest(wish: object): Request<Buffer> {
  const { request } = (requests.Fetch as Definition).protocol({ version: FETCH_VERSION })(wish);
  const decode = async (bytes: Buffer) => ({ clientSideThrottleTime: bytes.readInt32BE(0), bytes });
  return { request, response: { decode, parse: async ({ bytes }: { bytes: Buffer }) => bytes } };
}

/** What an error code of Kafka's protocol means; 0 is none. */
export function errorOfKafka(code: number): ErrorOfKafka {
  const known = errorCodes.find((error) => error.code === code);
  return known ?? { type: `error ${code}`, code, retriable: false, message: `Kafka answered with the error ${code}` };
}
