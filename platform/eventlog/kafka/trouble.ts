/** A fault of the brokers that lasts: told when it begins, now and then while it lasts, and when it is over. */
import type { Clock } from '../../units/clock.ts';
import type { OnProblem } from '../problem.ts';
import { sentenceOf } from './sentence.ts';

const AGAIN_MS = 10_000;

export interface TroubleOptions {
  readonly clock: Clock;
  /** `events cannot be read`. */
  readonly what: string;
  readonly report: OnProblem;
}

export class Trouble {
  readonly #options: TroubleOptions;
  #since: number | undefined;
  #toldAt = Number.NEGATIVE_INFINITY;
  #why = '';

  constructor(options: TroubleOptions) {
    this.#options = options;
  }

  /** Why it does not work now; empty while it does. */
  get why(): string {
    return this.#since === undefined ? '' : this.#why;
  }

  /** How long it has not worked, ms; 0 while it does. */
  get lastedMs(): number {
    return this.#since === undefined ? 0 : this.#options.clock.monotonic() - this.#since;
  }

  goesOn(error: unknown): void {
    const { clock, what, report } = this.#options;
    const now = clock.monotonic();
    this.#since ??= now;
    this.#why = sentenceOf(error);
    if (now - this.#toldAt < AGAIN_MS) return;
    this.#toldAt = now;
    report({ kind: 'unreachable', message: `${what}: ${this.#why} It is tried again by itself.` });
  }

  over(): void {
    if (this.#since === undefined) return;
    const seconds = Math.round(this.lastedMs / 100) / 10;
    this.#since = undefined;
    this.#toldAt = Number.NEGATIVE_INFINITY;
    this.#options.report({ kind: 'recovered', message: `${this.#options.what}: over after ${seconds} s.` });
  }
}
