/** Several endpoints as one transport: one that fails is left and probed for its return, one that keeps silent is hedged. */
import type { Clock, Timer } from './clock.ts';
import { type Endpoint, Round } from './round.ts';
import type { Letter, Outcome, Transport } from './transport.ts';

/** An endpoint that was left is probed after so long, then at growing distances. */
const PROBE_MS = { least: 1000, most: 10_000 } as const;

export interface FailoverParts {
  readonly clock: Clock;
  readonly random: () => number;
}

/** The first endpoint is home: it is used whenever it is well. */
export class Failover implements Transport {
  readonly #parts: FailoverParts;
  readonly #endpoints: Endpoint[];
  readonly #probes = new Map<Endpoint, Timer>();
  #closed = false;

  constructor(transports: readonly Transport[], parts: FailoverParts) {
    this.#parts = parts;
    this.#endpoints = transports.map((transport) => ({ transport, failedAt: null, failures: 0 }));
  }

  get name(): string {
    return this.#endpoints.map(({ transport }) => transport.name).join(' and ');
  }

  send(letter: Letter, signal: AbortSignal): Promise<Outcome> {
    // Where none is well, the one that failed longest ago is tried first.
    const inOrder = [...this.#endpoints].sort((a, b) => (a.failedAt ?? -1) - (b.failedAt ?? -1));
    const round = new Round({
      letter,
      clock: this.#parts.clock,
      endpoints: inOrder,
      leave: (endpoint) => this.#leave(endpoint),
      keep: (endpoint) => this.#keep(endpoint),
    });
    return round.run(signal);
  }

  close(): void {
    this.#closed = true;
    for (const probe of this.#probes.values()) probe.cancel();
    for (const { transport } of this.#endpoints) transport.close();
  }

  /** It took a letter. */
  #keep(endpoint: Endpoint): void {
    this.#probes.get(endpoint)?.cancel();
    endpoint.failedAt = null;
    endpoint.failures = 0;
  }

  #leave(endpoint: Endpoint): void {
    const { clock, random } = this.#parts;
    if (this.#closed) return;
    endpoint.failedAt = clock.monotonic();
    endpoint.failures++;
    const distance = Math.min(PROBE_MS.most, PROBE_MS.least * 2 ** Math.min(endpoint.failures - 1, 10));
    this.#probes.get(endpoint)?.cancel();
    this.#probes.set(
      endpoint,
      clock.after(distance * (0.75 + random() / 2), () => void this.#probe(endpoint)),
    );
  }

  async #probe(endpoint: Endpoint): Promise<void> {
    const { transport, failedAt } = endpoint;
    const well = transport.probe === undefined || (await transport.probe().catch(() => false));
    // Letters are tried meanwhile, where nothing else is well: their word is newer.
    if (endpoint.failedAt !== failedAt) return;
    // Its failures are forgotten only when it takes a letter: one that is well and never takes any is tried ever less often.
    if (well) endpoint.failedAt = null;
    else this.#leave(endpoint);
  }
}
