/** Appends that wait to be written, and the next group of them that one write and one sync will make durable. */
import type { StoredRecord } from '../eventlog.ts';
import { type SizedRecord, writeFrame } from './frame.ts';

/** Encoding this much holds the event loop for about a millisecond. */
export const GROUP_BYTES_MAX = 1024 * 1024;

export interface WaitingAppend {
  readonly records: readonly SizedRecord[];
  /** Records before this index are in a group already. */
  taken: number;
  /** Offset of its first record, once that is written; those of the others follow. */
  first: number;
  readonly resolve: (first: number) => void;
  readonly reject: (error: Error) => void;
}

/** A share of a group: `records[from, to)` of one append. */
interface GroupPart {
  readonly append: WaitingAppend;
  readonly from: number;
  readonly to: number;
}

export interface Group {
  readonly parts: readonly GroupPart[];
  readonly records: number;
  readonly bytes: number;
}

export class AppendQueue {
  #waiting: WaitingAppend[] = [];

  get empty(): boolean {
    return this.#waiting.length === 0;
  }

  add(records: readonly SizedRecord[]): Promise<number> {
    return new Promise((resolve, reject) => this.#waiting.push({ records, taken: 0, first: -1, resolve, reject }));
  }

  /** In the order of their coming; a large append goes over several groups, a large record alone. */
  take(): Group {
    const parts: GroupPart[] = [];
    let bytes = 0;
    let count = 0;
    let whole = 0;
    for (const append of this.#waiting) {
      const from = append.taken;
      let next = append.records[from];
      while (next !== undefined && (count === 0 || bytes + next.bytes <= GROUP_BYTES_MAX)) {
        bytes += next.bytes;
        count++;
        next = append.records[++append.taken];
      }
      if (append.taken > from) parts.push({ append, from, to: append.taken });
      if (next !== undefined) break;
      whole++;
    }
    this.#waiting.splice(0, whole);
    return { parts, records: count, bytes };
  }

  /** The group is durable: its records have the offsets from `first` on. */
  written(group: Group, first: number): void {
    let offset = first;
    for (const { append, from, to } of group.parts) {
      if (from === 0) append.first = offset;
      offset += to - from;
      if (to === append.records.length) append.resolve(append.first);
    }
  }

  /** Nothing of the group holds; what is left of its appends is not written either. */
  failed(group: Group, error: Error): void {
    const last = group.parts.at(-1)?.append;
    if (last !== undefined && this.#waiting[0] === last) this.#waiting.shift();
    for (const { append } of group.parts) append.reject(error);
  }
}

/** Writes the group's frames from `at` on, where `group.bytes` must be free; gives the records as readers will get them. */
export function writeGroup(buffer: Buffer, at: number, group: Group, first: number, appendedAt: number, partition: number): StoredRecord[] {
  const stored: StoredRecord[] = [];
  let place = at;
  let offset = first;
  for (const { append, from, to } of group.parts) {
    for (let i = from; i < to; i++) {
      const record = append.records[i] as SizedRecord;
      place = writeFrame(buffer, place, offset, appendedAt, record);
      const { key, value, headers } = record;
      stored.push({ partition, offset: offset++, appendedAt, key, value, headers });
    }
  }
  return stored;
}
