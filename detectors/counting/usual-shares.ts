/** Which share of a series' usual traffic the readable partitions carry: what a second without the others is held against. */
import { longer } from './total.ts';

/** The share is that of so many seconds in which all partitions were readable. */
const SECONDS = 8;
/** A share seen in fewer events is chance; a slow series is judged by its last minutes instead. */
const EVENTS_MIN = 64;
/** The memory of those last minutes, s. */
const SLOW_SECONDS = 300;

/** Did the producers stay, so that what a partition carried is what it would carry now? */
export interface Steady {
  /** Since the last seconds in which all were readable. */
  readonly lately: boolean;
  /** Over the last minutes too. */
  readonly slowly: boolean;
}

export class UsualShares {
  readonly #partitions: number;
  /** The last seconds, a cell for each series and partition; `#at` is written next. */
  readonly #ring: Float64Array[] = [];
  readonly #seconds: number[] = [];
  #at = 0;
  /** Faded by their age. */
  #slow = new Float64Array(0);
  /** Sums over the ring, made when they are asked for first. */
  #sums: Float64Array | null = null;
  /** Of series restored, until the ring is full: what the process before knew. */
  readonly #restored = new Map<number, readonly number[]>();

  constructor(partitions: number) {
    this.#partitions = partitions;
  }

  /** The seconds that shares come from, `to` left out; all that was read where there are too few yet. */
  get span(): { from: number; to: number; slowFrom: number } {
    if (this.#seconds.length < SECONDS) return { from: 0, to: 0, slowFrom: 0 };
    const to = Math.max(...this.#seconds) + 1;
    return { from: Math.min(...this.#seconds), to, slowFrom: to - SLOW_SECONDS };
  }

  /**
   * Remembers a second in which all were readable.
   *
   * @param cells  how many there are, by series' index * partitions + partition
   * @param fill   adds each cell's events
   */
  note(second: number, cells: number, fill: (cells: Float64Array) => void): void {
    let events = this.#ring[this.#at];
    if (!events || events.length !== cells) events = this.#ring[this.#at] = new Float64Array(cells);
    else events.fill(0);
    fill(events);
    this.#seconds[this.#at] = second;
    this.#at = (this.#at + 1) % SECONDS;
    this.#sums = null;
    if (this.#slow.length < cells) this.#slow = longer(this.#slow, cells);
    for (let cell = 0; cell < cells; cell++)
      this.#slow[cell] = (this.#slow[cell] as number) * (1 - 1 / SLOW_SECONDS) + (events[cell] as number);
    if (this.#restored.size > 0 && this.#ring.length === SECONDS) this.#restored.clear();
  }

  /** @returns 0..1, or null where nobody can know */
  share(index: number, leftOut: readonly boolean[], steady: Steady): number | null {
    const usual = this.usual(index, steady);
    let all = 0;
    let readable = 0;
    for (let partition = 0; partition < usual.length; partition++) {
      const events = usual[partition] as number;
      all += events;
      if (!leftOut[partition]) readable += events;
    }
    return all > 0 ? readable / all : null;
  }

  /** Events by partition that `share` goes by; empty where there are too few, or producers came and went. */
  usual(index: number, steady: Steady): ArrayLike<number> {
    const restored = this.#restored.get(index);
    if (restored) return steady.lately ? restored : [];
    if (this.#ring.length < SECONDS) return [];
    this.#sums ??= this.#sum();
    const first = index * this.#partitions;
    for (const [cells, isSteady] of [
      [this.#sums, steady.lately],
      [this.#slow, steady.slowly],
    ] as const) {
      const own = cells.subarray(first, first + this.#partitions);
      if (isSteady && own.reduce((sum, events) => sum + events, 0) >= EVENTS_MIN) return own;
    }
    return [];
  }

  restore(index: number, byPartition: readonly number[]): void {
    if (byPartition.length === this.#partitions) this.#restored.set(index, byPartition);
  }

  /** Another series takes the index. */
  forget(index: number): void {
    const first = index * this.#partitions;
    for (const cells of [...this.#ring, this.#slow]) cells.fill(0, first, first + this.#partitions);
    this.#restored.delete(index);
    this.#sums = null;
  }

  #sum(): Float64Array {
    const sums = new Float64Array(Math.max(...this.#ring.map(({ length }) => length)));
    for (const events of this.#ring)
      for (let cell = 0; cell < events.length; cell++) sums[cell] = (sums[cell] as number) + (events[cell] as number);
    return sums;
  }
}
