/** What is known of a series before it was watched here: the minutes of many days, and the newest seconds, in columns. */

/** A normal of a time of day needs two weeks and their neighbours beyond midnight. */
export const PAST_MINUTES = 15 * 1440;
/**
 * Measured at 100/s: after 8 h the noise of windows up to 32 s is known to 5 %, and that of 128 s still believed to be 1.8 times what it
 * is; after 24 h that of 128 s is known, too. Learning them takes 0.1 s, in slices.
 */
export const PAST_SECONDS = 86_400;

/** Seconds since the epoch in order, the events of each (the sum, of a metric with a value) and the share they were counted from. */
export interface PastSeconds {
  readonly seconds: readonly number[];
  readonly counts: readonly number[];
  /** Above 0 to 1. */
  readonly shares: readonly number[];
}

/** Minutes since the epoch in order, and the events/s of each. */
export interface PastMinutes {
  readonly minutes: readonly number[];
  readonly rates: readonly number[];
}

export interface Past {
  /** All before the first of the seconds. */
  readonly minutes: PastMinutes;
  readonly seconds: PastSeconds;
  /**
   * Whether the last seconds were counted from the events that are counted now. Where they were not (imported from elsewhere) they teach
   * what is normal, but the step from them to what is counted now is no fall.
   */
  readonly isOurs: boolean;
}
