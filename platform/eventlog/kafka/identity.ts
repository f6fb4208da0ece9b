/** Who we are to the brokers while we append: under one identity they know a repeated try by its number and do not store it twice. */
import type { Connections } from './connections.ts';
import { type BrokerAddress, errorOfKafka, requestOf } from './kafkajs-parts.ts';

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

export class Identities {
  #current: Identity | undefined;
  #asking: Promise<Identity | undefined> | undefined;
  #allowed = true;

  /** The identity in force, or a new one; undefined where the brokers give none: then a repeated try may be stored twice. */
  get(broker: BrokerAddress, connections: Connections): Promise<Identity | undefined> | Identity | undefined {
    if (this.#current !== undefined || !this.#allowed) return this.#current;
    this.#asking ??= this.#ask(broker, connections).finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  /** Its numbers are in doubt: what comes next is sent under another. */
  forget(identity: object | undefined): void {
    if (this.#current === identity) this.#current = undefined;
  }

  async #ask(broker: BrokerAddress, connections: Connections): Promise<Identity | undefined> {
    const wish = { transactionalId: null, transactionTimeout: 60_000 };
    const { errorCode, producerId, producerEpoch } = await connections.send(broker, (known) =>
      requestOf<InitAnswer>(known, 'InitProducerId', wish),
    );
    if (errorCode === NOT_ALLOWED) this.#allowed = false;
    else if (errorCode !== 0) throw new Error(`The broker gives no producer id yet: ${errorOfKafka(errorCode).message}`);
    else this.#current = { id: producerId, epoch: producerEpoch };
    return this.#current;
  }
}
