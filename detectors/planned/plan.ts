/** All that is planned for one metric under one key: whether anything of it holds in a second, and what comes next. */
import { EARLY_END_SECONDS } from '../steep-drop/breaks.ts';
import { DAY_SECONDS, type Planned, type PlannedWindow } from './window.ts';

/** Days whose windows are kept: those of now and, while a detector learns, of its past. */
const DAYS_KEPT_MAX = 32;
/** Nothing is looked for beyond. */
export const AHEAD_DAYS = 366;

export class Plan {
  readonly #parts: readonly Planned[];
  readonly #days = new Map<number, readonly PlannedWindow[]>();
  #dayStart = Number.NaN;
  #today: readonly PlannedWindow[] = [];
  /** Of the day that follows, as far as its parts were asked. */
  #coming: PlannedWindow[] = [];
  #asked = 0;

  constructor(parts: readonly Planned[]) {
    this.#parts = parts;
  }

  get isEmpty(): boolean {
    return this.#parts.length === 0;
  }

  /** Asked once a second of each metric: a day's windows are worked out once, each time one part of those of the day that follows. */
  holds(second: number): boolean {
    return this.at(second) !== null;
  }

  /** @returns the window that holds, of several the one that ends last */
  at(second: number): PlannedWindow | null {
    if (this.#parts.length === 0) return null;
    const dayStart = second - (second % DAY_SECONDS);
    if (dayStart !== this.#dayStart) {
      this.#dayStart = dayStart;
      this.#today = this.windowsOf(dayStart);
      this.#coming = [];
      this.#asked = 0;
    }
    if (this.#asked < this.#parts.length) this.#lookAhead(dayStart + DAY_SECONDS);
    let found: PlannedWindow | null = null;
    for (const window of this.#today) {
      if (window.from <= second && second < window.to && (!found || window.to > found.to)) found = window;
    }
    return found;
  }

  #lookAhead(tomorrow: number): void {
    this.#coming.push(...(this.#parts[this.#asked++] as Planned).on(tomorrow));
    if (this.#asked === this.#parts.length) this.#keep(tomorrow, this.#coming);
  }

  /** @returns the first that begins after a second, within the year; null where none does */
  next(second: number): PlannedWindow | null {
    const today = second - (second % DAY_SECONDS);
    for (let day = 0; day <= AHEAD_DAYS; day++) {
      const coming = this.windowsOf(today + day * DAY_SECONDS).filter(({ from }) => from > second);
      const [first] = coming.sort((a, b) => a.from - b.from);
      if (first) return first;
    }
    return null;
  }

  /** Those of now and of the days that come, in their order. @param most  so many of them */
  coming(second: number, { days, most }: { readonly days: number; readonly most: number }): PlannedWindow[] {
    const today = second - (second % DAY_SECONDS);
    const found = new Map<string, PlannedWindow>();
    for (let day = 0; day < days && found.size < most; day++) {
      for (const window of this.windowsOf(today + day * DAY_SECONDS)) {
        if (window.to > second) found.set(`${window.from} ${window.to} ${window.name}`, window);
      }
    }
    return [...found.values()].sort((a, b) => a.from - b.from).slice(0, most);
  }

  /** Those that reach into the day of UTC that begins in this second. */
  windowsOf(dayStart: number): readonly PlannedWindow[] {
    const known = this.#days.get(dayStart);
    if (known) return known;
    return this.#keep(
      dayStart,
      this.#parts.flatMap((part) => part.on(dayStart)),
    );
  }

  #keep(dayStart: number, windows: readonly PlannedWindow[]): readonly PlannedWindow[] {
    if (this.#days.size >= DAYS_KEPT_MAX) this.#days.clear();
    this.#days.set(dayStart, windows);
    return windows;
  }
}

export const NO_PLAN: Plan = new Plan([]);

/** Sales end early: in its last five minutes this time of day guards again, or each that is sold out would page. */
export function expectedBy(expect: Plan): (second: number) => boolean {
  if (expect.isEmpty) return () => false;
  return (second) => expect.holds(second) && expect.holds(second + EARLY_END_SECONDS);
}
