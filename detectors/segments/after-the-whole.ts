/** What all lost together still lies in a segment's windows minutes after it is over: then one that came back with the whole is no news. */
import type { LastCounts } from './last-counts.ts';

/** The longest window, and the minute in which the whole recovered, rounded up. */
const AFTER_SECONDS = 600;
const MINUTE_SECONDS = 60;
/** Of what is usual in a minute, and of its Poisson noise: a segment with less has not come back, or is gone again. */
const LOW_SHARE = 0.5;
const LOW_SIGMAS = 3;

interface Segment {
  readonly counts: LastCounts;
  /** Events/s over the last hours, where no usual rate is known. */
  readonly traffic: number;
  readonly finding: { readonly usual: number | null } | null;
}

/** When a segment's fall is left to the whole's: while that lasts, and for ten minutes unless the segment is clearly low. */
export class WholeFalls {
  /** Since this second the whole is down: its segments are down with it, and are told by it. Their past before it is theirs. */
  #from = Number.POSITIVE_INFINITY;
  #last: number;

  /** @param last  the last second in which it was down; 0: in none */
  constructor(last: number) {
    this.#last = last;
  }

  /** The last second in which it was down; 0: in none. */
  get last(): number {
    return this.#last;
  }

  next(second: number, isDown: boolean): void {
    this.#from = isDown ? Math.min(second, this.#from) : Number.POSITIVE_INFINITY;
    if (isDown) this.#last = second;
  }

  leaves(second: number, segment: Segment | undefined): boolean {
    if (second >= this.#from) return true;
    if (!segment || second < this.#last || second - this.#last > AFTER_SECONDS) return false;
    const { n, seconds } = segment.counts.sum(second + 1 - MINUTE_SECONDS, second + 1);
    const usual = (segment.finding?.usual ?? segment.traffic) * seconds;
    return n >= Math.min(LOW_SHARE * usual, usual - LOW_SIGMAS * Math.sqrt(usual));
  }
}
