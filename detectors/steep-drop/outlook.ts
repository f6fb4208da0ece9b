/** What a detector knows of its metric that tells how fast it can be sure: at its quietest hour, by day, now. */
import type { OutlookFacts, SpeedFacts } from '../../platform/topics/signals.ts';
import { dayShape } from './day-shape.ts';
import { secondsToPage } from './delay.ts';
import { type Dispersion, neighbours, PAIRS } from './dispersion.ts';
import type { Normals } from './normal.ts';
import type { PageWhen } from './page-when.ts';
import { REFERENCES, WINDOWS } from './rate.ts';

/** Shares lost that are told. */
export const LOST: readonly number[] = [1, 0.8, 0.5];
const QUARTER_SECONDS = 900;

interface Known {
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
  #quietest: OutlookFacts['quietest'] = null;
  #day: SpeedFacts | null = null;

  /** Thresholds are others now. */
  forget(): void {
    this.#quarter = -1;
  }

  look(known: Known): OutlookFacts {
    const { second, usual, dispersion } = known;
    const quarter = Math.floor(second / QUARTER_SECONDS);
    if (quarter !== this.#quarter) this.#shape(known, quarter);
    const now = usual === null ? null : speedAt(usual, known);
    const slowest = this.#quietest ?? now;
    const isNoiseKnown = slowest !== null && dispersion.isKnown(pairOf(slowest.window));
    return { now, quietest: this.#quietest, day: this.#day, isNoiseKnown, pageWhen: { ...known.pageWhen } };
  }

  #shape(known: Known, quarter: number): void {
    this.#quarter = quarter;
    const shape = dayShape((at) => known.normals.quarterHour(at), quarter);
    this.#quietest = shape && { ...speedAt(shape.quietest.rate, known), at: shape.quietest.at };
    this.#day = shape && speedAt(shape.day, known);
  }
}

function speedAt(rate: number, { dispersion, pageWhen }: Known): SpeedFacts {
  const noise = new Float64Array(PAIRS);
  for (let pair = 0; pair < PAIRS; pair++) noise[pair] = dispersion.of(pair, rate);
  const seconds = LOST.map((lost) => secondsToPage(rate, lost, pageWhen, noise));
  const slowest = seconds.findLast((found) => found !== null) ?? null;
  const window = slowest === null ? (WINDOWS.at(-1) as number) : (WINDOWS[neighbours(slowest)[1]] as number);
  const noises = WINDOWS.map((_, i) => noise[i * REFERENCES.length] as number);
  return { rate, seconds, window, noise: noise[pairOf(window)] as number, noises };
}

/** With its shortest reference, whose noise is known soonest. */
function pairOf(window: number): number {
  return neighbours(window)[1] * REFERENCES.length;
}
