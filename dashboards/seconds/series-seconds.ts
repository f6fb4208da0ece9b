/** The last hours of one series, second by second: what was counted, and what the detector said. */
import type { Signal, SignalState } from '../../platform/topics/signals.ts';

/** Three hours: what the topic `counts` keeps. */
export const SECONDS_KEPT_MAX = 10_800;

const STATES: readonly SignalState[] = ['warming', 'normal', 'falling', 'dropped', 'recovering', 'blind', 'too slow'];

type Decided = Pick<Signal, 'state' | 'n' | 'usual' | 'derivative' | 'steepness' | 'share'>;

/** What is known of one second. */
export interface Moment {
  /** Events; null where nobody can know: blind, or never looked at. */
  readonly n: number | null;
  /** null before the second is decided. */
  readonly state: SignalState | null;
  readonly usual: number | null;
  readonly derivative: number | null;
  /** What the detector decided on. */
  readonly closed: number | null;
  readonly steepness: number | null;
}

/** What a detector was shown of one second: events, and the share of the usual traffic that they were counted from. */
export interface Shown {
  readonly n: number;
  readonly share: number;
}

/** A sum in 32 bits may be off by such a share without anything having come. */
const ROUNDING = 1e-5;

export const UNKNOWN: Moment = { n: null, state: null, usual: null, derivative: null, closed: null, steepness: null };

export function isKnown({ n, state }: Moment): boolean {
  return n !== null || state !== null;
}

/** 29 bytes a second (a count is exact below 2^24); a ring, so that a day of running takes no more than three hours. */
export class SeriesSeconds {
  readonly #second = new Uint32Array(SECONDS_KEPT_MAX);
  readonly #counted = new Float32Array(SECONDS_KEPT_MAX);
  readonly #told = new Float32Array(SECONDS_KEPT_MAX);
  readonly #usual = new Float32Array(SECONDS_KEPT_MAX);
  readonly #derivative = new Float32Array(SECONDS_KEPT_MAX);
  readonly #steepness = new Float32Array(SECONDS_KEPT_MAX);
  readonly #share = new Float32Array(SECONDS_KEPT_MAX);
  readonly #state = new Int8Array(SECONDS_KEPT_MAX).fill(-1);
  #newest = 0;

  /** Seconds of which anything can be known, the end left out. */
  get span(): { readonly from: number; readonly to: number } {
    return { from: this.#newest - SECONDS_KEPT_MAX + 1, to: this.#newest + 1 };
  }

  /** Counts may come late: they are added to a second that was decided long ago. */
  add(second: number, difference: number): void {
    const at = this.#place(second);
    if (at >= 0) this.#counted[at] = (this.#counted[at] as number) + difference;
  }

  /** The first word that is neither blind nor warming stands; a blind one gives way to a better. */
  decide(second: number, { state, n, usual, derivative, steepness, share = 1 }: Decided): boolean {
    const at = this.#place(second);
    if (at < 0) return false;
    const before = STATES[this.#state[at] as number];
    if (before !== undefined && before !== 'blind' && before !== 'warming') return false;
    if (before === state) return false;
    this.#state[at] = STATES.indexOf(state);
    this.#told[at] = n ?? Number.NaN;
    this.#usual[at] = usual ?? Number.NaN;
    this.#derivative[at] = derivative ?? Number.NaN;
    this.#steepness[at] = steepness ?? Number.NaN;
    this.#share[at] = share;
    return true;
  }

  /** What was counted in a second, provisional or final; 0 where nothing was. */
  counted(second: number): number {
    const at = this.#find(second);
    return at < 0 ? 0 : (this.#counted[at] as number);
  }

  /**
   * What came late is included. A blind second has a number only when its events came after all and every partition
   * has been read past it (`progress`, ms): no data is not zero.
   */
  at(second: number, progress: number | null): Moment {
    const at = this.#find(second);
    if (at < 0) return UNKNOWN;
    const state = STATES[this.#state[at] as number] ?? null;
    const counted = this.#counted[at] as number;
    const whole = progress !== null && progress >= (second + 1) * 1000;
    const late = whole && counted > 0 ? counted : null;
    const told = numberOrNull(this.#told[at] as number);
    const n = state === null || state === 'blind' ? late : counted > 0 ? counted : (told ?? late);
    const usual = numberOrNull(this.#usual[at] as number);
    const derivative = numberOrNull(this.#derivative[at] as number);
    return { n, state, usual, derivative, closed: told, steepness: numberOrNull(this.#steepness[at] as number) };
  }

  /** Null where the second was blind, or is not decided. */
  shown(second: number): Shown | null {
    const at = this.#find(second);
    const n = at < 0 || this.#state[at] === -1 ? Number.NaN : (this.#told[at] as number);
    return Number.isNaN(n) ? null : { n, share: this.#share[at] as number };
  }

  /**
   * What is known of a decided second: null where that is no more than was told when it was decided, `unknown` where
   * something came for a blind one and there may be more.
   */
  grown(second: number, progress: number | null): number | null | 'unknown' {
    const at = this.#find(second);
    if (at < 0 || this.#state[at] === -1) return null;
    const told = this.#told[at] as number;
    const { n } = this.at(second, progress);
    if (n === null) return (this.#counted[at] as number) > 0 ? 'unknown' : null;
    return Number.isNaN(told) || n > told + ROUNDING * Math.abs(told) ? n : null;
  }

  /** Whether `at` says anything of a second; costs a fraction of it. */
  knows(second: number, progress: number | null): boolean {
    const at = this.#find(second);
    if (at < 0) return false;
    if ((this.#state[at] as number) >= 0) return true;
    return progress !== null && progress >= (second + 1) * 1000 && (this.#counted[at] as number) > 0;
  }

  #find(second: number): number {
    const at = second % SECONDS_KEPT_MAX;
    return this.#second[at] === second ? at : -1;
  }

  /** A newer second takes the place of one that is three hours older; never the other way round. */
  #place(second: number): number {
    const at = second % SECONDS_KEPT_MAX;
    if (this.#second[at] === second) return at;
    if (second < (this.#second[at] as number)) return -1;
    this.#second[at] = second;
    this.#newest = Math.max(this.#newest, second);
    this.#counted[at] = 0;
    this.#told[at] = Number.NaN;
    this.#usual[at] = Number.NaN;
    this.#derivative[at] = Number.NaN;
    this.#steepness[at] = Number.NaN;
    this.#state[at] = -1;
    return at;
  }
}

function numberOrNull(value: number): number | null {
  return Number.isNaN(value) ? null : Math.round(value * 1000) / 1000;
}
