/** The (source, id) pairs of other clients' events, remembered for ten minutes of log time so that a repeat is known. */
import type { SavedPairs } from '../../platform/topics/checkpoints.ts';
import { hash53 } from './hash.ts';

/** Since the newest copy. */
export const PAIR_REMEMBERED_MS = 600_000;
/** Pairs are let go together, those of ten seconds at a time. */
const BUCKET_MS = 10_000;
/** One Map holds 2^24 entries. */
const SHARDS = 16;

/**
 * Pairs stand in the bucket of their newest copy, and stay in those of older ones until these expire: so a bucket that
 * log time has left never changes again and is saved once.
 */
export class ForeignIds {
  /** Hash of the pair to the bucket of its newest copy. */
  readonly #bucketOf: Map<number, number>[] = Array.from({ length: SHARDS }, () => new Map());
  readonly #buckets = new Map<number, number[]>();

  /**
   * Was this event read before? Either way it is remembered anew.
   *
   * @param newest  the running maximum of log time, ms
   */
  isRepeat(source: string, id: string, newest: number): boolean {
    const pair = hash53(JSON.stringify([source, id]));
    const shard = this.#shardOf(pair);
    const bucket = bucketAt(newest);
    const known = shard.get(pair);
    if (known === bucket) return true;
    this.#put(pair, bucket);
    return known !== undefined && known >= oldestAt(newest);
  }

  /** Lets go what is older. What a late call still holds makes no difference: `isRepeat` looks at the age itself. */
  forget(newest: number): void {
    for (const [bucket, pairs] of this.#buckets) {
      if (bucket >= oldestAt(newest)) continue;
      this.#buckets.delete(bucket);
      for (const pair of pairs) {
        const shard = this.#shardOf(pair);
        if (shard.get(pair) === bucket) shard.delete(pair);
      }
    }
  }

  /** The bucket that still grows, and the names of those that do not. */
  save(newest: number): { open: SavedPairs | null; sealed: number[] } {
    const bucket = bucketAt(newest);
    return { open: this.bucket(bucket), sealed: [...this.#buckets.keys()].filter((other) => other !== bucket) };
  }

  bucket(bucket: number): SavedPairs | null {
    const pairs = this.#buckets.get(bucket);
    return pairs ? { bucket, hashes: pairs.map((pair) => pair.toString(36)).join(' ') } : null;
  }

  /** @param saved  all buckets that `save` named, in any order */
  static restore(saved: readonly SavedPairs[]): ForeignIds {
    const restored = new ForeignIds();
    for (const { bucket, hashes } of [...saved].sort((a, b) => a.bucket - b.bucket)) {
      for (const hash of hashes.split(' ')) restored.#put(Number.parseInt(hash, 36), bucket);
    }
    return restored;
  }

  #put(pair: number, bucket: number): void {
    this.#shardOf(pair).set(pair, bucket);
    const pairs = this.#buckets.get(bucket);
    if (pairs) pairs.push(pair);
    else this.#buckets.set(bucket, [pair]);
  }

  #shardOf(pair: number): Map<number, number> {
    return this.#bucketOf[pair % SHARDS] as Map<number, number>;
  }
}

const bucketAt = (newest: number): number => Math.floor(newest / BUCKET_MS);

/** The oldest bucket whose youngest pair is not yet `PAIR_REMEMBERED_MS` old. */
const oldestAt = (newest: number): number => bucketAt(newest - PAIR_REMEMBERED_MS);
