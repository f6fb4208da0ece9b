/** The newest second against the past: every window with every reference, in sigmas of the metric's own noise. */
import { type Dispersion, neighbours } from './dispersion.ts';
import { difference, REFERENCE_SECONDS, REFERENCES, type Seconds, WINDOWS } from './rate.ts';
import { deviance, pearson, sigmasBelow } from './steepness.ts';

/** Below this squared distance no decision depends on the exact steepness, and no logarithm is taken. */
const X_MIN = 6;
const NONE = -1;
const LONGEST = WINDOWS.at(-1) as number;

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
    this.sure.length = 0;
    this.#below.fill(NONE);
    const end = seconds.taken;
    this.#zeros = end > first && seconds.sum(end - 1, end) === 0 ? this.#zeros + 1 : 0;
    const last = seconds.total(end);
    for (let w = 0; w < WINDOWS.length; w++) {
      const window = WINDOWS[w] as number;
      const pair = w * REFERENCES.length;
      if (end - window - (REFERENCE_SECONDS[pair] as number) < first) break;
      this.#window(seconds, dispersion, first, sigmas, window, last, pair, NONE);
    }
    this.#sinceLastEvent(seconds, dispersion, first, sigmas, last);
  }

  /** Learns from this second, which was found healthy. */
  teach(dispersion: Dispersion): void {
    for (let pair = 0; pair < this.#below.length; pair++) {
      const x = this.#below[pair] as number;
      if (x !== NONE) dispersion.learn(pair, x, this.#usual[pair] as number);
    }
  }

  /** The time since the last event is one more window: it brings total outages of slow metrics to the floor. */
  #sinceLastEvent(seconds: Seconds, dispersion: Dispersion, first: number, sigmas: number, last: number): void {
    const window = Math.min(this.#zeros, LONGEST);
    if (window < 2 || WINDOWS.includes(window)) return;
    const [shorter, longer] = neighbours(window);
    this.#window(seconds, dispersion, first, sigmas, window, last, shorter * REFERENCES.length, longer * REFERENCES.length);
  }

  /**
   * One window with each of its references.
   *
   * @param last   running sum up to now
   * @param pair   the window with its first reference
   * @param other  -1 for a listed window, which is learned from; else the second pair whose noise may stand for it
   */
  #window(
    seconds: Seconds,
    dispersion: Dispersion,
    first: number,
    sigmas: number,
    window: number,
    last: number,
    pair: number,
    other: number,
  ): void {
    const { isWhole, taken } = seconds;
    const from = taken - window;
    const edge = seconds.total(from);
    const recent = difference(edge, last);
    const exposure = isWhole ? window : seconds.exposure(from, taken);
    for (let r = 0; r < REFERENCES.length; r++) {
      const length = other === NONE ? (REFERENCE_SECONDS[pair + r] as number) : (REFERENCES[r] as (w: number) => number)(window);
      const start = from - length;
      if (start < first) return;
      const reference = difference(seconds.total(start), edge);
      const before = isWhole ? length : seconds.exposure(start, from);
      const share = exposure / (exposure + before);
      const expected = (recent + reference) * share;
      if (recent >= expected) continue;
      const usual = reference / before;
      const x = pearson(recent, expected, share);
      if (other === NONE) {
        this.#below[pair + r] = x;
        this.#usual[pair + r] = usual;
      }
      if (x < X_MIN) continue;
      const own = dispersion.of(pair + r, usual);
      const noise = other === NONE ? own : Math.max(own, dispersion.of(other + r, usual));
      const steepness = sigmasBelow(deviance(recent, reference, share), noise);
      if (steepness < this.steepest) {
        this.steepest = steepness;
        this.window = window;
        this.drop = 1 - recent / exposure / usual;
      }
      if (steepness <= -sigmas) this.sure.push({ window, from, recent, exposure, usual, reference: length, steepness, dispersion: noise });
    }
  }

  /** Seconds without an event up to now. */
  get zeros(): number {
    return this.#zeros;
  }

  set zeros(zeros: number) {
    this.#zeros = zeros;
  }
}
