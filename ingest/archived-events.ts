/** Topic events as rows of the store: the fold that counts them says which are repeats and what their times are shifted by. */
import type { BatchHead } from '@plummet/sdk/batch';
import { blockOf, PartitionFold, type Witness } from '../detectors/counting/partition.ts';
import type { StoredRecord } from '../platform/eventlog/eventlog.ts';
import { batchRows, deadLettersTable, eventsTable, foreignRow, letterRow } from '../platform/store/events.ts';
import type { Taking } from '../platform/store/filling.ts';
import { COME_TO, type Position } from '../platform/store/positions.ts';
import type { OpenSlice } from '../platform/store/slice.ts';
import type { Telemetry } from '../platform/telemetry/catalogue.ts';
import { batchRefusal } from '../platform/topics/batch-check.ts';
import {
  type CheckpointsRecord,
  checkpointRecord,
  decodeCheckpoints,
  pairsRecord,
  type SavedPairs,
} from '../platform/topics/checkpoints.ts';
import { BLOCK_RECORDS } from '../platform/topics/counts.ts';
import { deadLetter } from '../platform/topics/dead-letters.ts';
import type { ForeignEvent } from '../platform/topics/events.ts';
import { readBatchEvents } from '../platform/topics/read-events.ts';
import { isRefusal, sayRefusal } from '../platform/topics/refusal.ts';
import type { Clock } from '../platform/units/clock.ts';

/** What counting knows where a block begins is kept so often, larger ones less often. */
const REMEMBER_MS = 3000;
const CHARACTERS_PER_MS_MAX = 100;
/** Names of the parts that hold pairs are used again: more of them than are ever remembered at once. */
const PAIR_PARTS = 256;

interface Plan {
  /** Monotonic ms from which the next memory is due. */
  dueMs: number;
  /** Buckets of pairs up to this are kept. */
  bucket: number;
}

export class ArchivedEvents implements Taking, Witness {
  readonly from = new Map<number, number>();
  readonly #topic: string;
  readonly #clock: Clock;
  readonly #telemetry: Telemetry;
  readonly #folds = new Map<number, PartitionFold>();
  readonly #plans = new Map<number, Plan>();
  #into: OpenSlice | undefined;

  constructor(positions: readonly Position[], { topic, clock, telemetry }: { topic: string; clock: Clock; telemetry: Telemetry }) {
    this.#topic = topic;
    this.#clock = clock;
    this.#telemetry = telemetry;
    for (const position of positions) if (position.part === '') this.#restore(position, positions);
  }

  take(record: StoredRecord, into: OpenSlice): void {
    const fold = this.#foldOf(record);
    this.#into = into;
    const block = blockOf(record.offset);
    if (block > fold.block) this.#enter(fold, block, into);
    try {
      fold.take(record);
    } catch (error) {
      this.#letter(record, 'unexpected', (error as Error).message);
    }
    // What it finds is told by the step that counts; kept here until the block ends, it would fill the memory with whole records.
    fold.takeFindings();
    into.position({ partition: record.partition, part: COME_TO, offset: record.offset + 1, memory: '' });
  }

  batch(record: StoredRecord, head: BatchHead, shiftMs: number): void {
    const { value, headers } = record;
    const events = readBatchEvents(value);
    if (isRefusal(events)) {
      this.#letter(record, events.code, sayRefusal(events));
      return;
    }
    this.#into?.add(eventsTable, batchRows(head, events, shiftMs, record), events.length);
    // The gateway has looked at what came by it.
    if (headers.received === undefined) this.#checkTally(record, head.producer);
  }

  foreign(record: StoredRecord, event: ForeignEvent, nth: number): void {
    this.#into?.add(eventsTable, foreignRow(event, nth, record), 1);
  }

  #checkTally(record: StoredRecord, producer: string): void {
    const wrong = batchRefusal(JSON.parse(record.value));
    if (wrong?.code !== 'lying-tally') return;
    this.#telemetry.lyingTally({ producer, detail: sayRefusal(wrong) });
    this.#letter(record, wrong.code, sayRefusal(wrong));
  }

  #letter({ partition, offset, appendedAt, value }: StoredRecord, reason: string, detail: string): void {
    const from = `${this.#topic}/${partition}@${offset}`;
    const letter = deadLetter({ reason, detail, from, at: appendedAt }, value);
    this.#into?.add(deadLettersTable, letterRow(letter, offset), 1);
  }

  #foldOf({ partition, offset }: StoredRecord): PartitionFold {
    const known = this.#folds.get(partition);
    return known ?? this.#begin(new PartitionFold(partition, [], offset), -1);
  }

  #begin(fold: PartitionFold, bucket: number): PartitionFold {
    fold.witness = this;
    this.#folds.set(fold.partition, fold);
    this.#plans.set(fold.partition, { dueMs: 0, bucket });
    return fold;
  }

  /** What the fold counts is told by the step that counts. */
  #enter(fold: PartitionFold, block: number, into: OpenSlice): void {
    const plan = this.#plans.get(fold.partition) as Plan;
    fold.enter(block);
    fold.takeCounts();
    if (this.#clock.monotonic() < plan.dueMs) return;
    const checkpoint = fold.checkpoint();
    const offset = block * BLOCK_RECORDS;
    const { partition } = fold;
    for (const bucket of checkpoint.pairs.sealed.filter((sealed) => sealed > plan.bucket)) {
      const pairs = fold.sealedPairs(bucket);
      if (pairs) into.position({ partition, part: `pairs/${bucket % PAIR_PARTS}`, offset, memory: pairsRecord(partition, pairs).value });
    }
    const memory = checkpointRecord(checkpoint, 'archive').value;
    into.position({ partition, part: '', offset, memory });
    plan.bucket = Math.max(plan.bucket, ...checkpoint.pairs.sealed);
    plan.dueMs = this.#clock.monotonic() + Math.max(REMEMBER_MS, memory.length / CHARACTERS_PER_MS_MAX);
  }

  #restore({ partition, offset, memory }: Position, positions: readonly Position[]): void {
    this.from.set(partition, offset);
    const read = this.#readable(partition, memory);
    if (!read || !('checkpoint' in read)) return;
    const { checkpoint } = read;
    const pairs = this.#pairsOf(partition, positions);
    const sealed = checkpoint.pairs.sealed.flatMap((bucket) => pairs.get(bucket) ?? []);
    if (sealed.length < checkpoint.pairs.sealed.length) this.#unreadable(partition, 'pairs of events of other clients are gone');
    this.#begin(new PartitionFold(partition, [], checkpoint, sealed), Math.max(-1, ...checkpoint.pairs.sealed));
  }

  #pairsOf(partition: number, positions: readonly Position[]): Map<number, SavedPairs> {
    const pairs = new Map<number, SavedPairs>();
    for (const position of positions) {
      if (position.partition !== partition || position.part === '' || position.part === COME_TO) continue;
      const read = this.#readable(partition, position.memory);
      if (read && 'pairs' in read) pairs.set(read.pairs.bucket, read.pairs);
    }
    return pairs;
  }

  #readable(partition: number, memory: string): CheckpointsRecord | null {
    const read = decodeCheckpoints({ value: memory });
    if (typeof read !== 'string') return read;
    this.#unreadable(partition, read);
    return null;
  }

  /** It is read on all the same; only what repeats something from before may be archived twice. */
  #unreadable(partition: number, reason: string): void {
    this.#telemetry.stateUnreadable({ what: `the archive's memory of partition ${partition}`, reason });
  }
}
