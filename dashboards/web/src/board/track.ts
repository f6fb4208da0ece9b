/** The last minutes of one metric as they came: late words mend, holes stay visible. */

import { dispersionOf } from '../../../../platform/charts/band.ts';
import type { MetricInfo, SecondTuple } from '../../../live-frames.ts';
import type { Span, State } from '../picture/span.ts';

/** Five minutes are drawn; their first mean reaches a little further back. */
export const SECONDS_KEPT = 340;

/** What was last said of a metric. */
export interface Latest {
  readonly second: number;
  readonly state: State;
  readonly rate: number | null;
  readonly usual: number | null;
  readonly derivative: number | null;
  readonly drop: number | null;
  readonly progressSeconds: number | null;
}

export class Track implements Span {
  readonly info: MetricInfo;
  from = 0;
  readonly n: (number | null)[] = [];
  readonly usual: (number | null)[] = [];
  readonly derivative: (number | null)[] = [];
  readonly state: (State | null)[] = [];
  latest: Latest | null = null;
  /** Events so far of the seconds that are not decided yet, and when (server's ms) that was told. */
  readonly open = new Map<number, { readonly n: number; readonly at: number }>();
  /** Top of the y axis, kept so that it changes rarely. */
  top: number | null = null;
  #dispersion = 1;
  #dispersionAt = 0;

  constructor(info: MetricInfo, before?: Track) {
    this.info = info;
    if (!before) return;
    this.from = before.from;
    this.latest = before.latest;
    this.n.push(...before.n);
    this.usual.push(...before.usual);
    this.derivative.push(...before.derivative);
    this.state.push(...before.state);
  }

  get newest(): number {
    return this.from + this.n.length - 1;
  }

  decided(second: number, [, n, rate, usual, derivative, , drop, state, progressSeconds]: SecondTuple): void {
    const at = this.#place(second);
    if (at < 0) return;
    this.n[at] = n;
    this.usual[at] = usual;
    this.derivative[at] = derivative;
    this.state[at] = state;
    if (second >= (this.latest?.second ?? 0)) this.latest = { second, state, rate, usual, derivative, drop, progressSeconds };
    for (const open of this.open.keys()) if (open <= second) this.open.delete(open);
  }

  /** What came for a second after it was told. */
  late(second: number, n: number): void {
    const at = second - this.from;
    if (at >= 0 && at < this.n.length) this.n[at] = n;
  }

  /** Seconds before `before` of which nothing was told, also of before the first that was; the oldest first. */
  holes(before: number): number[] {
    if (this.n.length === 0) return [];
    const first = this.newest - SECONDS_KEPT + 1;
    const missing = (second: number): boolean => second < this.from || this.#isHole(second - this.from);
    return Array.from({ length: SECONDS_KEPT }, (_, i) => first + i).filter((second) => second < before && missing(second));
  }

  /** What the history has of a second, its entry `i`; what was told stands. */
  fill(second: number, { n, usual, derivative, state }: Span, i: number): void {
    if ((n[i] ?? null) === null && (state[i] ?? null) === null) return;
    const oldest = this.newest - SECONDS_KEPT + 1;
    if (this.n.length === 0 || second < oldest || second > this.newest) return;
    while (this.from > second) this.#pushBefore();
    const at = second - this.from;
    if (!this.#isHole(at)) return;
    this.n[at] = n[i] ?? null;
    this.usual[at] = usual[i] ?? null;
    this.derivative[at] = derivative[i] ?? null;
    this.state[at] = state[i] ?? null;
  }

  counted(second: number, n: number, at: number): void {
    if (second > this.newest) this.open.set(second, { n, at });
  }

  /** Variance over mean of the healthy seconds; looked at once a minute, so that the band does not breathe. */
  get dispersion(): number {
    const minute = Math.floor(this.newest / 60);
    if (minute !== this.#dispersionAt || this.#dispersion === 1) {
      this.#dispersion = dispersionOf(this);
      this.#dispersionAt = minute;
    }
    return this.#dispersion;
  }

  /** The first of the seconds without data that reach up to now; null where the newest second is known. */
  get blindSince(): number | null {
    let at = this.n.length;
    while (at > 0 && (this.state[at - 1] === 'blind' || this.n[at - 1] === null)) at--;
    return at === this.n.length ? null : this.from + at;
  }

  /** The newest second of which the count is known. */
  get lastKnown(): { readonly second: number; readonly at: number } | null {
    const at = this.n.findLastIndex((n) => n !== null);
    return at < 0 ? null : { second: this.from + at, at };
  }

  #isHole(at: number): boolean {
    return this.n[at] === null && this.state[at] === null;
  }

  #pushBefore(): void {
    for (const list of [this.n, this.usual, this.derivative, this.state]) list.unshift(null);
    this.from--;
  }

  #place(second: number): number {
    if (this.n.length === 0 || second > this.newest + SECONDS_KEPT) this.#begin(second);
    while (this.newest < second) this.#push();
    return second - this.from;
  }

  #begin(second: number): void {
    for (const list of [this.n, this.usual, this.derivative, this.state]) list.length = 0;
    this.from = second;
  }

  #push(): void {
    for (const list of [this.n, this.usual, this.derivative, this.state]) list.push(null);
    if (this.n.length <= SECONDS_KEPT) return;
    for (const list of [this.n, this.usual, this.derivative, this.state]) list.shift();
    this.from++;
  }
}
