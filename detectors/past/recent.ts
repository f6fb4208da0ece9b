/** The newest seconds as they were decided on, for the detector that is trained meanwhile to catch up with. */
import type { PastSeconds } from './past.ts';

/** The store is behind by seconds, and by this after an outage of it. */
const KEPT_SECONDS = 600;

export class Recent implements PastSeconds {
  readonly seconds: number[] = [];
  readonly counts: number[] = [];
  readonly shares: number[] = [];

  add(second: number, n: number, share: number): void {
    this.seconds.push(second);
    this.counts.push(n);
    this.shares.push(share);
    if (this.seconds.length <= 2 * KEPT_SECONDS) return;
    for (const column of [this.seconds, this.counts, this.shares]) column.splice(0, KEPT_SECONDS);
  }
}
