/** Which of several processes reads a topic into the store: one works, the others stand by. Both at once would change nothing. */
import { type Clock, sleep } from '../units/clock.ts';
import type { Pace } from './pace.ts';
import { keyOf, othersAt, type Position, readPositions } from './positions.ts';
import type { StoreError } from './problem.ts';
import type { Spool } from './spool.ts';
import type { Store } from './store.ts';

export interface Turn {
  /** Topic that is read. */
  readonly reader: string;
  /** This process. */
  readonly writer: string;
  readonly store: Store;
  readonly spool: Spool;
  readonly clock: Clock;
  readonly pace: Pace;
  readonly signal: AbortSignal;
}

const LOOK_MS = 250;
const LOOK_MS_MAX = 2000;

/**
 * Waits until the store tells how far the topic was read and nobody else is at it.
 *
 * @returns where to go on; null where the wait was ended, or where there will be no store
 */
export async function waitForTurn({ reader, writer, store, spool, clock, pace, signal }: Turn): Promise<Position[] | null> {
  for (let waitMs = LOOK_MS; !signal.aborted; waitMs = Math.min(2 * waitMs, LOOK_MS_MAX)) {
    try {
      const others = store.isShared ? await othersAt(store, reader, writer, pace.freshMs) : [];
      if (others.length === 0) return farthest([...(await readPositions(store, reader)), ...spool.positions]);
    } catch (error) {
      if ((error as StoreError).kind === 'unsupported') return null;
      // What died while the store was away finds on its disk how far it had come.
      if (!spool.isEmpty) return farthest(spool.positions);
    }
    await sleep(clock, waitMs, signal);
  }
  return null;
}

/** Of two that are at it the one that stands first in the alphabet goes on. Where the store does not say, it is this one. */
export async function mustYield({ reader, writer, store, pace }: Turn): Promise<boolean> {
  if (!store.isShared) return false;
  const others = await othersAt(store, reader, writer, pace.freshMs).catch(() => []);
  return others.some((other) => other < writer);
}

/** Of each partition and part the one that is farthest on. */
function farthest(positions: readonly Position[]): Position[] {
  const found = new Map<string, Position>();
  for (const position of positions) {
    const known = found.get(keyOf(position));
    if (!known || position.offset >= known.offset) found.set(keyOf(position), position);
  }
  return [...found.values()];
}
