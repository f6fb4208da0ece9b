/** One try of one letter over several endpoints: the next one where one fails, a second one where one keeps silent. */
import type { Clock, Timer } from './clock.ts';
import type { Later, Letter, Outcome, Transport } from './transport.ts';

/** A request that has no answer after so long is sent once more, to one other endpoint. */
const HEDGE_AFTER_MS = 1000;

export interface Endpoint {
  readonly transport: Transport;
  /** Monotonic ms at which it failed last; null while it is well. */
  failedAt: number | null;
  /** In a row. */
  failures: number;
}

export interface RoundParts {
  readonly letter: Letter;
  readonly clock: Clock;
  /** In the order in which they are tried. */
  readonly endpoints: readonly Endpoint[];
  leave(endpoint: Endpoint): void;
  keep(endpoint: Endpoint): void;
}

export class Round {
  readonly #parts: RoundParts;
  readonly #untried: Endpoint[];
  /** In the order in which they were sent. */
  readonly #pending = new Map<Endpoint, AbortController>();
  readonly #laters: Later[] = [];
  #refused: Outcome | undefined;
  #hedge: Timer | undefined;
  #hedged = false;
  #stay = false;
  #finish: (outcome: Outcome) => void = () => {};

  constructor(parts: RoundParts) {
    this.#parts = parts;
    this.#untried = [...parts.endpoints];
  }

  async run(signal: AbortSignal): Promise<Outcome> {
    const end = (): void => this.#finish({ is: 'later', why: 'it was ended' });
    signal.addEventListener('abort', end, { once: true });
    try {
      return await new Promise<Outcome>((resolve) => {
        this.#finish = resolve;
        this.#send();
      });
    } finally {
      signal.removeEventListener('abort', end);
      this.#hedge?.cancel();
      for (const abort of this.#pending.values()) abort.abort();
      this.#pending.clear();
    }
  }

  #send(): void {
    const endpoint = this.#untried.shift();
    if (endpoint === undefined) {
      this.#finish(together(this.#laters));
      return;
    }
    const abort = new AbortController();
    this.#pending.set(endpoint, abort);
    this.#hedge?.cancel();
    if (!this.#hedged && this.#untried.length > 0) {
      this.#hedge = this.#parts.clock.after(HEDGE_AFTER_MS, () => {
        this.#hedged = true;
        this.#send();
      });
    }
    endpoint.transport.send(this.#parts.letter, abort.signal).then(
      (outcome) => this.#heard(endpoint, outcome),
      (error: unknown) => this.#heard(endpoint, { is: 'later', why: `${endpoint.transport.name} threw ${String(error)}` }),
    );
  }

  #heard(endpoint: Endpoint, outcome: Outcome): void {
    // Nobody waits for it any more: another answer came first.
    if (!this.#pending.has(endpoint)) return;
    if (outcome.is === 'accepted') this.#accepted(endpoint, outcome);
    else this.#notAccepted(endpoint, outcome);
  }

  #accepted(by: Endpoint, outcome: Outcome): void {
    // Those that were sent before and still keep silent are left; the hedge that came too late did nothing wrong.
    for (const endpoint of this.#pending.keys()) {
      if (endpoint === by) break;
      this.#parts.leave(endpoint);
    }
    this.#parts.keep(by);
    this.#finish(outcome);
  }

  #notAccepted(endpoint: Endpoint, outcome: Exclude<Outcome, { is: 'accepted' }>): void {
    const newest = [...this.#pending.keys()].at(-1) === endpoint;
    this.#pending.delete(endpoint);
    if (outcome.is === 'refused') this.#refused = outcome;
    else {
      this.#laters.push(outcome);
      if (outcome.stay) this.#stay = true;
      else this.#parts.leave(endpoint);
    }
    // One that is still under way may have taken it. Where it was the hedge that failed, another takes its place.
    if (this.#pending.size > 0) {
      if (newest && this.#untried.length > 0 && !this.#refused && !this.#stay) this.#send();
    } else if (this.#refused) this.#finish(this.#refused);
    else if (this.#stay) this.#finish(together(this.#laters));
    else this.#send();
  }
}

function together(laters: readonly Later[]): Later {
  const [first] = laters;
  if (first && laters.length === 1) return first;
  const why = [...new Set(laters.map((later) => later.why))].join('; ');
  const advice = laters.find((later) => later.advice !== undefined)?.advice;
  const afterMs = Math.max(...laters.map((later) => later.afterMs ?? 0));
  return { is: 'later', why, ...(advice !== undefined && { advice }), ...(afterMs > 0 && { afterMs }) };
}
