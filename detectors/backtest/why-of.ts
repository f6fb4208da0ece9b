/** Why a page came that nobody expected, or why one that was expected did not: asked of the detector, second by second. */
import { rateOf } from './day-curve.ts';
import type { Difference } from './expected-pages.ts';
import { type Explained, explain } from './explain.ts';
import { madeRows } from './made-series.ts';
import { closenessOf } from './questions.ts';
import type { RuleTest } from './rule-test.ts';
import { verdict } from './verdict.ts';
import type { WarmStarts } from './warm-start.ts';

/** Seconds of a stretch that are asked, its first ones: explaining takes some fifty times as long as deciding. */
export const EXPLAINED_SECONDS_MAX = 300;

/** What it says of one second (since the epoch). */
export interface Told {
  readonly at: number;
  readonly sentence: string;
}

/** Plays the series once more up to where it matters. Null where the page itself says it all, or where there is no data. */
export function whyOf(difference: Difference, test: RuleTest, seed: number, starts: WarmStarts): Told | null {
  const span = spanOf(difference, test);
  if (!span) return null;
  const { watched, start, usual, offsetSeconds, noise } = test;
  const detector = starts.detector(test);
  const rate = usual && rateOf(usual, offsetSeconds);
  let best: { told: Explained; closeness: number } | null = null;
  for (const { seconds, counts, length } of madeRows({ series: test.seriesOf(seed), start, usual: rate, noise, seed })) {
    for (let i = 0; i < length; i++) {
      const second = seconds[i] as number;
      if (second >= span.to) return best && said(best.told);
      const count = { second, n: counts[i] as number, share: 1, expected: watched.expected?.(second) ?? false };
      const closed = watched.closed?.(second) ?? false;
      if (second < span.from) {
        detector.next(count, closed);
        continue;
      }
      const told = explain(detector, count, closed);
      const closeness = closenessTo(told);
      if (!best || closeness >= best.closeness) best = { told, closeness };
    }
  }
  return best && said(best.told);
}

/** The seconds that are asked: the one that paged, or those in which a page could have come. */
function spanOf(difference: Difference, { start }: RuleTest): { readonly from: number; readonly to: number } | null {
  if (difference.is === 'unexpected' || difference.is === 'early') return { from: difference.page.at, to: difference.page.at + 1 };
  if (difference.is === 'drop' || difference.is === 'not resolved') return null;
  const { after, within } = difference.expected;
  return { from: start + after, to: start + after + Math.min(within, EXPLAINED_SECONDS_MAX) };
}

/** The question that came nearest to a page; of those alike the steepest. */
function closenessTo({ pages, questions }: Explained): number {
  if (pages) return Number.POSITIVE_INFINITY;
  const closest = questions.at(-1);
  if (!closest) return -1;
  const steep = Math.min(1, Math.abs(closest.sure.steepness / closest.sure.threshold));
  return closenessOf(closest) + steep / 10;
}

const said = (told: Explained): Told => ({ at: told.second, sentence: verdict(told).sentence });
