/** One worker process: runs chunks of rows as they are handed to it. */
import { JUDGEMENT } from './judgement.ts';

/** Row index, trials (or days) and seed of one chunk. */
export interface Chunk {
  readonly row: number;
  readonly size: number;
  readonly seed: number;
}

process.on('message', ({ row, size, seed }: Chunk) => {
  process.send?.({ row, seen: JUDGEMENT[row]?.run(size, seed) });
});
