/** Topic `dead-letters`: what could not be read, with the reason; it never stops a partition. */
import type { LogRecord, StoredRecord } from '../eventlog/eventlog.ts';

const DEAD_LETTER_BYTES_MAX = 4096;

export interface DeadLetter {
  /** A stable code: `bad-json`, `lying-tally`, `time-out-of-range`, … */
  readonly reason: string;
  /** What exactly, for a person; names the field. */
  readonly detail: string;
  /** Where it came from: `gateway`, or `events/2@1042`. */
  readonly from: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** The first 4 kB. */
  readonly text: string;
  readonly bytes: number;
}

export function deadLetter(letter: Omit<DeadLetter, 'text' | 'bytes'>, value: string): DeadLetter {
  return { ...letter, text: value.slice(0, DEAD_LETTER_BYTES_MAX), bytes: Buffer.byteLength(value) };
}

export function deadLetterRecord(letter: Omit<DeadLetter, 'text' | 'bytes'>, value: string): LogRecord {
  return { key: letter.from, value: JSON.stringify(deadLetter(letter, value)), partition: 0 };
}

export function decodeDeadLetter(record: StoredRecord): DeadLetter {
  return JSON.parse(record.value) as DeadLetter;
}
