/** The watchdog of a reader: does it get nothing although its partitions grow? Asks nobody itself. */

/** So long a reader may get nothing of a partition that has more. */
const STALL_MS_MAX = 3_000;

export class Stall {
  /** By partition: where it stood when it last got on, and when that was. */
  readonly #seen = new Map<number, { position: number; at: number }>();

  /**
   * @param positions  by partition, the next offset to be read
   * @param ends       by partition, its end as somebody else was told just now; left out where nobody could say
   * @param now        monotonic ms
   * @returns the partitions that stand still though they have more
   */
  look(positions: ReadonlyMap<number, number>, ends: ReadonlyMap<number, number>, now: number): number[] {
    const stalled: number[] = [];
    for (const [partition, position] of positions) {
      const seen = this.#seen.get(partition);
      const end = ends.get(partition);
      if (seen === undefined || seen.position !== position || end === undefined || end <= position) {
        this.#seen.set(partition, { position, at: now });
      } else if (now - seen.at >= STALL_MS_MAX) stalled.push(partition);
    }
    return stalled;
  }

  /** Everything begins anew: after a rebuild, and while a handler holds the reader up. */
  forgive(): void {
    this.#seen.clear();
  }
}
