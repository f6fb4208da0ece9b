/** Deletes what a topic does not keep any more: whole segments by age, replaced keys by merging segments. */
import type { Clock, Timer } from '../../units/clock.ts';
import { diskError } from '../problem.ts';
import { compact, worthCompacting } from './compaction.ts';
import type { Partition } from './partition.ts';

const SWEEP_MS_MAX = 60_000;
const SWEEP_MS_MIN = 100;
/** A topic's records are spread over about this many segments, so that each lives at most an eighth longer than it must. */
const SEGMENTS_KEPT = 8;
const SEGMENT_MS_MAX = 6 * 3_600_000;

/** How long a segment may go on, ms, for a topic that keeps its records so long. */
export function segmentMsMax(keeps: number | 'forever' | 'compacted'): number {
  if (keeps === 'forever') return Number.POSITIVE_INFINITY;
  return keeps === 'compacted' ? SEGMENT_MS_MAX : Math.min(SEGMENT_MS_MAX, keeps / SEGMENTS_KEPT);
}

export interface Kept {
  readonly partition: Partition;
  readonly keeps: number | 'forever' | 'compacted';
}

/** Goes over all partitions every minute (more often where a topic keeps little), one at a time. */
export class Retention {
  readonly #clock: Clock;
  readonly #kept: readonly Kept[];
  readonly #everyMs: number;
  #timer: Timer | undefined;
  #sweeping: Promise<void> | undefined;
  #stopped = false;

  constructor(clock: Clock, kept: readonly Kept[]) {
    this.#clock = clock;
    this.#kept = kept;
    const ages = kept.map(({ keeps }) => (typeof keeps === 'number' ? keeps / SEGMENTS_KEPT : SWEEP_MS_MAX));
    this.#everyMs = Math.max(SWEEP_MS_MIN, Math.min(SWEEP_MS_MAX, ...ages));
    this.#wait(this.#everyMs);
  }

  /** Sweeps at once: a segment was closed, perhaps there is enough to merge. */
  soon(): void {
    this.#wait(0);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    await this.#sweeping;
  }

  #wait(delayMs: number): void {
    if (this.#stopped) return;
    this.#timer?.cancel();
    this.#timer = this.#clock.after(delayMs, () => {
      this.#sweeping ??= this.#sweep().finally(() => {
        this.#sweeping = undefined;
        this.#wait(this.#everyMs);
      });
    });
  }

  async #sweep(): Promise<void> {
    for (const { partition, keeps } of this.#kept) {
      if (this.#stopped) return;
      try {
        await partition.rollIfOld();
        if (typeof keeps === 'number') await dropOlder(partition, partition.options.now() - keeps);
        else if (keeps === 'compacted' && worthCompacting(partition)) await compact(partition);
      } catch (cause) {
        const { message } = diskError(cause, `delete old records of ${partition.options.name}`);
        partition.options.report({ kind: 'disk', message: `${message} It is tried again in a minute.` });
      }
    }
  }
}

/** Deletes the segments whose records are all older than `before`, ms since the epoch: those followed by one that began before it. */
async function dropOlder(partition: Partition, before: number): Promise<void> {
  const { segments } = partition;
  let old = 0;
  for (let next = segments[1]; next !== undefined && next.firstAppendedAt < before; next = segments[old + 1]) old++;
  if (old > 0) await partition.replace(segments.slice(0, old));
}
