/** How much history may be asked for: reading it takes the time of the one event loop that also decides on seconds and pages. */
import { Pace, senderOf } from '../../ingest/admission/pace.ts';

/** Three hours, one point a second: all that is remembered. */
export const POINTS_MAX = 10_800;
/** Joining and writing three hours of a metric second by second takes 8 ms, in slices, and makes 385 kB and more. */
const LONGEST_BYTES = 36 * POINTS_MAX;
/** Of the longest; shorter ones cost less. One client gets 12 % of the event loop, all together 36 %, and for two seconds twice that. */
const LONGEST_PER_SECOND_MAX = 15;
const LONGEST_OF_ALL_PER_SECOND_MAX = 45;
const REQUESTS_PER_SECOND_MAX = 1000;
/** Clients whose pace is remembered. */
const CLIENTS_MAX = 10_000;

export interface Asked {
  /** The name of its token; null where nobody is asked for one. */
  readonly name: string | null;
  readonly address: string;
  readonly points: number;
  readonly seconds: number;
}

export class HistoryPace {
  readonly #each = new Pace({
    requestsPerSecondMax: REQUESTS_PER_SECOND_MAX,
    bytesPerSecondMax: LONGEST_PER_SECOND_MAX * LONGEST_BYTES,
    sendersMax: CLIENTS_MAX,
  });
  readonly #all = new Pace({
    requestsPerSecondMax: Number.MAX_SAFE_INTEGER,
    bytesPerSecondMax: LONGEST_OF_ALL_PER_SECOND_MAX * LONGEST_BYTES,
    sendersMax: 1,
  });

  /** @returns null where it may be answered; else who asks too much, and in how many seconds to ask again */
  tooMuch({ name, address, points, seconds }: Asked, nowMs: number): { readonly by: 'client' | 'everybody'; readonly wait: number } | null {
    const bytes = (Math.max(points, Math.min(seconds, POINTS_MAX)) * LONGEST_BYTES) / POINTS_MAX;
    const own = this.#each.wait(name === null ? senderOf(address) : `token ${name}`, bytes, nowMs);
    if (own > 0) return { by: 'client', wait: own };
    const all = this.#all.wait('everybody', bytes, nowMs);
    return all > 0 ? { by: 'everybody', wait: all } : null;
  }
}
