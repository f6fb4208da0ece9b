/** Topic `checkpoints`: what counting a partition needs to go on exactly before a block; only the newest record of each key is kept. */
import type { LogRecord, StoredRecord } from '../eventlog/eventlog.ts';

/** Shapes that a later program may not read alike carry another number; a checkpoint of another number counts as unreadable. */
const VERSION = 1;
/** Keys are block mod this: so many checkpoints of a partition are kept. */
export const CHECKPOINTS_KEPT = 8;
/** Keys of sealed pairs are bucket mod this: far more than are remembered at once, so that an older checkpoint finds its own. */
const PAIR_BUCKETS_KEPT = 256;

export interface SavedLogTime {
  readonly now: number | null;
  readonly newest: number;
  readonly words: readonly [writer: string, said: number, appendedAt: number][];
}

/** Batches that were passed over: `events` were published in them, `before` in all earlier ones. */
export type SavedGap = [from: number, to: number, before: number, events: number, since: number, told: boolean];

export interface SavedSeen {
  /** The lowest and highest seq seen; -1 while none was. */
  readonly first: number;
  readonly highest: number;
  /** Running numbers of events before the lowest and up to the highest. */
  readonly publishedBefore: number;
  readonly published: number;
  readonly gaps: readonly SavedGap[];
  /** `seq, t0` of the newest ones, flat, each as the difference to the one before it. */
  readonly begun: readonly number[];
}

export interface SavedProducer {
  readonly name: string;
  readonly heard: number;
  readonly until: number;
  readonly bye: boolean;
  readonly seen: SavedSeen;
  readonly skew: readonly number[];
}

/** Hashes of (source, id) in base 36, parted by spaces, of ten seconds of log time. */
export interface SavedPairs {
  readonly bucket: number;
  readonly hashes: string;
}

export interface Checkpoint {
  readonly partition: number;
  readonly block: number;
  readonly progress: number;
  readonly logTime: SavedLogTime;
  readonly producers: readonly SavedProducer[];
  /** Buckets that are full have records of their own, written once. */
  readonly pairs: { readonly open: SavedPairs | null; readonly sealed: readonly number[] };
  /**
   * Of metrics with segments: the values of their field that have a name in this block; null: the first that come. Left out where there
   * is none.
   */
  readonly segments?: readonly (readonly [series: string, names: readonly string[] | null, field?: string])[];
}

/** @param by  the count process that writes it, for people */
export function checkpointRecord(checkpoint: Checkpoint, by: string): LogRecord {
  const key = `${checkpoint.partition}/${checkpoint.block % CHECKPOINTS_KEPT}`;
  return { key, value: JSON.stringify({ v: VERSION, by, checkpoint }), partition: 0 };
}

export function pairsRecord(partition: number, pairs: SavedPairs): LogRecord {
  const key = `${partition}/pairs/${pairs.bucket % PAIR_BUCKETS_KEPT}`;
  return { key, value: JSON.stringify({ v: VERSION, partition, pairs }), partition: 0 };
}

export type CheckpointsRecord = { readonly checkpoint: Checkpoint } | { readonly partition: number; readonly pairs: SavedPairs };

/** @returns what the record holds, or why it cannot be read */
export function decodeCheckpoints(record: Pick<StoredRecord, 'value'> & Partial<StoredRecord>): CheckpointsRecord | string {
  let read: { v?: unknown; checkpoint?: unknown; partition?: unknown; pairs?: unknown } | null;
  try {
    read = JSON.parse(record.value) as typeof read;
  } catch (error) {
    return `is not JSON: ${(error as Error).message}`;
  }
  if (read?.v !== VERSION) return `has version ${String(read?.v)}; this program reads ${VERSION}`;
  if (isCheckpoint(read.checkpoint)) return { checkpoint: read.checkpoint };
  if (isWhole(read.partition) && isPairs(read.pairs)) return { partition: read.partition, pairs: read.pairs };
  return 'has not the shape of a checkpoint';
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
const isNumber = (value: unknown): value is number => Number.isFinite(value);
const isWhole = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const isListOf = (value: unknown, is: (entry: unknown) => boolean): boolean => Array.isArray(value) && value.every(is);

function isCheckpoint(value: unknown): value is Checkpoint {
  if (!isObject(value) || !isObject(value.pairs)) return false;
  const { partition, block, progress, logTime, producers, pairs } = value;
  const { open, sealed } = value.pairs;
  if (value.segments !== undefined && !isListOf(value.segments, isSegments)) return false;
  const whole = isWhole(partition) && isWhole(block) && isNumber(progress) && pairs !== undefined;
  return whole && isLogTime(logTime) && isListOf(producers, isProducer) && (open === null || isPairs(open)) && isListOf(sealed, isWhole);
}

function isSegments(value: unknown): boolean {
  return (
    Array.isArray(value) && typeof value[0] === 'string' && (value[1] === null || isListOf(value[1], (name) => typeof name === 'string'))
  );
}

function isPairs(value: unknown): value is SavedPairs {
  return isObject(value) && isWhole(value.bucket) && typeof value.hashes === 'string';
}

function isLogTime(value: unknown): boolean {
  if (!isObject(value) || !isNumber(value.newest)) return false;
  const isWord = (word: unknown): boolean => Array.isArray(word) && typeof word[0] === 'string' && isNumber(word[1]) && isNumber(word[2]);
  return (value.now === null || isNumber(value.now)) && isListOf(value.words, isWord);
}

function isProducer(value: unknown): boolean {
  if (!isObject(value) || !isObject(value.seen)) return false;
  const { name, heard, until, bye, seen, skew } = value;
  const { first, highest, publishedBefore, published, gaps, begun } = seen as Record<string, unknown>;
  const isGap = (gap: unknown): boolean => Array.isArray(gap) && isListOf(gap.slice(0, 5), isNumber) && typeof gap[5] === 'boolean';
  const self = typeof name === 'string' && isNumber(heard) && isNumber(until) && typeof bye === 'boolean' && isListOf(skew, isNumber);
  return self && [first, highest, publishedBefore, published].every(isNumber) && isListOf(gaps, isGap) && isListOf(begun, isNumber);
}
