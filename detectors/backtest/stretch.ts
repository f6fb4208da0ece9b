/** A stretch of a metric's history as a detector is shown it, and who plays it. */
import type { Rows } from './csv.ts';

/** Seconds in order, in columns of one length each. */
export interface Stretch {
  readonly seconds: Float64Array;
  /** Events of each second, or the sum of their values. */
  readonly counts: Float64Array;
  /** What was readable of each, above 0 to 1. */
  readonly shares: Float64Array;
  /** The second from which on another counted: what follows is not compared with what was before. Null where there is none. */
  readonly anewAt: number | null;
}

interface Player {
  /** @returns true where nothing that follows is needed */
  take(rows: Rows): unknown;
  beginAnew(): void;
}

/** @returns whether the player needs nothing that follows */
export function show({ seconds, counts, shares, anewAt }: Stretch, player: Player): boolean {
  const rows = (from: number, to: number): Rows => ({
    seconds: seconds.subarray(from, to),
    counts: counts.subarray(from, to),
    shares: shares.subarray(from, to),
    lines: NO_LINES,
    length: to - from,
  });
  const at = anewAt === null ? -1 : seconds.indexOf(anewAt);
  if (at < 0) return player.take(rows(0, seconds.length)) === true;
  if (at > 0 && player.take(rows(0, at)) === true) return true;
  player.beginAnew();
  return player.take(rows(at, seconds.length)) === true;
}

/** They come from no file. */
const NO_LINES = new Float64Array(0);
