/** What a backtest of one file, or of one metric's history, gave; and what makes it worth less than it looks. */
import type { Missing, Replayed } from '../../detectors/backtest/replay.ts';
import type { PageWhen } from '../../detectors/steep-drop/page-when.ts';
import { WARM_SECONDS } from '../../detectors/steep-drop/steep-drop.ts';
import { showDuration } from '../../platform/units/duration.ts';
import { farApart } from './csv-flags.ts';

export interface Backtested extends Replayed {
  /** The file, or the metric. */
  readonly file: string;
  readonly pageWhen: PageWhen;
  /** How its missing seconds were read. */
  readonly missingAs: Missing;
  readonly notes: readonly string[];
}

/** Pages of one result that get a picture: nobody looks at more. */
export const PICTURES_MAX = 100;

/** @param drawn  pages that have a picture; null where none was asked for */
export function doubtsOf({ seconds, warmingSeconds, stepSeconds, pages, pagesNotListed }: Replayed, drawn: number | null): string[] {
  const doubts: string[] = [];
  if (stepSeconds !== null && stepSeconds > 1) doubts.push(farApart(stepSeconds));
  if (warmingSeconds === seconds) {
    const warm = showDuration(WARM_SECONDS * 1000);
    doubts.push(`nothing could have paged: a metric is new until it had ${warm} in which it would not have paged`);
  }
  const all = pages.length + pagesNotListed;
  if (drawn !== null && drawn < all) doubts.push(`only the first ${drawn} of ${all.toLocaleString('en-US')} pages have a picture`);
  return doubts;
}
