/** Adds up whole counts over hours in little memory: what changed since the last record goes on as a difference. */
import { type CountsRecord, isSegment } from '../../platform/topics/counts.ts';

/**
 * Blocks remembered for each partition. A counter that starts anew counts at most a few blocks again; what an older
 * block holds is final, and a record of it says nothing new.
 */
const BLOCKS_REMEMBERED_MAX = 16;

interface Block {
  readonly block: number;
  /** By series and second: the count, or the sum of its values, and the `to` it was whole at. */
  readonly counted: Map<string, { amount: number; to: number }>;
}

export class WholeCounts {
  readonly #isSum: (series: string) => boolean;
  readonly #add: (series: string, second: number, difference: number) => void;
  readonly #blocks = new Map<number, Block[]>();
  readonly #progress = new Map<number, number>();

  constructor(isSum: (series: string) => boolean, add: (series: string, second: number, difference: number) => void) {
    this.#isSum = isSum;
    this.#add = add;
  }

  take({ partition, block, to, progress, rows }: CountsRecord): void {
    this.#progress.set(partition, Math.max(progress, this.#progress.get(partition) ?? progress));
    const remembered = this.#remember(partition, block);
    if (!remembered) return;
    for (const [series, second, n, sum] of rows) {
      // Segments are asked of the store: of fifty of them nothing is drawn live.
      if (isSegment(series)) continue;
      const amount = this.#isSum(series) ? sum : n;
      const key = `${series} ${second}`;
      const known = remembered.counted.get(key);
      if (known && known.to >= to) continue;
      remembered.counted.set(key, { amount, to });
      const difference = amount - (known?.amount ?? 0);
      if (difference !== 0) this.#add(series, second, difference);
    }
  }

  /** Log time (ms) that every partition heard of has passed; null before the first record. */
  get progress(): number | null {
    return this.#progress.size === 0 ? null : Math.min(...this.#progress.values());
  }

  #remember(partition: number, block: number): Block | null {
    const blocks = this.#blocks.get(partition) ?? [];
    const known = blocks.find((one) => one.block === block);
    if (known) return known;
    if (blocks.length >= BLOCKS_REMEMBERED_MAX && block < Math.min(...blocks.map((one) => one.block))) return null;
    const fresh: Block = { block, counted: new Map() };
    blocks.push(fresh);
    blocks.sort((a, b) => a.block - b.block);
    if (blocks.length > BLOCKS_REMEMBERED_MAX) blocks.shift();
    this.#blocks.set(partition, blocks);
    return fresh;
  }
}
