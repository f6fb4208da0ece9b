/** Planned windows of any kind: when they are, and what they are called. */

/** Seconds since the epoch. */
export interface PlannedWindow {
  readonly from: number;
  /** The first second after it. */
  readonly to: number;
  /** What the calendar or the YAML calls it. */
  readonly name: string;
}

export const DAY_SECONDS = 86_400;

/** Something that is planned, once or again and again. */
export interface Planned {
  /** Windows that reach into the day of UTC that begins in this second, in any order. */
  on(dayStart: number): PlannedWindow[];
}

/** Whether a window reaches into the day that begins in this second. */
export function reaches({ from, to }: Pick<PlannedWindow, 'from' | 'to'>, dayStart: number): boolean {
  return from < dayStart + DAY_SECONDS && to > dayStart && to > from;
}
