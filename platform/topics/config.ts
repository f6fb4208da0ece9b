/** Topic `config`: which configuration holds from which second on, and which alerting processes are there; the newest record of each key. */
import type { LogRecord, StoredRecord } from '../eventlog/eventlog.ts';

/** Shapes that a later program may not read alike carry another number. */
const VERSION = 1;

export type Replica = 'a' | 'b';

/** The word of an alerting process that it is there, said once a second. */
export interface Alive {
  readonly is: 'alive';
  readonly replica: Replica;
  /** The process. */
  readonly by: string;
  /** Offset of its first word, by which the earlier one of two is known; null in that first word itself. */
  readonly first: number | null;
}

export function aliveRecord({ replica, by, first }: Omit<Alive, 'is'>): LogRecord {
  return { key: `alive/alerting/${replica}`, value: JSON.stringify({ v: VERSION, is: 'alive', replica, by, first }), partition: 0 };
}

/** @returns what the record says; null where it is of another kind or version: whoever wrote it knows more than this program */
export function decodeAlive({ key, value }: StoredRecord): Alive | null {
  if (!key.startsWith('alive/')) return null;
  const read = parsed(value);
  if (read?.v !== VERSION || read.is !== 'alive') return null;
  const { replica, by, first } = read;
  if ((replica !== 'a' && replica !== 'b') || typeof by !== 'string') return null;
  if (first !== null && !Number.isSafeInteger(first)) return null;
  return { is: 'alive', replica, by, first: first as number | null };
}

function parsed(text: string): Record<string, unknown> | null {
  try {
    return JSON.parse(text) as Record<string, unknown> | null;
  } catch {
    return null;
  }
}
