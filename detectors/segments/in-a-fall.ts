/** What each segment had and should have had in the seconds of a fall. */
import { OTHER } from '../counting/segment-name.ts';
import type { Segment } from './carriers.ts';
import type { LastCounts } from './last-counts.ts';

export interface Counted {
  readonly segment: string;
  /** Events/s over the last hours. */
  readonly traffic: number;
  readonly counts: LastCounts;
}

/** What is usual is that of so many seconds just before; where fewer than the least are known, that of the last hours. */
const USUAL_SECONDS = 300;
const USUAL_SECONDS_MIN = 30;

/**
 * @param others  those that have no name in a page: they are one
 * @param from    the first second of the fall, since the epoch
 * @param to      the first one after those that are looked at
 */
export function segmentsIn(named: readonly Counted[], others: readonly Counted[], from: number, to: number): Segment[] {
  const rest: Segment = others
    .map((one) => lossOf(one, from, to))
    .reduce(
      (sum, one) => ({
        segment: OTHER,
        usual: sum.usual + one.usual,
        n: sum.n + one.n,
        learnedFrom: sum.learnedFrom + one.learnedFrom,
      }),
      { segment: OTHER, usual: 0, n: 0, learnedFrom: 0 },
    );
  const all = named.map((one) => lossOf(one, from, to));
  return rest.usual > 0 || rest.n > 0 ? [...all, rest] : all;
}

function lossOf({ segment, counts, traffic }: Counted, from: number, to: number): Segment {
  const { n, seconds } = counts.sum(from, to);
  const before = counts.sum(from - USUAL_SECONDS, from);
  const isEnough = before.seconds >= USUAL_SECONDS_MIN;
  const rate = isEnough ? before.n / before.seconds : traffic;
  return { segment, usual: rate * seconds, n, learnedFrom: isEnough ? before.n : traffic * USUAL_SECONDS };
}
