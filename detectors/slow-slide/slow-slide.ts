/** The door of the slow-slide detector: a level that shifts within hours and stays, beside the same hours of earlier weeks. Never pages. */
import type { SlideFacts } from '../../platform/topics/signals.ts';
import { type Count, countProblem, type Minute } from '../steep-drop/finding.ts';
import { Against, type Ago, REACH } from './against.ts';
import { type SavedNoise, ShiftNoise, WINDOWS } from './noise.ts';
import { type Beside, backSince, LASTS_LEAST, type Shift, shiftOf } from './shift.ts';
import { CELL_SECONDS, DAY_CELLS, WEEK_CELLS, WEEKS_KEPT, Weeks } from './weeks.ts';

/** A quarter hour of which less was counted is not known. */
const COUNTED_SECONDS_MIN = 450;
/** Who follows a metric is told of an end for so long. */
const OVER_CELLS = 4;
/** What lasts for so long is the usual now: the week before this one is on that level, too. */
const LASTS_MOST = 8 * DAY_CELLS;
/** That it is the usual is in every earlier week after so long; a metric that goes on growing is not told again before, either. */
const HABIT_CELLS = 3 * WEEK_CELLS;
/** After so long without data nobody knows what became of a shift. */
const UNKNOWN_SECONDS = 86_400;
/** Growth from week to week is followed over days, up to a tenth either way; single hours move it little. */
const GROWTH_CELLS = 3.5 * DAY_CELLS;
/** It begins at none, as if that had been seen for half a day. */
const GROWTH_PRIOR_CELLS = 48;
const GROWTH_MOST = Math.log(1.1);
const GROWTH_CLIP = Math.log(1.25);

/** Everything it has learned, as plain JSON. */
export interface SavedSlowSlide {
  readonly version: 1;
  readonly weeks: string;
  readonly noise: SavedNoise;
  readonly at: readonly [second: number, cell: number, events: number, exposure: number];
  /** The quarter hour that is over and not judged yet. */
  readonly ended?: readonly [cell: number, events: number, exposure: number];
  readonly last: number;
  readonly growth: readonly [events: number, expected: number];
  /** Quarter hours before this one are looked at no more: a shift ended there. */
  readonly clear: number;
  readonly habit?: readonly [log: number, until: number];
  readonly told?: SlideFacts;
  /** Log of the shift as it was found. */
  readonly log?: number;
  /** The quarter hour in which it was found to be over. */
  readonly overAt?: number;
}

export interface SlowSlideOptions {
  /** Work on a quarter hour that is over begins so much later, so that not all metrics work in one second. Below 600. */
  readonly laterSeconds?: number;
  /** Seconds that the clock on the wall is ahead of UTC at a second (since the epoch): its days are those that repeat. */
  readonly aheadOfUtc?: (second: number) => number;
}

export interface SlowSlide {
  /**
   * @param aside  a second that is told otherwise: in a planned closing, or while the metric has steeply dropped
   * @returns      the shift that lasts or ended within the last hour; the same object until it changes; null = there is none
   * @throws       RangeError where a count means nothing: nothing is taken from it
   */
  next(count: Count, aside?: boolean): SlideFacts | null;
  /** The same of a stored minute, which is known as a whole; before the first `next`. */
  remember(minute: Minute, aside?: boolean): SlideFacts | null;
  /** Quarter hours of the last weeks that it knows. */
  readonly knownQuarters: number;
  tune(options: SlowSlideOptions): void;
  save(): SavedSlowSlide;
}

/** @throws Error where what was saved is of another version: it is learned anew */
export function slowSlide(options: SlowSlideOptions = {}, saved?: SavedSlowSlide): SlowSlide {
  return new Detector(options, saved);
}

/** Worked with one after the other, never across two calls. */
const SHARED = [new Against(), new Against(), new Against()];
const MEAN = new Against();
const NEVER = Number.POSITIVE_INFINITY;

class Detector implements SlowSlide {
  #laterSeconds = 0;
  #aheadOfUtc: (second: number) => number = () => 0;
  readonly #weeks: Weeks;
  readonly #noise: ShiftNoise;
  #second = -1;
  #cell = -1;
  #events = 0;
  #exposure = 0;
  #ended: readonly [cell: number, events: number, exposure: number] | null = null;
  #workAt = NEVER;
  #growth: { events: number; expected: number } = { events: 0, expected: 0 };
  #habit: { log: number; until: number } = { log: 0, until: 0 };
  #clear = 0;
  #told: SlideFacts | null = null;
  #log = 0;
  #overAt = 0;

