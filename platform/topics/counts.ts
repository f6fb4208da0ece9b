/** Topic `counts`: whole counts of a block of offsets, and how they are merged into seconds. */
import type { LogRecord, StoredRecord } from '../eventlog/eventlog.ts';

/** Offsets of a partition of `events` are cut into blocks of this many records. */
export const BLOCK_RECORDS = 1000;

/** `[series, second, n, sum, lost]`: whole for its block as of the record's `to`. `lost` = told by producers as discarded. */
export type CountRow = [series: string, second: number, n: number, sum: number, lost: number];

/** `[producer, until, heard]`: its newest `until` (ms, skew taken off) and the log time (ms) of its newest batch. */
export type Wait = [producer: string, until: number, heard: number];

/** `[type, n]`: events of a type that no metric counts, whole for the block as of the record's `to`. No name: of further types together. */
export type TypeCount = [type: string, n: number];

export interface CountsRecord {
  /** Of `events`. */
  readonly partition: number;
  readonly block: number;
  /** The first offset not counted in here. Equal (series, second, partition, block) merge by the higher `to`. */
  readonly to: number;
  /** Running maximum of log time (ms) at the partition's ticks, as of `to`. */
  readonly progress: number;
  /** Producers heard in the last 10 s of log time that have not said goodbye, as of `to`. */
  readonly waits: readonly Wait[];
  /** Rows that changed since this counter's last record of the block. */
  readonly rows: readonly CountRow[];
  /** Types nobody watches whose number changed since this counter's last record of the block; left out where there is none. */
  readonly types?: readonly TypeCount[];
  /** Further rows of the same `to` follow in the next record: what this one says of time and producers holds only with them. */
  readonly more?: true;
}

export function countsRecord(record: CountsRecord, partition: number): LogRecord {
  return { key: String(record.partition), value: JSON.stringify(record), partition };
}

export function decodeCounts(record: StoredRecord): CountsRecord {
  return JSON.parse(record.value) as CountsRecord;
}

/** Metrics' names have no `/`: behind it stands which part of a metric a series is. */
const PART = '/';

/** The series of one segment of a metric whose whole is series `whole`. */
export function segmentSeries(whole: string, segment: string): string {
  return `${whole}${PART}${encodeURIComponent(segment).replaceAll('~', '%7E')}`;
}

/** The segment that a series is; null: it is a whole. */
export function segmentOf(series: string): string | null {
  const at = series.indexOf(PART);
  if (at < 0) return null;
  try {
    return decodeURIComponent(series.slice(at + 1));
  } catch {
    return series.slice(at + 1);
  }
}

export function isSegment(series: string): boolean {
  return series.includes(PART);
}

/** The series of the whole that a series is a part of; a whole is its own. */
export function wholeOf(series: string): string {
  const at = series.indexOf(PART);
  return at < 0 ? series : series.slice(0, at);
}
