/** The newest second against the past: every window with every reference, in sigmas of the metric's own noise. */
import { type Dispersion, neighbours } from './dispersion.ts';
import { REFERENCES, type Seconds, WINDOWS } from './rate.ts';
import { deviance, pearson, sigmasBelow } from './steepness.ts';

/** Below this squared distance no decision depends on the exact steepness, and no logarithm is taken. */
const X_MIN = 6;
const NONE = -1;

/** One window with one reference. */
export interface Pair {
  readonly window: number;
  /** Position of the window's first second. */
  readonly from: number;
  readonly recent: number;
  readonly exposure: number;
  /** Events/s of the reference. */
  readonly usual: number;
  /** Sigmas, < 0. */
  readonly steepness: number;
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
    for (let w = 0; w < WINDOWS.length; w++) {
      const window = WINDOWS[w] as number;
      if (end - window - shortestReference(window) < first) break;
      for (let r = 0; r < REFERENCES.length; r++)
        this.#pair(seconds, dispersion, first, sigmas, window, r, w * REFERENCES.length + r, NONE);
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
    const window = Math.min(this.#zeros, WINDOWS.at(-1) as number);
    if (window < 2 || WINDOWS.includes(window)) return;
    const [shorter, longer] = neighbours(window);
    for (let r = 0; r < REFERENCES.length; r++) {
      this.#pair(seconds, dispersion, first, sigmas, window, r, shorter * REFERENCES.length + r, longer * REFERENCES.length + r);
    }
  }

  /** @param other  -1 for a listed window, which is learned from; else the second pair whose noise may stand for it */
  #pair(
    seconds: Seconds,
    dispersion: Dispersion,
    first: number,
    sigmas: number,
    window: number,
    r: number,
    pair: number,
    other: number,
  ): void {
    const end = seconds.taken;
    const from = end - window;
    const length = (REFERENCES[r] as (w: number) => number)(window);
    const start = from - length;
    if (start < first) return;
    const recent = seconds.sum(from, end);
    const reference = seconds.sum(start, from);
    const exposure = seconds.exposure(from, end);
    const before = seconds.exposure(start, from);
    const share = exposure / (exposure + before);
    if (recent >= (recent + reference) * share) return;
    const x = pearson(recent, reference, share);
    const usual = reference / before;
    if (other === NONE) {
      this.#below[pair] = x;
      this.#usual[pair] = usual;
    }
    if (x < X_MIN) return;
    const noise = other === NONE ? dispersion.of(pair, usual) : Math.max(dispersion.of(pair, usual), dispersion.of(other, usual));
    const steepness = sigmasBelow(deviance(recent, reference, share), noise);
    if (steepness < this.steepest) {
      this.steepest = steepness;
      this.window = window;
      this.drop = 1 - recent / exposure / usual;
    }
    if (steepness <= -sigmas) this.sure.push({ window, from, recent, exposure, usual, steepness });
  }

  /** Seconds without an event up to now. */
  get zeros(): number {
    return this.#zeros;
  }

  set zeros(zeros: number) {
    this.#zeros = zeros;
  }
}

function shortestReference(window: number): number {
  return (REFERENCES[0] as (w: number) => number)(window);
}
