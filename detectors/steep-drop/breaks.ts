/** Where the seconds before do not simply go on: gaps of data, planned closings and planned events. */

/** Gaps up to this are cut out; after longer ones the windows begin anew. */
export const GAP_SECONDS_MAX = 300;
/** A gap so soon (s with data) after another hides a fall together with it. */
const TOGETHER_SECONDS = 30;

/** A planned event may end so long before its window does; by the calendar it goes on. In these seconds the day normal guards again. */
export const EARLY_END_SECONDS = 300;

/** Positions, as in Seconds; null where there was none. */
export interface SavedBreaks {
  readonly backAt: number | null;
  readonly hidden: number | null;
  readonly longBackAt: number | null;
  readonly closedUntil: number | null;
  /** Left out by earlier versions. */
  readonly expectedUntil?: number | null;
}

export class Breaks {
  /** At which data came back after the newest gap. */
  backAt: number | null = null;
  /** Seconds of no data just before it, 300 at most: so long may a fall have taken unseen. */
  hidden = 0;
  /** At which data came back after the newest gap that was not cut out. */
  longBackAt: number | null = null;
  /** After the newest second of a planned closing. */
  closedUntil: number | null = null;
  /** After the newest second of a planned event. */
  expectedUntil: number | null = null;

  /** @returns whether what lies before is to be left alone */
  gap(seconds: number, position: number): boolean {
    const together = this.backAt !== null && position - this.backAt < TOGETHER_SECONDS ? this.hidden : 0;
    this.hidden = Math.min(GAP_SECONDS_MAX, together + seconds);
    this.backAt = position;
    if (seconds <= GAP_SECONDS_MAX) return false;
    this.longBackAt = position;
    return true;
  }

  /** @param position  after the newest second */
  planned(position: number, closed: boolean, expected: boolean): void {
    if (closed) this.closedUntil = position;
    if (expected) this.expectedUntil = position;
  }

  /** Whether the newest second lies in a planned event. */
  isExpected(position: number): boolean {
    return this.expectedUntil === position;
  }

  /** The time of day that what is down may come back to: the usual rate of a planned event, while it goes on, is far above it. */
  recoveryDay(day: number | null, position: number): number | null {
    return this.expectedUntil !== null && position - this.expectedUntil <= EARLY_END_SECONDS ? null : day;
  }

  save(start: number): SavedBreaks {
    const from = (position: number | null): number | null => (position === null ? null : position - start);
    const planned = { closedUntil: from(this.closedUntil), expectedUntil: from(this.expectedUntil) };
    return { backAt: from(this.backAt), hidden: this.hidden, longBackAt: from(this.longBackAt), ...planned };
  }

  restore(saved: Partial<SavedBreaks>): void {
    this.backAt = saved.backAt ?? null;
    this.hidden = saved.hidden ?? 0;
    this.longBackAt = saved.longBackAt ?? null;
    this.closedUntil = saved.closedUntil ?? null;
    this.expectedUntil = saved.expectedUntil ?? null;
  }
}
