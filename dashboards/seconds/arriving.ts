/** Event types that arrive and that nobody watches: how fast each comes, since when, and when it came last. */
import type { CountsRecord } from '../../platform/topics/counts.ts';
import { WholeCounts } from './whole-counts.ts';

/** Beyond this, types are counted together. */
export const ARRIVING_TYPES_MAX = 1000;
/** A rate is that of so long. */
const RATE_MS = 60_000;
const SLOT_MS = 5000;
const SLOTS = RATE_MS / SLOT_MS;
/** As long as topic `counts` keeps: a process that starts now would know no more. */
const FORGOTTEN_MS = 3 * 3_600_000;

export interface ArrivingType {
  readonly type: string;
  /** Events/s over the last minute. */
  readonly rate: number;
  readonly events: number;
  /** Log time, ms since the epoch. */
  readonly firstAt: number;
  readonly lastAt: number;
}

export interface ArrivingTypes {
  /** The fastest first. */
  readonly types: readonly ArrivingType[];
  /** Of types beyond those remembered. */
  readonly otherEvents: number;
}

interface Heard {
  events: number;
  readonly firstAt: number;
  lastAt: number;
  /** Events by slot of time, the newest last. */
  slots: { at: number; n: number }[];
}

export class Arriving {
  readonly #types = new Map<string, Heard>();
  readonly #counts = new WholeCounts(
    () => false,
    (type, _second, n) => this.#heard(type, n),
  );
  #now = 0;
  #otherEvents = 0;

  take({ types, ...record }: CountsRecord): void {
    if (!types) return;
    this.#now = Math.max(this.#now, record.progress);
    this.#counts.take({ ...record, rows: types.map(([type, n]) => [type, 0, n, 0, 0]) });
  }

  /**
   * @param now      ms since the epoch
   * @param watched  whether a metric counts events of this type by now
   */
  all(now: number, watched: (type: string) => boolean): ArrivingTypes {
    this.#forget(now);
    const types = [...this.#types].filter(([type]) => !watched(type)).map(([type, heard]) => arrivingType(type, heard, now));
    return { types: types.sort((a, b) => b.rate - a.rate || b.events - a.events), otherEvents: this.#otherEvents };
  }

  #heard(type: string, n: number): void {
    const at = this.#now;
    const known = this.#types.get(type);
    if (!known) {
      if (this.#types.size >= ARRIVING_TYPES_MAX) this.#forget(at);
      // What the counters could not name has no name here either.
      if (type === '' || this.#types.size >= ARRIVING_TYPES_MAX) this.#otherEvents += n;
      else this.#types.set(type, { events: n, firstAt: at, lastAt: at, slots: [{ at: slotOf(at), n }] });
      return;
    }
    known.events += n;
    known.lastAt = at;
    const newest = known.slots.at(-1);
    if (newest?.at === slotOf(at)) newest.n += n;
    else known.slots = [...known.slots.slice(-SLOTS), { at: slotOf(at), n }];
  }

  #forget(now: number): void {
    for (const [type, { lastAt }] of this.#types) if (now - lastAt > FORGOTTEN_MS) this.#types.delete(type);
  }
}

const slotOf = (at: number): number => Math.floor(at / SLOT_MS) * SLOT_MS;

function arrivingType(type: string, { events, firstAt, lastAt, slots }: Heard, now: number): ArrivingType {
  const since = slotOf(now - RATE_MS);
  const recent = slots.reduce((sum, { at, n }) => (at >= since ? sum + n : sum), 0);
  const ms = Math.min(now - since, Math.max(SLOT_MS, now - firstAt));
  return { type, rate: recent / (ms / 1000), events, firstAt, lastAt };
}
