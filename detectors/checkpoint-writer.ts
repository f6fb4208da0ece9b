/** Writes topic checkpoints, each only after the counts of all earlier blocks (and the dead letters found in them) are acknowledged. */

import type { LogRecord } from '../platform/eventlog/eventlog.ts';
import { CHECKPOINTS_KEPT, type Checkpoint, checkpointRecord, pairsRecord } from '../platform/topics/checkpoints.ts';
import type { Clock } from '../platform/units/clock.ts';
import type { AppendLane } from './append-lane.ts';
import { blockOf, type PartitionFold } from './counting/partition.ts';

/** A large checkpoint is written less often, so that a partition's checkpoints take no more than this of the event log. */
const CHARACTERS_PER_MS_MAX = 100;

interface Plan {
  /** Monotonic ms from which the next one is due. */
  dueMs: number;
  /** Block of the newest one. */
  block: number | undefined;
  /** Buckets of pairs up to this are written. */
  bucket: number;
  /** Once the lane has so many acknowledged, nothing of this partition waits there. */
  pushed: number;
}

/** A checkpoint, and how much must be acknowledged before it may be written. */
interface Ready {
  readonly record: LogRecord;
  readonly counts: number;
  readonly letters: number;
}

export class CheckpointWriter {
  readonly lane: AppendLane;
  readonly #clock: Clock;
  readonly #writer: string;
  readonly #everyMs: number;
  readonly #plans = new Map<number, Plan>();
  /** By partition: the newest, as long as counts of earlier blocks are still to be published. */
  readonly #taken = new Map<number, LogRecord>();
  /** By partition: the newest whose earlier counts are on their way. */
  readonly #ready = new Map<number, Ready>();

  constructor(lane: AppendLane, clock: Clock, writer: string, everyMs: number) {
    this.lane = lane;
    this.#clock = clock;
    this.#writer = writer;
    this.#everyMs = everyMs;
  }

  /** @param from  what the partition's counting begins with */
  begin(partition: number, from: Checkpoint | undefined): void {
    this.#plans.set(partition, { dueMs: 0, block: from?.block, bucket: Math.max(-1, ...(from?.pairs.sealed ?? [])), pushed: 0 });
  }

  /** To be called before each record is taken: where a block begins and a checkpoint is due, it is the fold's state just now. */
  before(fold: PartitionFold, offset: number): void {
    const block = blockOf(offset);
    const plan = this.#plans.get(fold.partition);
    if (block <= fold.block || !plan || this.#clock.monotonic() < plan.dueMs) return;
    // An event log that takes none is not waited for with one more each second.
    if (this.lane.acknowledged < plan.pushed) return;
    // The key after the last one's, so that the newest few are all kept, however many blocks lie between two.
    if (plan.block !== undefined && block % CHECKPOINTS_KEPT !== (plan.block + 1) % CHECKPOINTS_KEPT) return;
    fold.enter(block);
    const checkpoint = fold.checkpoint();
    const record = checkpointRecord(checkpoint, this.#writer);
    for (const bucket of checkpoint.pairs.sealed) {
      const pairs = bucket > plan.bucket ? fold.sealedPairs(bucket) : null;
      if (pairs) this.#push(plan, pairsRecord(fold.partition, pairs));
    }
    this.#taken.set(fold.partition, record);
    plan.block = block;
    plan.bucket = Math.max(plan.bucket, ...checkpoint.pairs.sealed);
    plan.dueMs = this.#clock.monotonic() + Math.max(this.#everyMs, record.value.length / CHARACTERS_PER_MS_MAX);
  }

  /** All that was counted so far has been pushed. @param counts @param letters  records pushed since the start */
  collected(counts: number, letters: number): void {
    for (const [partition, record] of this.#taken) this.#ready.set(partition, { record, counts, letters });
    this.#taken.clear();
  }

  /** @param counts @param letters  records acknowledged since the start */
  settle(counts: number, letters: number): void {
    for (const [partition, ready] of this.#ready) {
      if (counts < ready.counts || letters < ready.letters) continue;
      this.#ready.delete(partition);
      this.#push(this.#plans.get(partition) as Plan, ready.record);
    }
  }

  #push(plan: Plan, record: LogRecord): void {
    this.lane.push([record]);
    plan.pushed = this.lane.pushed;
  }
}
