/** How much the gateway takes, of everything that can be too much. Limits of a single event and of a batch stand in platform/topics. */

export interface IntakeLimits {
  /** Of one request as it comes over the wire. */
  readonly bodyBytesMax: number;
  /** Of one request after gzip: a bomb ends here. */
  readonly inflatedBytesMax: number;
  /** Being inflated at the same moment; further requests wait their turn. */
  readonly inflatingBytesMax: number;
  /** Of all requests between their first byte and their answer; beyond it senders are told to keep theirs. */
  readonly waitingBytesMax: number;
  /** Milliseconds that the event log may take before the sender is told to keep its events; an SDK waits 5 s for an answer. */
  readonly appendMsMax: number;
  /** Of one key, or of one address where no keys are set. */
  readonly requestsPerSecondMax: number;
  readonly bytesPerSecondMax: number;
  /** Keys and addresses whose pace is remembered; the one unheard for longest is forgotten first. */
  readonly sendersMax: number;
  /** Dead letters written; further ones are only counted. */
  readonly deadLettersPerSecondMax: number;
}

const MIB = 1024 * 1024;

export const intakeLimits: IntakeLimits = {
  bodyBytesMax: MIB,
  inflatedBytesMax: 8 * MIB,
  inflatingBytesMax: 16 * MIB,
  waitingBytesMax: 64 * MIB,
  appendMsMax: 4000,
  requestsPerSecondMax: 10_000,
  bytesPerSecondMax: 64 * MIB,
  sendersMax: 10_000,
  deadLettersPerSecondMax: 50,
};

/**
 * Options of the HTTP server that the gateway is registered on: Fastify's own leave slow heads, slow bodies and idle sockets
 * open past 20 s, these end them in 4 to 6 s. Milliseconds and bytes.
 */
export const serverLimits = {
  requestTimeout: 5000,
  connectionTimeout: 10_000,
  keepAliveTimeout: 5000,
  bodyLimit: MIB,
  http: { headersTimeout: 3000, connectionsCheckingInterval: 1000 },
} as const;

/** Bytes that wait for their answer. */
export class Waiting {
  readonly #bytesMax: number;
  #bytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** @returns false where that would be too much; then nothing is held */
  hold(bytes: number): boolean {
    if (this.#bytes + bytes > this.#bytesMax) return false;
    this.#bytes += bytes;
    return true;
  }

  release(bytes: number): void {
    this.#bytes -= bytes;
  }

  get bytes(): number {
    return this.#bytes;
  }
}

/** What one request holds of the memory that all may: until it is answered and the event log has let go of it. */
export class Held {
  readonly #waiting: Waiting;
  #bytes = 0;
  #inUse = 1;

  constructor(waiting: Waiting) {
    this.#waiting = waiting;
  }

  more(bytes: number): boolean {
    if (!this.#waiting.hold(bytes)) return false;
    this.#bytes += bytes;
    return true;
  }

  until<T>(work: Promise<T>): Promise<T> {
    this.#inUse++;
    return work.finally(() => this.release());
  }

  release(): void {
    if (--this.#inUse === 0) this.#waiting.release(this.#bytes);
  }
}
