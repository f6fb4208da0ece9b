/** Topic `state`: what a series' detector had learned and stood in; only the newest record of each series is kept. */
import type { LogRecord, StoredRecord } from '../eventlog/eventlog.ts';

/** Shapes that a later program may not read alike carry another number; a state of another number counts as unreadable. */
const VERSION = 1;

export interface SavedSeries {
  readonly series: string;
  /** The last second (since the epoch) that was decided on. */
  readonly second: number;
  /** As the detector saves itself. */
  readonly detector: unknown;
  /** The same of the detector of slow slides; left out by earlier versions. */
  readonly slide?: unknown;
  /** Its usual events by partition of `events`, while one of them cannot be read; else empty. */
  readonly usual: readonly number[];
  /** When any producer spoke last, ms; null: none ever did. */
  readonly spokeAt: number | null;
  /** Of a segment: its events/s over the last hours, by which those that are watched are chosen. */
  readonly traffic?: number;
  /** Of a segment: the field whose value it is. By another field the same value means something else. */
  readonly by?: string;
  /** Of a segment: the last second (since the epoch) in which its whole was down; 0: in none. */
  readonly wholeDownAt?: number;
}

export function stateRecord(saved: SavedSeries): LogRecord {
  return { key: saved.series, value: JSON.stringify({ v: VERSION, ...saved }), partition: 0 };
}

/** @returns what was saved, or why it cannot be read */
export function decodeState(record: StoredRecord): SavedSeries | string {
  let read: Record<string, unknown> | null;
  try {
    read = JSON.parse(record.value) as typeof read;
  } catch (error) {
    return `is not JSON: ${(error as Error).message}`;
  }
  if (read?.v !== VERSION) return `has version ${String(read?.v)}; this program reads ${VERSION}`;
  const { series, second, detector, slide, usual, spokeAt, traffic, by, wholeDownAt } = read;
  const isList = Array.isArray(usual) && usual.every(Number.isFinite);
  const isWhole = series === record.key && Number.isSafeInteger(second) && (spokeAt === null || Number.isFinite(spokeAt)) && isList;
  if (!isWhole) return 'has not the shape of a saved series';
  const learned = { detector, ...(slide !== undefined && { slide }) };
  const whole = { series: record.key, second: second as number, ...learned, usual: usual as number[], spokeAt: spokeAt as number | null };
  const ofSegment = { ...(typeof traffic === 'number' && { traffic }), ...(typeof by === 'string' && { by }) };
  return { ...whole, ...ofSegment, ...(typeof wholeDownAt === 'number' && { wholeDownAt }) };
}
