/** The last seconds with data, as running sums: events and exposure of any stretch in two subtractions. */

/** Windows in seconds; the time since the last event is one more. */
export const WINDOWS: readonly number[] = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 128, 256, 512];

/** Seconds before each window that it is compared with. */
export const REFERENCES: readonly ((window: number) => number)[] = [
  (w) => Math.max(4, 2 * w),
  (w) => Math.max(30, 4 * w),
  (w) => Math.max(300, 4 * w),
];

/** Length (s) of each pair's reference; index = window index * 3 + reference index. */
export const REFERENCE_SECONDS: Uint16Array = Uint16Array.from(WINDOWS.flatMap((w) => REFERENCES.map((reference) => reference(w))));

/** The longest window with its longest reference. */
export const SECONDS_KEPT = 512 + 4 * 512;

/** One more than what is kept: a stretch of n seconds needs n + 1 sums. */
const SLOTS = SECONDS_KEPT + 1;
/** Narrow sums go round at 2^32: exact while a window and its reference hold fewer events. Beyond, wide sums take over. */
const NARROW_MAX = Math.floor(2 ** 32 / SECONDS_KEPT);

const PARTS = 1024;

export interface SavedSeconds {
  readonly counts: readonly number[];
  /** Left out where every second was wholly readable. */
  readonly shares?: readonly number[];
}

/** Only seconds with data are kept: a gap is cut out. Position p is the number of seconds taken before it. */
export class Seconds {
  #sums: Uint32Array | Float64Array = new Uint32Array(SLOTS);
  /** Sums of shares in 1/1024 s, also modulo 2^32, or null while every second was whole. */
  #exposures: Uint32Array | null = null;
  #taken = 0;
  /** Slot of position `taken`. */
  #newest = 0;
  /** The newest count, and how many of the newest seconds have it and were whole. */
  #count = -1;
  #alike = 0;

  /** Seconds with data taken so far. */
  get taken(): number {
    return this.#taken;
  }

  get kept(): number {
    return Math.min(this.#taken, SECONDS_KEPT);
  }

  /**
   * @param n      events of the second, >= 0; what is added up may have fractions, kept to 1/1024
   * @param share  of the usual traffic that was readable, above 0 to 1
   */
  add(n: number, share: number): void {
    if ((n > NARROW_MAX || !Number.isInteger(n)) && this.#sums instanceof Uint32Array) this.#widen();
    if (share !== 1 && !this.#exposures) this.#expose();
    const events = round(n);
    if (share === 1) this.#alike = events === this.#count ? this.#alike + 1 : 1;
    else this.#alike = 0;
    this.#count = events;
    const from = this.#newest;
    const to = from + 1 === SLOTS ? 0 : from + 1;
    if (to === 0 && this.#sums instanceof Float64Array) rebase(this.#sums);
    this.#sums[to] = (this.#sums[from] as number) + events;
    if (this.#exposures) this.#exposures[to] = (this.#exposures[from] as number) + share * PARTS;
    this.#taken++;
    this.#newest = to;
  }

  /** Events from position `from` up to and without position `to`. */
  sum(from: number, to: number): number {
    return difference(this.#sums[this.#slot(from)] as number, this.#sums[this.#slot(to)] as number);
  }

  /**
   * Events of the newest stretches, one for each length; those that reach before the first second taken mean nothing.
   *
   * @param lengths  s, up to SECONDS_KEPT
   */
  newest(lengths: Uint16Array, into: Float64Array): void {
    const newest = this.#newest;
    if (this.#sums instanceof Float64Array) newestOf(this.#sums, newest, lengths, into);
    else newestNarrow(this.#sums, newest, lengths, into);
  }

  /** So many of the newest seconds have the same count: a window within them lies below no reference within them. */
  get alike(): number {
    return this.#alike;
  }

  /** Whether every second was readable as a whole, so that exposure is length. */
  get isWhole(): boolean {
    return this.#exposures === null;
  }

  /** Seconds from position `from` up to and without `to`, each as far as it was readable. */
  exposure(from: number, to: number): number {
    if (!this.#exposures) return to - from;
    return difference(this.#exposures[this.#slot(from)] as number, this.#exposures[this.#slot(to)] as number) / PARTS;
  }

  /** Of a position that is kept, or of `taken`. */
  #slot(position: number): number {
    const slot = this.#newest - (this.#taken - position);
    return slot < 0 ? slot + SLOTS : slot;
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
      wide[this.#slot(first + i + 1)] = (wide[this.#slot(first + i)] as number) + n;
    });
    this.#sums = wide;
  }

  #expose(): void {
    const exposures = new Uint32Array(SLOTS);
    const first = this.#taken - this.kept;
    for (let p = first; p < this.#taken; p++) exposures[this.#slot(p + 1)] = (exposures[this.#slot(p)] as number) + PARTS;
    this.#exposures = exposures;
  }
}

function newestOf(sums: Float64Array, newest: number, lengths: Uint16Array, into: Float64Array): void {
  const last = sums[newest] as number;
  for (let i = 0; i < lengths.length; i++) {
    const slot = newest - (lengths[i] as number);
    into[i] = last - (sums[slot < 0 ? slot + SLOTS : slot] as number);
  }
}

/** The same of sums that go round: asked some sixty times a second. */
function newestNarrow(sums: Uint32Array, newest: number, lengths: Uint16Array, into: Float64Array): void {
  const last = sums[newest] as number;
  for (let i = 0; i < lengths.length; i++) {
    const slot = newest - (lengths[i] as number);
    into[i] = (last - (sums[slot < 0 ? slot + SLOTS : slot] as number)) >>> 0;
  }
}

/** Wide sums stay far below 2^53, where fractions would be lost: each round of the ring begins at its oldest sum, in slot 0. */
function rebase(sums: Float64Array): void {
  const oldest = sums[0] as number;
  for (let slot = 0; slot < sums.length; slot++) sums[slot] = (sums[slot] as number) - oldest;
}

/** What lies between two running sums, which go round at 2^32. */
function difference(before: number, after: number): number {
  const between = after - before;
  return between < 0 ? between + 2 ** 32 : between;
}

/** Shares and fractions of events are multiples of 1/1024, so that their running sums are exact whatever the order. */
export function round(number: number): number {
  return Math.round(number * PARTS) / PARTS;
}
