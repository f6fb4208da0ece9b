/** The last seconds with data, as running sums: events and exposure of any stretch in two subtractions. */

/** Windows in seconds; the time since the last event is one more. */
export const WINDOWS: readonly number[] = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 128, 256, 512];

/** Seconds before each window that it is compared with. */
export const REFERENCES: readonly ((window: number) => number)[] = [
  (w) => Math.max(4, 2 * w),
  (w) => Math.max(30, 4 * w),
  (w) => Math.max(300, 4 * w),
];

/** The longest window with its longest reference. */
export const SECONDS_KEPT = 512 + 4 * 512;

/** One more than what is kept: a stretch of n seconds needs n + 1 sums. */
const SLOTS = SECONDS_KEPT + 1;
/** Sums are kept modulo 2^32: exact while a window and its reference hold fewer events. Beyond, wide sums take over. */
const NARROW_MAX = 2 ** 32 / SECONDS_KEPT;

export interface SavedSeconds {
  readonly counts: readonly number[];
  /** Left out where every second was wholly readable. */
  readonly shares?: readonly number[];
}

/** Only seconds with data are kept: a gap is cut out. Position p is the number of seconds taken before it. */
export class Seconds {
  #sums: Uint32Array | Float64Array = new Uint32Array(SLOTS);
  /** Sums of shares, or null while every second was whole. */
  #exposures: Float64Array | null = null;
  #taken = 0;

  /** Seconds with data taken so far. */
  get taken(): number {
    return this.#taken;
  }

  get kept(): number {
    return Math.min(this.#taken, SECONDS_KEPT);
  }

  /**
   * @param n      events of the second, >= 0
   * @param share  of the usual traffic that was readable, above 0 to 1
   */
  add(n: number, share: number): void {
    if (n > NARROW_MAX && this.#sums instanceof Uint32Array) this.#widen();
    if (share !== 1 && !this.#exposures) this.#expose();
    const from = this.#taken % SLOTS;
    const to = (this.#taken + 1) % SLOTS;
    this.#sums[to] = (this.#sums[from] as number) + n;
    if (this.#exposures) this.#exposures[to] = (this.#exposures[from] as number) + share;
    this.#taken++;
  }

  /** Events from position `from` up to and without position `to`. */
  sum(from: number, to: number): number {
    const difference = (this.#sums[to % SLOTS] as number) - (this.#sums[from % SLOTS] as number);
    return difference < 0 ? difference + 2 ** 32 : difference;
  }

  /** Seconds from position `from` up to and without `to`, each as far as it was readable. */
  exposure(from: number, to: number): number {
    if (!this.#exposures) return to - from;
    return (this.#exposures[to % SLOTS] as number) - (this.#exposures[from % SLOTS] as number);
  }

  /** Events/s over the newest `window` seconds, 0 where nothing was taken. */
  rate(window: number): number {
    const from = Math.max(this.#taken - window, this.#taken - this.kept);
    const exposure = this.exposure(from, this.#taken);
    return exposure > 0 ? this.sum(from, this.#taken) / exposure : 0;
  }

  save(): SavedSeconds {
    const first = this.#taken - this.kept;
    const positions = Array.from({ length: this.kept }, (_, i) => first + i);
    const counts = positions.map((p) => this.sum(p, p + 1));
    return this.#exposures ? { counts, shares: positions.map((p) => this.exposure(p, p + 1)) } : { counts };
  }

  static restore({ counts, shares }: SavedSeconds): Seconds {
    const seconds = new Seconds();
    for (const [i, n] of counts.entries()) seconds.add(n, round(shares?.[i] ?? 1));
    return seconds;
  }

  #widen(): void {
    const { counts } = this.save();
    const first = this.#taken - counts.length;
    const wide = new Float64Array(SLOTS);
    counts.forEach((n, i) => {
      wide[(first + i + 1) % SLOTS] = (wide[(first + i) % SLOTS] as number) + n;
    });
    this.#sums = wide;
  }

  #expose(): void {
    const exposures = new Float64Array(SLOTS);
    const first = this.#taken - this.kept;
    for (let p = first; p < this.#taken; p++) exposures[(p + 1) % SLOTS] = (exposures[p % SLOTS] as number) + 1;
    this.#exposures = exposures;
  }
}

/** Shares are multiples of 1/1024, so that their running sums are exact whatever the order. */
export function round(share: number): number {
  return Math.round(share * 1024) / 1024;
}
