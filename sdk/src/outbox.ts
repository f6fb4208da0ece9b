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
  /** Discarded for want of memory, and not yet told by a batch; refused batches are added to it. */
  readonly lost = new Lost();
  size = 0;
  readonly #limits: OutboxLimits;
  #slots: number;
  #first = 0;
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
   * @returns how many events were discarded to make room
   */
  push(type: string, time: number, data: EventData | undefined, bytes: number): number {
    const { queueEventsMax, queueBytesMax } = this.#limits;
    this.published++;
    let discarded = 0;
    while (this.size > 0 && (this.size >= queueEventsMax || this.#bytesHeld + bytes > queueBytesMax)) {
      this.#discardOldest();
      discarded++;
    }
    if (this.size === this.#slots) this.#grow();
    const slot = (this.#first + this.size) % this.#slots;
    this.#types[slot] = type;
    this.#times[slot] = time;
    this.#data[slot] = data;
    this.#bytes[slot] = bytes;
    this.#bytesHeld += bytes;
    this.size++;
    return discarded;
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
    this.lost.add(this.#types[this.#first] as string, Math.floor((this.#times[this.#first] as number) / 1000));
    this.#forgetOldest();
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
