/** Events that wait to be sent, in bounded memory: beyond it the oldest are discarded, and counted by type and second. */
import type { BatchEvent, EventData } from './batch.ts';
import { Lost } from './lost.ts';

export interface OutboxLimits {
  readonly queueEventsMax: number;
  /** Of the estimates that come with each event. */
  readonly queueBytesMax: number;
}

const SLOTS_AT_FIRST = 1024;

/** A ring of columns: an event that waits costs no object of its own beside its data. */
export class Outbox {
  /** Events that came, discarded ones too. */
  published = 0;
  /** Never to be sent: discarded for want of memory, or barred. */
  discarded = 0;
  /** What was discarded and not yet told by a batch; refused batches are added to it. */
  readonly lost = new Lost();
  size = 0;
  readonly #limits: OutboxLimits;
  #slots: number;
  #first = 0;
  /** By type, the time up to which its events are not sent, ms since the epoch. */
  readonly #barred = new Map<string, number>();
  #bytesHeld = 0;
  #types: string[] = [];
  #data: (EventData | undefined)[] = [];
  #times: Float64Array;
  #bytes: Float64Array;

  constructor(limits: OutboxLimits) {
    this.#limits = limits;
    this.#slots = Math.min(SLOTS_AT_FIRST, limits.queueEventsMax);
    this.#times = new Float64Array(this.#slots);
    this.#bytes = new Float64Array(this.#slots);
  }

  /**
   * @param time   whole ms since the epoch, never before that of an earlier event
   * @param bytes  estimate of the memory it takes
   * @returns whether others were discarded to make room for it
   */
  push(type: string, time: number, data: EventData | undefined, bytes: number): boolean {
    const { queueEventsMax, queueBytesMax } = this.#limits;
    this.published++;
    if (this.#barred.size > 0 && this.#isBarred(type, time)) {
      this.#discard(type, time);
      return false;
    }
    let full = false;
    while (this.size > 0 && (this.size >= queueEventsMax || this.#bytesHeld + bytes > queueBytesMax)) {
      this.#discardOldest();
      full = true;
    }
    if (this.size === this.#slots) this.#grow();
    this.#append(type, time, data, bytes);
    return full;
  }

  /**
   * Sends no events of a type that has no chance: they are counted as lost, those that wait already too.
   * @param until  time of the first event that is sent again, ms since the epoch
   */
  bar(type: string, until: number): void {
    this.#barred.set(type, until);
    for (let left = this.size; left > 0; left--) {
      const slot = this.#first;
      const [time = 0, data, bytes = 0] = [this.#times[slot], this.#data[slot], this.#bytes[slot]];
      const kept = this.#types[slot] as string;
      this.#forgetOldest();
      if (kept === type) this.#discard(type, time);
      else this.#append(kept, time, data, bytes);
    }
  }

  #isBarred(type: string, time: number): boolean {
    const until = this.#barred.get(type);
    if (until === undefined) return false;
    if (time >= until) this.#barred.delete(type);
    return time < until;
  }

  #append(type: string, time: number, data: EventData | undefined, bytes: number): void {
    const slot = (this.#first + this.size) % this.#slots;
    this.#types[slot] = type;
    this.#times[slot] = time;
    this.#data[slot] = data;
    this.#bytes[slot] = bytes;
    this.#bytesHeld += bytes;
    this.size++;
  }

  /** Time of the event that waits longest, ms since the epoch. */
  get oldest(): number | undefined {
    return this.size === 0 ? undefined : this.#times[this.#first];
  }

  /** Time of the event at a place in the queue. */
  timeAt(place: number): number | undefined {
    return place < this.size ? this.#times[(this.#first + place) % this.#slots] : undefined;
  }

  /**
   * The oldest events, in the form of a batch; they stay until `drop`.
   * @param before  only events of an earlier time, ms since the epoch
   */
  peek(eventsMax: number, bytesMax: number, t0: number, before: number): BatchEvent[] {
    const events: BatchEvent[] = [];
    let bytes = 0;
    for (let place = 0; place < Math.min(eventsMax, this.size); place++) {
      const slot = (this.#first + place) % this.#slots;
      const time = this.#times[slot] as number;
      bytes += this.#bytes[slot] as number;
      if ((bytes > bytesMax && place > 0) || time >= before) break;
      const data = this.#data[slot];
      const type = this.#types[slot] as string;
      events.push(data === undefined ? [type, time - t0] : [type, time - t0, data]);
    }
    return events;
  }

  drop(events: number): void {
    for (let i = 0; i < events; i++) this.#forgetOldest();
  }

  #discardOldest(): void {
    this.#discard(this.#types[this.#first] as string, this.#times[this.#first] as number);
    this.#forgetOldest();
  }

  #discard(type: string, time: number): void {
    this.discarded++;
    this.lost.add(type, Math.floor(time / 1000));
  }

  #forgetOldest(): void {
    this.#bytesHeld -= this.#bytes[this.#first] as number;
    this.#data[this.#first] = undefined;
    this.#first = (this.#first + 1) % this.#slots;
    this.size--;
  }

  #grow(): void {
    const slots = Math.min(this.#slots * 2, this.#limits.queueEventsMax);
    const inOrder = <T>(column: readonly T[]): T[] => column.slice(this.#first).concat(column.slice(0, this.#first));
    const numbers = (column: Float64Array): Float64Array => {
      const grown = new Float64Array(slots);
      grown.set(column.subarray(this.#first));
      grown.set(column.subarray(0, this.#first), this.#slots - this.#first);
      return grown;
    };
    this.#types = inOrder(this.#types);
    this.#data = inOrder(this.#data);
    this.#times = numbers(this.#times);
    this.#bytes = numbers(this.#bytes);
    this.#first = 0;
    this.#slots = slots;
  }
}
