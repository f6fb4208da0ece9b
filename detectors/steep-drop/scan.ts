/** The newest second against the past: every window with every reference, in sigmas of the metric's own noise. */
import { type Dispersion, neighbours } from './dispersion.ts';
import { REFERENCE_SECONDS, REFERENCES, type Seconds, WINDOWS } from './rate.ts';
import { deviance, pearson, sigmasBelow } from './steepness.ts';

/** Below this squared distance no decision depends on the exact steepness, and no logarithm is taken. */
const X_MIN = 6;
const NONE = -1;
const LONGEST = WINDOWS.at(-1) as number;

/** Seconds of each window, and of each pair's window and reference together; share of the window in them. Index as in Dispersion. */
const WINDOW_SECONDS = Uint16Array.from(WINDOWS);
const PAIR_WINDOW = Uint8Array.from(REFERENCE_SECONDS, (_, pair) => Math.floor(pair / REFERENCES.length));
const SPAN_SECONDS = REFERENCE_SECONDS.map((length, pair) => length + (WINDOWS[PAIR_WINDOW[pair] as number] as number));
const SHARES = Float64Array.from(SPAN_SECONDS, (span, pair) => (WINDOWS[PAIR_WINDOW[pair] as number] as number) / span);
/** Their events in the second that is looked at: written and read within one look. */
const recents = new Float64Array(WINDOW_SECONDS.length);
const spans = new Float64Array(SPAN_SECONDS.length);

/** One window with one reference. */
export interface Pair {
  readonly window: number;
  /** Position of the window's first second. */
  readonly from: number;
  readonly recent: number;
  readonly exposure: number;
  /** Events/s of the reference. */
  readonly usual: number;
  /** Its length, s; 0 where the time of day alone is the reference. */
  readonly reference: number;
  /** Sigmas, < 0, of noise of this dispersion. */
  readonly steepness: number;
  readonly dispersion: number;
}

/** Written anew each second; nothing is allocated but for pairs that are sure. */
export class Scan {
  /** The least over all pairs, <= 0. */
  steepest = 0;
  /** Its window (s) and share lost, 0 where nothing fell. */
  window = 0;
  drop = 0;
  /** Pairs at least as steep as asked for. */
  readonly sure: Pair[] = [];
  /** Squared distances of the pairs that lie below their reference, to be learned from; -1 = none. */
  readonly #below = new Float64Array(WINDOWS.length * REFERENCES.length);
  readonly #usual = new Float64Array(WINDOWS.length * REFERENCES.length);
  #zeros = 0;

  /**
   * @param first   positions before this one are not comparable
   * @param sigmas  > 0: from where on a pair is sure
   */
  look(seconds: Seconds, dispersion: Dispersion, first: number, sigmas: number): void {
    this.steepest = 0;
    this.window = 0;
    this.drop = 0;
    if (this.sure.length > 0) this.sure.length = 0;
    this.#below.fill(NONE);
    const end = seconds.taken;
    this.#zeros = end > first && seconds.sum(end - 1, end) === 0 ? this.#zeros + 1 : 0;
    seconds.newest(WINDOW_SECONDS, recents);
    seconds.newest(SPAN_SECONDS, spans);
    const comparable = end - first;
    for (let pair = 0; pair < SPAN_SECONDS.length; pair++) {
      const span = SPAN_SECONDS[pair] as number;
      if (span > comparable) continue;
      const w = PAIR_WINDOW[pair] as number;
      const window = WINDOWS[w] as number;
      const share = seconds.isWhole ? (SHARES[pair] as number) : seconds.exposure(end - window, end) / seconds.exposure(end - span, end);
      const recent = recents[w] as number;
      if (recent >= (spans[pair] as number) * share) continue;
      this.#lower(seconds, dispersion, sigmas, pair, NONE, window, span, recent, spans[pair] as number, share);
    }
    this.#sinceLastEvent(seconds, dispersion, first, sigmas);
  }

  /** Learns from this second, which was found healthy. */
  teach(dispersion: Dispersion): void {
    for (let pair = 0; pair < this.#below.length; pair++) {
      const x = this.#below[pair] as number;
      if (x !== NONE) dispersion.learn(pair, x, this.#usual[pair] as number);
    }
  }

  /** The time since the last event is one more window: it brings total outages of slow metrics to the floor. */
  #sinceLastEvent(seconds: Seconds, dispersion: Dispersion, first: number, sigmas: number): void {
    const window = Math.min(this.#zeros, LONGEST);
    if (window < 2 || WINDOWS.includes(window)) return;
    const [shorter, longer] = neighbours(window);
    const end = seconds.taken;
    for (let r = 0; r < REFERENCES.length; r++) {
      const span = window + (REFERENCES[r] as (w: number) => number)(window);
      if (span > end - first) return;
      const both = seconds.sum(end - span, end);
      if (both === 0) continue;
      const share = seconds.exposure(end - window, end) / seconds.exposure(end - span, end);
      const [pair, other] = [shorter * REFERENCES.length + r, longer * REFERENCES.length + r];
      this.#lower(seconds, dispersion, sigmas, pair, other, window, span, 0, both, share);
    }
  }

  /**
   * A window that lies below its reference. Plain numbers, because it is called some twenty times a second.
   *
   * @param pair   whose noise it has
   * @param other  -1 for a listed window, which is learned from; else the second pair whose noise may stand for it
   * @param span   window and reference together, s; `both` = the events in them
   * @param share  of the window's exposure in both, 0..1
   */
  #lower(
    seconds: Seconds,
    dispersion: Dispersion,
    sigmas: number,
    pair: number,
    other: number,
    window: number,
    span: number,
    recent: number,
    both: number,
    share: number,
  ): void {
    const from = seconds.taken - window;
    const start = seconds.taken - span;
    const usual = (both - recent) / seconds.exposure(start, from);
    const x = pearson(recent, both * share, share);
    if (other === NONE) {
      this.#below[pair] = x;
      this.#usual[pair] = usual;
    }
    if (x < X_MIN) return;
    const own = dispersion.of(pair, usual);
    const noise = other === NONE ? own : Math.max(own, dispersion.of(other, usual));
    const steepness = sigmasBelow(deviance(recent, both - recent, share), noise);
    const exposure = seconds.exposure(from, seconds.taken);
    if (steepness < this.steepest) {
      this.steepest = steepness;
      this.window = window;
      this.drop = 1 - recent / exposure / usual;
    }
    if (steepness <= -sigmas)
      this.sure.push({ window, from, recent, exposure, usual, reference: span - window, steepness, dispersion: noise });
  }

  /** Seconds without an event up to now. */
  get zeros(): number {
    return this.#zeros;
  }

  set zeros(zeros: number) {
    this.#zeros = zeros;
  }
}
