/** Where the seconds before do not simply go on: gaps of data and planned closings. */

/** Gaps up to this are cut out; after longer ones the windows begin anew. */
export const GAP_SECONDS_MAX = 300;
/** A gap so soon (s with data) after another hides a fall together with it. */
const TOGETHER_SECONDS = 30;

/** Positions, as in Seconds; null where there was none. */
export interface SavedBreaks {
  readonly backAt: number | null;
  readonly hidden: number | null;
  readonly longBackAt: number | null;
  readonly closedUntil: number | null;
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

  /** @returns whether what lies before is to be left alone */
  gap(seconds: number, position: number): boolean {
    const together = this.backAt !== null && position - this.backAt < TOGETHER_SECONDS ? this.hidden : 0;
    this.hidden = Math.min(GAP_SECONDS_MAX, together + seconds);
    this.backAt = position;
    if (seconds <= GAP_SECONDS_MAX) return false;
    this.longBackAt = position;
    return true;
  }

  save(start: number): SavedBreaks {
    const from = (position: number | null): number | null => (position === null ? null : position - start);
    return { backAt: from(this.backAt), hidden: this.hidden, longBackAt: from(this.longBackAt), closedUntil: from(this.closedUntil) };
  }

  restore(saved: Partial<SavedBreaks>): void {
    this.backAt = saved.backAt ?? null;
    this.hidden = saved.hidden ?? 0;
    this.longBackAt = saved.longBackAt ?? null;
    this.closedUntil = saved.closedUntil ?? null;
  }
}
