/** What a detector knows of its metric that tells how fast it can be sure: at its quietest hour, by day, now. */
import { dayShape } from './day-shape.ts';
import { secondsToPage } from './delay.ts';
import { type Dispersion, neighbours, PAIRS } from './dispersion.ts';
import type { Normals } from './normal.ts';
import type { PageWhen } from './page-when.ts';
import { REFERENCES, WINDOWS } from './rate.ts';

/** Shares lost that are told. */
export const LOST: readonly number[] = [1, 0.8, 0.5];
const QUARTER_SECONDS = 900;

/** How fast it is sure at one rate. */
export interface Speed {
  /** Usual events/s. */
  readonly rate: number;
  /** Seconds until it pages when all, 80 % and half is lost; null = never. */
  readonly seconds: readonly (number | null)[];
  /** Variance over mean in the window that half lost needs (s), which the seconds follow from; 1 = Poisson. */
  readonly noise: number;
  readonly window: number;
}

export interface Outlook {
  /** At the usual rate now; null while there is none. */
  readonly now: Speed | null;
  /** Each null before a whole day is known. `at` is the first second of the hour when it was last. */
  readonly quietest: (Speed & { readonly at: number }) | null;
  readonly day: Speed | null;
  /** Whether that noise is learned; until then part of it is what is believed of any metric at first. */
  readonly isNoiseKnown: boolean;
}

export interface Known {
  readonly dispersion: Dispersion;
  readonly normals: Normals;
  readonly pageWhen: PageWhen;
  /** Usual events/s, or null. */
  readonly usual: number | null;
  /** Since the epoch. */
  readonly second: number;
}

/** What changes slowly is worked out once a quarter hour. */
export class Outlooks {
  #quarter = -1;
  #quietest: Outlook['quietest'] = null;
  #day: Speed | null = null;

  /** Thresholds are others now. */
  forget(): void {
    this.#quarter = -1;
  }

  look(known: Known): Outlook {
    const { second, usual, dispersion } = known;
    const quarter = Math.floor(second / QUARTER_SECONDS);
    if (quarter !== this.#quarter) this.#shape(known, quarter);
    const now = usual === null ? null : speedAt(usual, known);
    const slowest = this.#quietest ?? now;
    return { now, quietest: this.#quietest, day: this.#day, isNoiseKnown: slowest !== null && dispersion.isKnown(pairOf(slowest.window)) };
  }

  #shape(known: Known, quarter: number): void {
    this.#quarter = quarter;
    const shape = dayShape((at) => known.normals.quarterHour(at), quarter);
    this.#quietest = shape && { ...speedAt(shape.quietest.rate, known), at: shape.quietest.at };
    this.#day = shape && speedAt(shape.day, known);
  }
}

function speedAt(rate: number, { dispersion, pageWhen }: Known): Speed {
  const noise = new Float64Array(PAIRS);
  for (let pair = 0; pair < PAIRS; pair++) noise[pair] = dispersion.of(pair, rate);
  const seconds = LOST.map((lost) => secondsToPage(rate, lost, pageWhen, noise));
  const slowest = seconds.findLast((found) => found !== null) ?? null;
  const window = slowest === null ? (WINDOWS.at(-1) as number) : (WINDOWS[neighbours(slowest)[1]] as number);
  return { rate, seconds, noise: noise[pairOf(window)] as number, window };
}

/** With its shortest reference, whose noise is known soonest. */
function pairOf(window: number): number {
  return neighbours(window)[1] * REFERENCES.length;
}
