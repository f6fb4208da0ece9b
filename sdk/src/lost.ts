/** Exact counts of the events that were discarded, by type and second, until a batch has told of them. */
import type { SecondCounts } from './batch.ts';

/** Pairs of type and second kept; beyond it the oldest seconds are added up, so that the totals stay exact. */
const ENTRIES_MAX = 20_000;

export class Lost {
  /** Events that no batch has told of. */
  total = 0;
  #entries = 0;
  /** By epoch second, then by type. */
  readonly #seconds = new Map<number, Map<string, number>>();

  add(type: string, second: number, events = 1): void {
    this.total += events;
    this.#put(type, second, events);
    if (this.#entries > ENTRIES_MAX) this.#addUpOldest();
  }

  /** What a batch held, that nobody will take. */
  addCounts(t0: number, counts: SecondCounts): void {
    const first = Math.floor(t0 / 1000);
    for (const [type, pairs] of Object.entries(counts)) {
      for (const [offset, events] of pairs) this.add(type, first + offset, events);
    }
  }

  /** Epoch second of the oldest; undefined where nothing is lost. */
  get oldestSecond(): number | undefined {
    let oldest: number | undefined;
    for (const second of this.#seconds.keys()) if (oldest === undefined || second < oldest) oldest = second;
    return oldest;
  }

  /**
   * Takes the oldest out.
   * @param entriesMax  pairs of type and second; at least one second is taken whole
   * @param spanMax     seconds between the first and the last
   * @returns offsets from the oldest second, the form of a batch whose `t0` lies in it
   */
  take(entriesMax: number, spanMax: number): SecondCounts {
    const taken: SecondCounts = Object.create(null);
    if (this.total === 0) return taken;
    const seconds = [...this.#seconds.keys()].sort((a, b) => a - b);
    const first = seconds[0] as number;
    let entries = 0;
    for (const second of seconds) {
      const types = this.#seconds.get(second) as Map<string, number>;
      if (entries > 0 && (entries + types.size > entriesMax || second - first > spanMax)) break;
      entries += types.size;
      for (const [type, events] of types) {
        taken[type] ??= [];
        taken[type].push([second - first, events]);
        this.total -= events;
      }
      this.#remove(second);
    }
    return taken;
  }

  clear(): void {
    this.#seconds.clear();
    this.#entries = 0;
    this.total = 0;
  }

  #put(type: string, second: number, events: number): void {
    const types = this.#seconds.get(second) ?? new Map<string, number>();
    this.#seconds.set(second, types);
    const before = types.get(type);
    if (before === undefined) this.#entries++;
    types.set(type, (before ?? 0) + events);
  }

  #remove(second: number): void {
    this.#entries -= this.#seconds.get(second)?.size ?? 0;
    this.#seconds.delete(second);
  }

  /** Adds each second of the older half to its neighbour; it is hours ago that these were of use one by one. */
  #addUpOldest(): void {
    const seconds = [...this.#seconds.keys()].sort((a, b) => a - b);
    for (let i = 0; i + 1 < Math.max(2, seconds.length / 2); i += 2) {
      const types = this.#seconds.get(seconds[i] as number) as Map<string, number>;
      this.#remove(seconds[i] as number);
      for (const [type, events] of types) this.#put(type, seconds[i + 1] as number, events);
    }
  }
}
