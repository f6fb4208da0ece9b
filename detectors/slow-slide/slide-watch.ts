/** The slow slides of one series that is watched: its detector as it was saved, or anew, and the better of two that know its past. */
import { hash53 } from '../counting/hash.ts';
import { type SavedSlowSlide, type SlowSlide, type SlowSlideOptions, slowSlide } from './slow-slide.ts';

/** Quarter hours that are over are judged within so many seconds, each series in one of its own. */
const SPREAD_SECONDS = 300;

export function slideOptionsOf(series: string, aheadOfUtc: SlowSlideOptions['aheadOfUtc']): SlowSlideOptions {
  return { laterSeconds: hash53(series) % SPREAD_SECONDS, ...(aheadOfUtc && { aheadOfUtc }) };
}

/** @param failed  is told where what was saved cannot be read: it is learned anew */
export function restoredSlide(options: SlowSlideOptions, saved: unknown, failed: (error: unknown) => void): SlowSlide {
  try {
    return slowSlide(options, saved as SavedSlowSlide | undefined);
  } catch (error) {
    failed(error);
    return slowSlide(options);
  }
}

/** The one that knows more of the weeks: a state of three weeks is not given up for a past of two. */
export function betterSlide(own: SlowSlide, given: SlowSlide, options: SlowSlideOptions): SlowSlide {
  if (given.knownQuarters <= own.knownQuarters) return own;
  given.tune(options);
  return given;
}
