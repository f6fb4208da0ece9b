/** A slow slide or an upward surprise in words: "Checkout slides: 31% below the usual Saturday since 09:40". */
import type { SlideFacts } from '../../platform/topics/signals.ts';
import { showClockMinute, showWeekday, showWeekdayHour } from '../../platform/units/clock-time.ts';
import { showShare } from '../../platform/units/share.ts';
import { capitalised } from '../incident/words.ts';

/** Within so many seconds the hour alone says which day is meant. */
const TODAY_SECONDS = 20 * 3600;

/** The share by which the rate is away from what is expected, 0 and more; 0 where nothing was expected. */
export function shareOf({ rate, expected }: Pick<SlideFacts, 'rate' | 'expected'>): number {
  return expected > 0 ? Number(Math.abs(rate / expected - 1).toFixed(4)) : 0;
}

export function slideHeadline(metric: string, slide: SlideFacts, timezone: string): string {
  const { is, from, until, beside, over } = slide;
  const verb = is === 'slide' ? (over === undefined ? 'slides' : 'slid') : over === undefined ? 'is high' : 'was high';
  const way = is === 'slide' ? 'below' : 'above';
  const long = until - from > TODAY_SECONDS;
  const usual = beside === 'days' ? 'the usual days' : long ? 'the usual' : `the usual ${showWeekday(from * 1000, timezone)}`;
  const when = (at: number): string => (long ? showWeekdayHour(at * 1000, timezone) : showClockMinute(at * 1000, timezone));
  const span = over === undefined ? `since ${when(from)}` : `from ${when(from)} to ${when(until)}`;
  return `${capitalised(metric)} ${verb}: ${showShare(shareOf(slide))} ${way} ${usual} ${span}`;
}
