/** Whether the newest hours lie on another level than the same hours of every earlier week: surely, far enough, and for a while. */
import type { Against } from './against.ts';
import { type ShiftNoise, strayOf, WINDOWS } from './noise.ts';

/** How sure: about one in many years by chance alone; what business does by itself is in the noise. */
const SIGMAS = 4;
/** How far: smaller shifts are drawn and not told. */
const DOWN_LEAST = Math.log(0.85);
const UP_LEAST = Math.log(1.2);
/** Beside other days of the week: a Sunday is a third below a Friday by itself. */
const DAY_LEAST = Math.log(2);
/** Half of a shift is told from all of it at half of this. */
const BACK_SIGMAS = 6;
const LONGEST = 96;
/** One week alone is believed from eight hours. */
const WEEK_CELLS_MIN = 32;
/** Fewer events in a window, seen or expected, say nothing. */
const EVENTS_LEAST = 30;
/** For how long: an hour, in quarter hours. */
export const LASTS_LEAST = 4;

/** What now is compared with: the mean of the earlier weeks, and each of them. */
export interface Beside {
  readonly mean: Against;
  readonly weeks: readonly Against[];
}

export interface Shift {
  /** Of the rate now over the rate expected; below 0 is down. */
  readonly log: number;
  readonly sigmas: number;
  /** Quarter hours it has lasted, as far as they are looked at. */
  readonly lasts: number;
}

export interface Limits {
  /** Log of a shift that is usual by now: only what goes beyond it counts. */
  readonly habit: number;
  /** Quarter hours that may be looked at. */
  readonly reach: number;
}

export function shiftOf(beside: Beside, noise: ShiftNoise, { habit, reach }: Limits): Shift | null {
  const { mean } = beside;
  for (let window = 0; window < WINDOWS.length; window++) {
    const cells = WINDOWS[window] as number;
    if (cells > reach || !mean.knows(cells) || Math.max(mean.held(cells).events, mean.held(cells).expected) < EVENTS_LEAST) continue;
    const sure = beyond(mean.log(cells), habit);
    const sigmas = Math.abs(strayOf(sure)) / noise.sigma(window, mean.held(cells));
    if (sigmas < SIGMAS * noise.care(window, mean.held(cells))) continue;
    const lasts = mean.begin(sure, reach);
    const log = beyond(mean.log(lasts), habit);
    if (lasts >= LASTS_LEAST && isFar(log, mean) && isBesideEach(beside, lasts, log, habit) && holds(mean, lasts, log, habit)) {
      return { log, sigmas, lasts };
    }
  }
  return null;
}

/** What is left of a log beyond a habit of the same direction. */
function beyond(log: number, habit: number): number {
  if (log * habit <= 0) return log;
  return Math.sign(log) * Math.max(0, Math.abs(log) - Math.abs(habit));
}

function isFar(log: number, { ago }: Against): boolean {
  return ago === 0 ? Math.abs(log) >= DAY_LEAST : log <= DOWN_LEAST || log >= UP_LEAST;
}

/** Half of it beside each earlier week, so that the week after a holiday is no surprise. */
function isBesideEach({ weeks }: Beside, lasts: number, log: number, habit: number): boolean {
  return weeks.every((week) => !week.knows(lasts) || beyond(week.log(lasts), habit) * Math.sign(log) >= Math.abs(log) / 2);
}

/** The first and the second half of it alike, so that what passes within minutes is no level. */
function holds(mean: Against, lasts: number, log: number, habit: number): boolean {
  const half = Math.floor(lasts / 2);
  return [mean.log(half), mean.log(lasts, half)].every((part) => beyond(part, habit) * Math.sign(log) >= Math.abs(log) / 2);
}

/** Whether the newest hours have less than half of a shift left: of as many hours as tell the half from the whole. */
export function backSince({ mean, weeks }: Beside, noise: ShiftNoise, log: number, lasted: number): number | null {
  const window = WINDOWS.findIndex(
    (cells, i) => mean.knows(cells) && noise.sigma(i, mean.held(cells)) <= Math.abs(strayOf(log)) / BACK_SIGMAS,
  );
  const cells = Math.min(lasted, WINDOWS[window] ?? LONGEST);
  if (isBack(mean, cells, log)) return cells;
  // The newest week may have been on this level, too: then it is usual.
  const long = Math.min(lasted, Math.max(cells, WEEK_CELLS_MIN));
  return weeks.some((week) => week.ago === 1 && isBack(week, long, log)) ? long : null;
}

function isBack(against: Against, cells: number, log: number): boolean {
  return against.knows(cells) && against.log(cells) * Math.sign(log) < Math.abs(log) / 2;
}
