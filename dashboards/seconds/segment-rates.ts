/** A segment's steps as the store knows them: nothing of a segment is remembered live, so its newest seconds come a moment later. */
import type { RatesAnswer } from '../live-frames.ts';
import type { ReadPast } from './joined.ts';
import { answerOf, noRates, type RatesRange } from './rates.ts';

/** Counts and closings come to the store by different ways: of the newest seconds nobody knows yet whether nothing came. */
const LATE_SECONDS = 10;

/**
 * Where the whole is known and nothing came of the segment, that is nothing and not unknown: from the first step on in which it was seen.
 *
 * @param ofSegment  reads the segment from the store, and `ofWhole` its metric
 */
export async function segmentRates(range: RatesRange, ofSegment: ReadPast, ofWhole: ReadPast): Promise<RatesAnswer> {
  const steps = noRates(range);
  const [own, whole] = await Promise.all([ofSegment(range), ofWhole(range)]);
  const unread = [own, whole].find((read) => 'unread' in read);
  if (unread && 'unread' in unread) return { ...answerOf(range, steps), incomplete: unread.unread };
  if ('unread' in own || 'unread' in whole) return answerOf(range, steps);
  const first = own.counts.findIndex((count) => count !== null);
  const newest = whole.counts.findLastIndex((count) => count !== null);
  const sure = newest - Math.ceil(LATE_SECONDS / range.stepSeconds);
  own.counts.forEach((count, i) => {
    const isNothing = count === null && first >= 0 && i > first && i <= sure && whole.counts[i] !== null;
    steps.counts[i] = isNothing ? 0 : count;
    // A step of several seconds in which something came knows only those seconds: in the others there may have been nothing.
    steps.min[i] = isNothing ? 0 : (own.min[i] ?? null);
    steps.max[i] = isNothing ? 0 : (own.max[i] ?? null);
  });
  return answerOf(range, steps);
}
