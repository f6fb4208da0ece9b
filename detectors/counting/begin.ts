/** Where counting a partition begins after a start: exactly before a block of which everything is known. */
import type { Checkpoint, SavedPairs } from '../../platform/topics/checkpoints.ts';
import { BLOCK_RECORDS } from '../../platform/topics/counts.ts';

/** What topic checkpoints holds of one partition. */
export interface Saved {
  readonly checkpoints: readonly Checkpoint[];
  readonly pairs: ReadonlyMap<number, SavedPairs>;
}

export interface Beginning {
  readonly offset: number;
  /** Left out: nothing is known of what was before. */
  readonly checkpoint?: Checkpoint;
  readonly pairs: readonly SavedPairs[];
  /** Newer checkpoints that could not be used, and why. */
  readonly passedOver: readonly string[];
}

/**
 * The newest checkpoint whose block still begins in the log and whose pairs are all there; else the first whole block. Where
 * the log is so short that no block begins in it (all before was deleted), its oldest record: waiting for the next block
 * would be minutes of blindness, and what was counted of this block before lies a whole retention back.
 *
 * @param oldest  the offset of the oldest record in the log
 * @param end     the offset that the next record will get
 * @param before  log time (ms) that must lie after it, so that all of a second is counted; as far back as there are checkpoints
 */
export function beginAt({ checkpoints, pairs }: Saved, oldest: number, end: number, before = Number.POSITIVE_INFINITY): Beginning {
  const passedOver: string[] = [];
  let usable: Beginning | null = null;
  for (const checkpoint of [...checkpoints].sort((a, b) => b.block - a.block)) {
    const offset = checkpoint.block * BLOCK_RECORDS;
    if (offset < oldest || offset > end) continue;
    const sealed = checkpoint.pairs.sealed.map((bucket) => pairs.get(bucket));
    if (sealed.every((found) => found !== undefined)) usable = { offset, checkpoint, pairs: sealed, passedOver };
    else passedOver.push(`the checkpoint of block ${checkpoint.block} names pairs that are gone`);
    if (usable && (usable.checkpoint?.logTime.newest ?? 0) < before) return usable;
  }
  if (usable) return usable;
  const firstWhole = Math.ceil(oldest / BLOCK_RECORDS) * BLOCK_RECORDS;
  return { offset: firstWhole <= end ? firstWhole : oldest, pairs: [], passedOver };
}
