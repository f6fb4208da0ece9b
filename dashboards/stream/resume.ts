/** Where a viewer goes on: after the last second it has, as far as that can be believed and is not too long ago. */

/** What a viewer asks for. Epoch seconds; null where it said nothing, or nothing that can be read. */
export interface ViewerAsks {
  /** The last second it has: `Last-Event-ID`, or `since`. */
  readonly after: number | null;
  /** So many seconds it wants to begin with, where it has none. */
  readonly back: number | null;
  /** More seconds than these are of no use to it, however long it was away. */
  readonly most: number | null;
  /** It wants what there is by now and no more: something between keeps an answer back until it ends. */
  readonly once: boolean;
}

/** Ten minutes of seconds wait for those who come back. */
export const SECONDS_REPLAYED_MAX = 600;
/** Another node may have read so much further than this one; a second beyond that is not of this Plummet, or of a clock that was wrong. */
const AHEAD_SECONDS_MAX = 60;

/**
 * @param newest  the second that was decided last; null before the first
 * @returns the second after which the viewer is told everything that is remembered; null: only what comes from here on
 */
export function resumeAfter({ after, back, most }: Omit<ViewerAsks, 'once'>, newest: number | null): number | null {
  if (newest === null) return null;
  const has = after !== null && after <= newest + AHEAD_SECONDS_MAX ? after : back === null ? null : newest - back;
  return has === null ? null : Math.max(has, newest - Math.min(most ?? SECONDS_REPLAYED_MAX, SECONDS_REPLAYED_MAX));
}
