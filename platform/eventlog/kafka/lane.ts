/** Appends to one partition that wait, and the group of them that is under way: one at a time, so that tries never change the order. */
import type { LogRecord } from '../eventlog.ts';

/** Packed they are a tenth of it; brokers take 1 MB by default, and what is alone in its group may be larger. */
const GROUP_BYTES_MAX = 1024 * 1024;
const GROUP_BYTES_MIN = 16 * 1024;
/** A record takes so much besides its texts. */
const RECORD_OVERHEAD_BYTES = 80;
/** After the largest of Kafka's 32-bit sequence numbers comes 0. */
const SEQUENCES = 2 ** 31;

/** The records of one `append` that go to one partition. */
export interface Part {
  readonly records: readonly LogRecord[];
  readonly bytes: readonly number[];
  /** Monotonic ms: after it nobody waits any more. */
  readonly deadline: number;
  /** Records before this index are in a group already, or were appended. */
  taken: number;
  /** Those that were appended. */
  appended: number;
  readonly offsets: number[];
  readonly resolve: (offsets: readonly number[]) => void;
  readonly reject: (error: Error) => void;
}

/** Never changes from its first try on: a broker knows a repeat by its number and its length. */
export interface Group {
  readonly records: readonly LogRecord[];
  readonly shares: readonly { readonly part: Part; readonly count: number }[];
  readonly deadline: number;
  /** Who sent it first, and as its how manieth record; a new identity forgets it. */
  identity: object | undefined;
  sequence: number;
}

export function bytesOf({ key, value, headers = {} }: LogRecord): number {
  let bytes = RECORD_OVERHEAD_BYTES + Buffer.byteLength(key) + Buffer.byteLength(value);
  for (const [name, text] of Object.entries(headers)) bytes += Buffer.byteLength(name) + Buffer.byteLength(text) + 2;
  return bytes;
}

export class Lane {
  /** Full name. */
  readonly topic: string;
  readonly partition: number;
  /** Whose numbers `next` continues. */
  identity: object | undefined;
  /** The number of the next record under that identity. */
  next = 0;
  #parts: Part[] = [];
  #group: Group | undefined;
  /** Halved when a group was not answered in time, as over a slow line, and doubled again with each that was. */
  #groupBytesMax = GROUP_BYTES_MAX;
  /** Sent now. */
  flying = false;

  constructor(topic: string, partition: number) {
    this.topic = topic;
    this.partition = partition;
  }

  get empty(): boolean {
    return this.#group === undefined && this.#parts.length === 0;
  }

  push(part: Part): void {
    this.#parts.push(part);
  }

  /** The group that is to be sent: the one that failed, or the next; undefined where there is nothing, or it is sent now. */
  group(): Group | undefined {
    if (this.flying) return undefined;
    this.#group ??= this.#cut();
    return this.#group;
  }

  /** The group has these offsets from `first` on. */
  appended(first: number): void {
    this.next = (this.next + (this.#group as Group).records.length) % SEQUENCES;
    this.#groupBytesMax = Math.min(GROUP_BYTES_MAX, this.#groupBytesMax * 2);
    let offset = first;
    for (const { part, count } of this.#take().shares) {
      for (let i = 0; i < count; i++) part.offsets.push(offset++);
      part.appended += count;
      if (part.appended === part.records.length) part.resolve(part.offsets);
    }
  }

  /** The group may or may not be there, and nobody tries any more; what is left of its appends is not tried either. */
  failed(error: Error): void {
    const { shares } = this.#take();
    const last = shares.at(-1)?.part;
    if (last !== undefined && this.#parts[0] === last) this.#parts.shift();
    for (const { part } of shares) part.reject(error);
  }

  slow(): void {
    this.#groupBytesMax = Math.max(GROUP_BYTES_MIN, this.#groupBytesMax / 2);
  }

  /** Nobody waits any more for appends whose time is over; those of which nothing was sent are forgotten. */
  expire(now: number, error: () => Error): void {
    for (const { part } of this.#group?.shares ?? []) if (now >= part.deadline) part.reject(error());
    const expired = this.#parts.filter(({ taken, deadline }) => taken === 0 && now >= deadline);
    if (expired.length === 0) return;
    this.#parts = this.#parts.filter((part) => !expired.includes(part));
    for (const part of expired) part.reject(error());
  }

  /** In the order of their coming; a large append goes over several groups, a large record alone. */
  #cut(): Group | undefined {
    const records: LogRecord[] = [];
    const shares: { part: Part; count: number }[] = [];
    let bytes = 0;
    let deadline = Number.POSITIVE_INFINITY;
    for (let part = this.#parts[0]; part !== undefined; part = this.#parts[0]) {
      const from = part.taken;
      for (let i = from; i < part.records.length; i++) {
        const size = part.bytes[i] as number;
        if (records.length > 0 && bytes + size > this.#groupBytesMax) break;
        records.push(part.records[i] as LogRecord);
        bytes += size;
        part.taken = i + 1;
      }
      if (part.taken > from) {
        shares.push({ part, count: part.taken - from });
        deadline = Math.min(deadline, part.deadline);
      }
      if (part.taken < part.records.length) break;
      this.#parts.shift();
    }
    return records.length === 0 ? undefined : { records, shares, deadline, identity: undefined, sequence: 0 };
  }

  #take(): Group {
    const group = this.#group as Group;
    this.#group = undefined;
    return group;
  }
}
