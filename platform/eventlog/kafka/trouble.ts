/** A fault of the brokers that lasts: told when it begins, now and then while it lasts, and when it is over. */
import type { Clock } from '../../units/clock.ts';
import type { OnProblem } from '../problem.ts';
import { sentenceOf } from './sentence.ts';

/** A leader that moves is no trouble to tell of; one that has not come back after this is. */
const TELL_AFTER_MS = 500;
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

  goesOn(error: unknown): void {
    const { clock, what, report } = this.#options;
    const now = clock.monotonic();
    this.#since ??= now;
    this.#why = sentenceOf(error);
    if (now - this.#since < TELL_AFTER_MS || now - this.#toldAt < AGAIN_MS) return;
    this.#toldAt = now;
    report({ kind: 'unreachable', message: `${what}: ${this.#why} It is tried again by itself.` });
  }

  over(): void {
    if (this.#since === undefined) return;
    const seconds = Math.round((this.#options.clock.monotonic() - this.#since) / 100) / 10;
    const told = this.#toldAt > Number.NEGATIVE_INFINITY;
    this.#since = undefined;
    this.#toldAt = Number.NEGATIVE_INFINITY;
    if (told) this.#options.report({ kind: 'recovered', message: `${this.#options.what}: over after ${seconds} s.` });
  }
}
