/** A metric's recorded seconds in one piece of memory that threads share: what is played again and again. */

/** Two years: what a detector knows of older days is nothing. */
export const HISTORY_DAYS_MAX = 731;
const DAY_SECONDS = 86_400;

/** Plain memory and numbers, so that a thread is handed it as it is. */
export interface History {
  /** The second of position 0, since the epoch. */
  readonly start: number;
  /** Events of each second; NaN where there is no data. */
  readonly counts: Float64Array;
  /** What was readable of each second, above 0 to 1; null: every second wholly. */
  readonly shares: Float32Array | null;
  /** 1 where a planned closing holds; null: never. */
  readonly closed: Uint8Array | null;
  /** 1 where a planned event does; null: never. */
  readonly expected: Uint8Array | null;
  /** Positions from which on somebody else counted: they are not compared with those before. Ascending. */
  readonly joints: readonly number[];
}

/** Rows in order → a history. */
export class Recording {
  #start: number | null = null;
  #counts = new Float64Array(DAY_SECONDS);
  #shares: Float32Array | null = null;
  #length = 0;
  readonly #joints: number[] = [];

  /** Positions taken, gaps among them. */
  get length(): number {
    return this.#length;
  }

  /**
   * One second, later than the one before.
   *
   * @returns false where it lies more than `HISTORY_DAYS_MAX` after the first: it is not taken
   */
  add(second: number, n: number, share = 1): boolean {
    this.#start ??= second;
    const at = second - this.#start;
    if (at >= HISTORY_DAYS_MAX * DAY_SECONDS) return false;
    if (at >= this.#counts.length) this.#grow(at);
    this.#counts.fill(Number.NaN, this.#length, at);
    this.#counts[at] = n;
    if (share !== 1) this.#shares ??= new Float32Array(this.#counts.length).fill(1);
    if (this.#shares) this.#shares[at] = share;
    this.#length = at + 1;
    return true;
  }

  /** What follows was counted elsewhere than what came until now. */
  beginAnew(): void {
    this.#joints.push(this.#length);
  }

  /**
   * @param closed    whether a planned closing holds in a second; left out: never
   * @param expected  whether a planned event does
   */
  end(closed?: (second: number) => boolean, expected?: (second: number) => boolean): History {
    const length = this.#length;
    const start = this.#start ?? 0;
    const counts = new Float64Array(new SharedArrayBuffer(length * 8));
    counts.set(this.#counts.subarray(0, length));
    const shares = this.#shares && new Float32Array(new SharedArrayBuffer(length * 4));
    shares?.set((this.#shares as Float32Array).subarray(0, length));
    const planned = { closed: flags(start, length, closed), expected: flags(start, length, expected) };
    return { start, counts, shares, ...planned, joints: [...this.#joints] };
  }

  #grow(least: number): void {
    const size = Math.max(least + 1, 2 * this.#counts.length);
    const counts = new Float64Array(size);
    counts.set(this.#counts);
    this.#counts = counts;
    if (!this.#shares) return;
    const shares = new Float32Array(size).fill(1);
    shares.set(this.#shares);
    this.#shares = shares;
  }
}

/** 1 where it holds. */
function flags(start: number, length: number, holds: ((second: number) => boolean) | undefined): Uint8Array | null {
  if (!holds) return null;
  const found = new Uint8Array(new SharedArrayBuffer(length));
  for (let at = 0; at < length; at++) found[at] = holds(start + at) ? 1 : 0;
  return found;
}

/** Seconds of a history with data from one position up to and without another. */
export function knownSeconds({ counts }: History, from = 0, to: number = counts.length): number {
  let known = 0;
  for (let at = Math.max(0, from); at < Math.min(to, counts.length); at++) if (!Number.isNaN(counts[at])) known++;
  return known;
}
