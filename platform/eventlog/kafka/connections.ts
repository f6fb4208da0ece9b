/** Connections to brokers for one purpose, each opened when it is first needed and given up when nothing comes back. */
import { isIP, connect as plainConnect, type Socket } from 'node:net';
import { type ConnectionOptions, connect as tlsConnect } from 'node:tls';
import type { Clock, Timer } from '../../units/clock.ts';
import { type BrokerAddress, type InnerBroker, innerBroker, type Request, type SocketFactory } from './kafkajs-parts.ts';
import type { KafkaOptions } from './options.ts';

const CONNECT_MS_MAX = 1_000;
/** A broker from which nothing came for so long, beyond what the request lets it wait, does not answer. */
const QUIET_MS_MAX = 1_500;
/** An answer that keeps coming, over a slow line, is waited for so long. */
const ANSWER_MS_MAX = 60_000;
const LOOK_EVERY_MS = 250;
const KEEP_ALIVE_MS = 10_000;

export interface ConnectionsOptions {
  readonly kafka: Pick<KafkaOptions, 'sasl' | 'tls'>;
  readonly clock: Clock;
  /** What brokers write into their logs of whose requests these are. */
  readonly clientId: string;
}

/** The broker did not answer in time; what was sent may have been carried out. */
export class SilentBroker extends Error {
  constructor(address: BrokerAddress, quietMs: number) {
    super(`${address.host}:${address.port} has not answered for ${Math.round(quietMs / 100) / 10} s`);
    this.name = 'SilentBroker';
  }
}

export class Connections {
  readonly #options: ConnectionsOptions;
  readonly #links = new Map<string, Link>();
  #closed = false;

  constructor(options: ConnectionsOptions) {
    this.#options = options;
  }

  /**
   * Sends what `make` gives and resolves with its answer.
   *
   * @param make    given the broker, once it is connected: which requests it knows is known only then
   * @param waitMs  how long the broker may wait by itself before it answers
   * @throws whatever went wrong; the connection is given up then, and the next request opens another
   */
  async send<Answer>(address: BrokerAddress, make: (broker: InnerBroker) => Request<Answer>, waitMs = 0): Promise<Answer> {
    if (this.#closed) throw new Error('closed');
    const name = `${address.host}:${address.port}`;
    const link = this.#links.get(name) ?? new Link(address, this.#options);
    this.#links.set(name, link);
    try {
      return await link.send(make, waitMs);
    } catch (error) {
      if (this.#links.get(name) === link) this.#links.delete(name);
      link.drop(error as Error);
      throw error;
    }
  }

  /** Addresses that are connected now. */
  connected(): BrokerAddress[] {
    return [...this.#links.values()].filter((link) => link.connected).map(({ address }) => address);
  }

  /** Of all of them, since they were opened. */
  get bytesRead(): number {
    let bytes = 0;
    for (const link of this.#links.values()) bytes += link.bytesRead;
    return bytes;
  }

  /** Ends every connection at once; what waits for an answer fails. */
  close(): void {
    this.#closed = true;
    for (const link of this.#links.values()) link.drop(new Error('closed'));
    this.#links.clear();
  }
}

class Link {
  readonly address: BrokerAddress;
  readonly #clock: Clock;
  readonly #broker: InnerBroker;
  readonly #sockets = new Set<Socket>();
  #connecting: Promise<void> | undefined;
  #dropped: Error | undefined;

  constructor(address: BrokerAddress, { kafka, clock, clientId }: ConnectionsOptions) {
    this.address = address;
    this.#clock = clock;
    const { sasl } = kafka;
    this.#broker = innerBroker({
      ...address,
      clientId,
      sasl: sasl === undefined ? null : { ...sasl },
      ssl: tlsOf(kafka.tls),
      socketFactory: this.#open,
      connectionTimeout: CONNECT_MS_MAX,
    });
  }

  get connected(): boolean {
    return this.#broker.isConnected();
  }

  get bytesRead(): number {
    let bytes = 0;
    for (const socket of this.#sockets) bytes += socket.bytesRead;
    return bytes;
  }

  send<Answer>(make: (broker: InnerBroker) => Request<Answer>, waitMs: number): Promise<Answer> {
    return this.#watched(waitMs, async () => {
      this.#connecting ??= this.#broker.connect();
      await this.#connecting;
      return (await this.#broker.connectionPool.send(make(this.#broker))) as Answer;
    });
  }

  /** For good: what kafkajs would still open after it is closed at once. */
  drop(why: Error): void {
    this.#dropped = why;
    for (const socket of this.#sockets) socket.destroy(why);
  }

  /** kafkajs leaves Nagle's wait on and never looks at a socket that was destroyed. */
  readonly #open: SocketFactory = ({ host, port, ssl, onConnect }) => {
    const name = isIP(host) ? {} : { servername: host };
    const socket = ssl ? tlsConnect({ host, port, ...name, ...ssl }, onConnect) : plainConnect({ host, port }, onConnect);
    socket.setNoDelay(true);
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    if (this.#dropped !== undefined) socket.destroy(this.#dropped);
    return socket;
  };

  /** Time runs from the last byte that came, so that a slow line is not taken for a dead one. */
  #watched<Answer>(waitMs: number, ask: () => Promise<Answer>): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const startedAt = this.#clock.monotonic();
      let heardAt = startedAt;
      let bytes = this.bytesRead;
      let timer: Timer;
      const look = (): void => {
        const now = this.#clock.monotonic();
        const read = this.bytesRead;
        if (read !== bytes) heardAt = now;
        bytes = read;
        if (now - heardAt > waitMs + QUIET_MS_MAX || now - startedAt > ANSWER_MS_MAX) reject(new SilentBroker(this.address, now - heardAt));
        else timer = this.#clock.after(LOOK_EVERY_MS, look);
      };
      timer = this.#clock.after(LOOK_EVERY_MS, look);
      ask()
        .then(resolve, reject)
        .finally(() => timer.cancel());
    });
  }
}

function tlsOf(tls: KafkaOptions['tls']): ConnectionOptions | null {
  if (tls === undefined || tls === false) return null;
  return tls === true ? {} : { ...tls };
}