  constructor(options: SlowSlideOptions, saved?: SavedSlowSlide) {
    if (saved && saved.version !== 1) throw new Error(`a slide of version ${String(saved.version)} was saved; this program reads 1`);
    this.tune(options);
    this.#weeks = saved ? Weeks.restore(saved.weeks, saved.last) : new Weeks();
    this.#noise = new ShiftNoise(saved?.noise);
    if (saved) this.#restore(saved);
  }

  get knownQuarters(): number {
    return this.#weeks.known;
  }

  tune({ laterSeconds = 0, aheadOfUtc = () => 0 }: SlowSlideOptions): void {
    this.#laterSeconds = laterSeconds;
    this.#aheadOfUtc = aheadOfUtc;
  }

  next({ second, n, share }: Count, aside = false): SlideFacts | null {
    const problem = countProblem(second, n, share, this.#second < 0 ? null : this.#second);
    if (problem) throw new RangeError(`second ${second} cannot be judged: ${problem}`);
    this.#second = second;
    // What was remembered as minutes is known.
    if (second < this.#cell * CELL_SECONDS) return this.#told;
    this.#turnTo(Math.floor(second / CELL_SECONDS));
    if (!aside) {
      this.#events += n;
      this.#exposure += share;
    }
    if (second >= this.#workAt) this.#judgeEnded();
    return this.#told;
  }

  remember({ minute, rate }: Minute, aside = false): SlideFacts | null {
    this.#turnTo(Math.floor((minute * 60) / CELL_SECONDS));
    if (!aside) {
      this.#events += rate * 60;
      this.#exposure += 60;
    }
    if (minute * 60 + 59 >= this.#workAt) this.#judgeEnded();
    return this.#told;
  }

  #turnTo(cell: number): void {
    if (cell === this.#cell) return;
    if (this.#ended) this.#judgeEnded();
    if (this.#cell >= 0) {
      this.#ended = [this.#cell, this.#events, this.#exposure];
      this.#workAt = (this.#cell + 1) * CELL_SECONDS + this.#laterSeconds;
    }
    this.#cell = cell;
    this.#events = 0;
    this.#exposure = 0;
  }

  #judgeEnded(): void {
    const [cell, events, exposure] = this.#ended as readonly [number, number, number];
    this.#ended = null;
    this.#workAt = NEVER;
    const isKnown = exposure >= COUNTED_SECONDS_MIN;
    this.#weeks.set(cell, isKnown ? events / exposure : null);
    const told = this.#told;
    const unknown = (cell + 1) * CELL_SECONDS - (told?.until ?? 0);
    if (told?.over !== undefined && cell > this.#overAt + OVER_CELLS) this.#told = null;
    else if (told && told.over === undefined && unknown > UNKNOWN_SECONDS) this.#end('no data', told, cell, cell);
    if (isKnown) this.#judge(cell);
  }

  #judge(cell: number): void {
    const beside = this.#beside(cell);
    if (!beside) return;
    const lasting = this.#told?.over === undefined ? this.#told : null;
    if (lasting) {
      this.#follow(lasting, beside, cell);
      return;
    }
    const habit = cell < this.#habit.until ? this.#habit.log : 0;
    const shift = shiftOf(beside, this.#noise, { habit, reach: this.#reach });
    if (shift) this.#found(shift, beside.mean, cell);
    else this.#learn(beside);
  }

  /** The same hours of each earlier week of which enough is known; of earlier days while there is none. */
  #beside(cell: number): Beside | null {
    const second = cell * CELL_SECONDS;
    const growth = this.#growthLog();
    const weeks: Against[] = [];
    const take = (ago: Ago, moved: number): void => {
      const against = SHARED[weeks.length] as Against;
      against.fill(this.#weeks, ago, growth, moved);
      if (against.knows(LASTS_LEAST)) weeks.push(against);
    };
    for (let ago = 1; ago <= WEEKS_KEPT; ago++) {
      const then = second - ago * WEEK_CELLS * CELL_SECONDS;
      take(ago as Ago, Math.round((this.#aheadOfUtc(second) - this.#aheadOfUtc(then)) / CELL_SECONDS));
    }
    if (weeks.length === 0) take(0, 0);
    MEAN.pool(weeks);
    return weeks.length === 0 ? null : { mean: MEAN, weeks };
  }

  #found({ log, sigmas, lasts }: Shift, mean: Against, cell: number): void {
    const from = cell + 1 - lasts;
    const until = (cell + 1) * CELL_SECONDS;
    this.#log = mean.log(lasts);
    this.#told = {
      is: log < 0 ? 'slide' : 'surprise',
      from: from * CELL_SECONDS,
      at: until,
      until,
      ...mean.rates(lasts),
      sigmas: Number(sigmas.toPrecision(4)),
      beside: mean.ago === 0 ? 'days' : 'weeks',
    };
  }

  /** Whether what was found still lasts, and how far it goes by now. */
  #follow(told: SlideFacts, beside: Beside, cell: number): void {
    const { mean } = beside;
    const lasted = cell + 1 - told.from / CELL_SECONDS;
    const back = backSince(beside, this.#noise, this.#log, lasted);
    if (back !== null && lasted < WEEK_CELLS)
      this.#end('back', { ...told, until: Math.max(told.at, (cell + 1 - back) * CELL_SECONDS) }, cell, cell + 1 - back);
    else if (back !== null || lasted >= LASTS_MOST) {
      this.#habit = { log: mean.log(DAY_CELLS), until: cell + HABIT_CELLS };
      this.#end('usual now', told, cell, cell + 1);
    } else this.#told = { ...told, until: (cell + 1) * CELL_SECONDS, ...mean.rates(Math.min(DAY_CELLS, lasted)) };
  }

  #end(over: SlideFacts['over'] & string, told: SlideFacts, cell: number, clear: number): void {
    this.#told = { ...told, over };
    this.#overAt = cell;
    this.#clear = clear;
  }

  /** What a metric does while it is as usual: how far it strays, and how much more it is than a week before. */
  #learn({ mean, weeks: [week] }: Beside): void {
    if (!week || week.ago === 0) return;
    for (const [window, cells] of WINDOWS.entries()) {
      if (cells > this.#reach || !mean.knows(cells)) continue;
      this.#noise.learn(window, mean.log(cells), mean.held(cells));
    }
    if (week.ago === 1 && week.known[1] === 1) this.#followGrowth(week);
  }

  #followGrowth(week: Against): void {
    const growth = this.#growthLog();
    const expected = (week.expected[1] as number) / Math.exp(growth);
    const most = (week.expected[1] as number) * Math.exp(GROWTH_CLIP);
    const events = Math.max(most * Math.exp(-2 * GROWTH_CLIP), Math.min(most, week.events[1] as number));
    const begun = expected * GROWTH_PRIOR_CELLS;
    const known = this.#growth.expected === 0 ? { events: begun, expected: begun } : this.#growth;
    const kept = 1 - 1 / GROWTH_CELLS;
    this.#growth = { events: kept * known.events + events, expected: kept * known.expected + expected };
  }

  #growthLog(): number {
    const { events, expected } = this.#growth;
    if (expected <= 0 || events <= 0) return 0;
    return Math.max(-GROWTH_MOST, Math.min(GROWTH_MOST, Math.log(events / expected)));
  }

  /** Quarter hours that may be looked at: none of before the last shift ended. */
  get #reach(): number {
    return Math.min(REACH, this.#weeks.last + 1 - this.#clear);
  }

  save(): SavedSlowSlide {
    return {
      version: 1,
      weeks: this.#weeks.save(),
      noise: this.#noise.save(),
      at: [this.#second, this.#cell, this.#events, this.#exposure],
      ...(this.#ended && { ended: this.#ended }),
      last: this.#weeks.last,
      growth: [this.#growth.events, this.#growth.expected],
      clear: this.#clear,
      ...(this.#habit.until > this.#weeks.last && { habit: [this.#habit.log, this.#habit.until] as const }),
      ...(this.#told && { told: this.#told, log: this.#log, overAt: this.#overAt }),
    };
  }

  #restore({ at, ended, growth, habit, told, log, overAt, clear }: SavedSlowSlide): void {
    [this.#second, this.#cell, this.#events, this.#exposure] = at;
    if (ended) {
      this.#ended = ended;
      this.#workAt = (ended[0] + 1) * CELL_SECONDS + this.#laterSeconds;
    }
    this.#growth = { events: growth[0], expected: growth[1] };
    this.#clear = clear;
    if (habit) this.#habit = { log: habit[0], until: habit[1] };
    this.#told = told ?? null;
    this.#log = log ?? 0;
    this.#overAt = overAt ?? 0;
  }
}
