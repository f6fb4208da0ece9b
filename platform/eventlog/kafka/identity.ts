/** Who we are to the brokers while we append: under one identity they know a repeated try by its number and do not store it twice. */
import { atMost } from '../../units/at-most.ts';
import type { Clock } from '../../units/clock.ts';
import type { Connections } from './connections.ts';
import { type BrokerAddress, requestOf } from './kafkajs-parts.ts';

export interface Identity {
  readonly id: string;
  readonly epoch: number;
}

interface InitAnswer {
  readonly errorCode: number;
  readonly producerId: string;
  readonly producerEpoch: number;
}

/** CLUSTER_AUTHORIZATION_FAILED: before Kafka 3.0 this needed a right of its own. */
const NOT_ALLOWED = 31;
/** A broker may have to ask its controller for it. Appends wait no longer: a repeat that is stored twice is counted once all the same. */
const WAIT_MS_MAX = 300;

export class Identities {
  #current: Identity | undefined;
  #asking: Promise<void> | undefined;
  #allowed = true;
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The identity in force, or a new one; undefined where the brokers give none now: then a repeated try may be stored twice. */
  async get(broker: BrokerAddress, connections: Connections): Promise<Identity | undefined> {
    if (this.#current !== undefined || !this.#allowed) return this.#current;
    this.#asking ??= this.#ask(broker, connections).finally(() => {
      this.#asking = undefined;
    });
    await atMost(
      this.#clock,
      WAIT_MS_MAX,
      this.#asking.catch(() => undefined),
    );
    return this.#current;
  }

  /** Its numbers are in doubt: what comes next is sent under another. */
  forget(identity: object | undefined): void {
    if (this.#current === identity) this.#current = undefined;
  }

  async #ask(broker: BrokerAddress, connections: Connections): Promise<void> {
    const wish = { transactionalId: null, transactionTimeout: 60_000 };
    const { errorCode, producerId, producerEpoch } = await connections.send(broker, (known) =>
      requestOf<InitAnswer>(known, 'InitProducerId', wish),
    );
    if (errorCode === NOT_ALLOWED) this.#allowed = false;
    else if (errorCode === 0) this.#current = { id: producerId, epoch: producerEpoch };
  }
}
