/** The newest second against the past: every window with every reference, in sigmas of the metric's own noise. */
import { type Dispersion, neighbours } from './dispersion.ts';
import { REFERENCE_SECONDS, REFERENCES, SECONDS_KEPT, type Seconds, WINDOWS } from './rate.ts';
import { deviance, pearson, sigmasBelow } from './steepness.ts';

/** Below this squared distance no decision depends on the exact steepness, and no logarithm is taken. */
const X_MIN = 6;
const LONGEST = WINDOWS.at(-1) as number;

const LONGEST_SPAN = SECONDS_KEPT;

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
  /** The pairs that lie below their reference, to be learned from, with their squared distance and their usual rate: the first `#low`. */
  readonly #pairs = new Uint8Array(SPAN_SECONDS.length);
  readonly #distances = new Float64Array(SPAN_SECONDS.length);
  readonly #usuals = new Float64Array(SPAN_SECONDS.length);
  #low = 0;
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
    this.#low = 0;
    const end = seconds.taken;
    this.#zeros = end > first && seconds.sum(end - 1, end) === 0 ? this.#zeros + 1 : 0;
    const comparable = end - first;
    // Counts that are all alike, as tests play them and quiet nights have them, fall below nothing.
    if (seconds.alike < Math.min(comparable, LONGEST_SPAN)) this.#windows(seconds, dispersion, comparable, sigmas);
    this.#sinceLastEvent(seconds, dispersion, first, sigmas);
  }

  /** @param comparable  positions up to now that are */
  #windows(seconds: Seconds, dispersion: Dispersion, comparable: number, sigmas: number): void {
    const end = seconds.taken;
    const { alike } = seconds;
    seconds.newest(WINDOW_SECONDS, recents);
    seconds.newest(SPAN_SECONDS, spans);
    const { isWhole } = seconds;
    let low = 0;
    for (let pair = 0; pair < SPAN_SECONDS.length; pair++) {
      const span = SPAN_SECONDS[pair] as number;
      if (span > comparable || span <= alike) continue;
      const w = PAIR_WINDOW[pair] as number;
      const window = WINDOW_SECONDS[w] as number;
      const share = isWhole ? (SHARES[pair] as number) : seconds.exposure(end - window, end) / seconds.exposure(end - span, end);
      const recent = recents[w] as number;
      const both = spans[pair] as number;
      const expected = both * share;
      if (recent >= expected) continue;
      const usual = (both - recent) / (isWhole ? span - window : seconds.exposure(end - span, end - window));
      const x = pearson(recent, expected, share);
      this.#pairs[low] = pair;
      this.#distances[low] = x;
      this.#usuals[low++] = usual;
      if (x >= X_MIN) this.#take(seconds, sigmas, window, span, recent, both, share, usual, dispersion.of(pair, usual));
    }
    this.#low = low;
  }

  /** Learns from this second, which was found healthy. */
  teach(dispersion: Dispersion): void {
    dispersion.learnEach(this.#pairs, this.#distances, this.#usuals, this.#low);
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
      const usual = both / seconds.exposure(end - span, end - window);
      if (pearson(0, both * share, share) < X_MIN) continue;
      const noise = Math.max(dispersion.of(shorter * REFERENCES.length + r, usual), dispersion.of(longer * REFERENCES.length + r, usual));
      this.#take(seconds, sigmas, window, span, 0, both, share, usual, noise);
    }
  }

  /**
   * A window that lies visibly below its reference. Plain numbers, because in an evening it is called some twenty times a second.
   *
   * @param span   window and reference together, s; `both` = the events in them
   * @param share  of the window's exposure in both, 0..1
   * @param usual  events/s of the reference
   * @param noise  dispersion
   */
  #take(
    seconds: Seconds,
    sigmas: number,
    window: number,
    span: number,
    recent: number,
    both: number,
    share: number,
    usual: number,
    noise: number,
  ): void {
    const from = seconds.taken - window;
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
