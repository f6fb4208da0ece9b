/** How near a second comes to a page: how steep it is among the windows of which nothing else speaks against one. */
import type { Evidence } from '../steep-drop/evidence.ts';
import { pagingPair } from '../steep-drop/judge.ts';
import { type Pair, Scan } from '../steep-drop/scan.ts';
import { WARM_SECONDS } from '../steep-drop/steep-drop.ts';

/**
 * Where the tail begins. What is less steep is seldom deep, so fewer of them are near than of the steeper ones, and their number says
 * nothing of how fast it falls: measured on Poisson traffic of 1/s, whose excursions are most frequent at 4.6 and exponential from here on.
 */
export const NEAR_SIGMAS = 4.75;

/**
 * The highest threshold at which this second would have paged, sigmas > 0; 0 where that is below 4.75. A sale that ends is steep and not
 * near: it is not deep.
 */
export function nearness({ circumstances, scannedFrom, scan: { zeros, steepest }, warmSeconds, closed, fall }: Evidence): number {
  if (fall || closed || warmSeconds < WARM_SECONDS || steepest > -NEAR_SIGMAS) return 0;
  const scan = new Scan();
  scan.zeros = Math.max(0, zeros - 1);
  scan.look(circumstances.seconds, circumstances.dispersion, scannedFrom, NEAR_SIGMAS);
  const steepestFirst = scan.sure.sort((a, b) => a.steepness - b.steepness);
  const paging = steepestFirst.find((pair) => pagesAtItsOwn(pair, circumstances));
  return paging ? -paging.steepness : 0;
}

function pagesAtItsOwn(pair: Pair, circumstances: Evidence['circumstances']): boolean {
  const limits = { ...circumstances.limits, sigmas: -pair.steepness };
  return pagingPair([pair], { ...circumstances, limits }) !== null;
}
