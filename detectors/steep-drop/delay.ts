/** How long the rule needs to page for a sudden fall: its own questions, asked of what is expected instead of what was seen. */
import { neighbours } from './dispersion.ts';
import { withinAt } from './judge.ts';
import type { PageWhen } from './page-when.ts';
import { REFERENCES, WINDOWS } from './rate.ts';
import { deviance, poissonDeviance } from './steepness.ts';
import { thresholdOf } from './threshold.ts';
import { informationOf } from './time-to-sure.ts';

/** Variance over mean, >= 1, of each pair (window index * 3 + reference index) at the rate that is asked about. */
export type Noise = ArrayLike<number>;

/** Noise of nothing but chance. */
export const POISSON: Noise = new Float64Array(WINDOWS.length * REFERENCES.length).fill(1);

/** The time is searched for to 0.4 % of the window that shows the fall. */
const HALVINGS = 8;
/**
 * Half of all falls look less deep than they are, and wait for a longer window: with this for the 14 that the rule asks for, what is
 * told lies within 15 % of the mean of what is measured.
 */
const MEAN_DEVIANCE_MIN = 16;
/** A loss of exactly `drop` is not undone by rounding. */
const ROUNDING = 1e-9;

/**
 * Seconds from the start of a sudden fall to its page, if every count is as expected and what was usual just before is what is
 * normal. Chance spreads the true delay around it. Never below one second, nor below `for`.
 *
 * @param rate  usual events/s, >= 0
 * @param lost  share lost, 0..1
 * @returns     null where it never pages: less is lost than `drop` asks for, or no window is long enough to be sure
 */
export function secondsToPage(rate: number, lost: number, pageWhen: PageWhen, noise: Noise): number | null {
  if (rate <= 0 || lost < pageWhen.drop) return null;
  const fall = new Fall(rate, lost, pageWhen, noise);
  const shown = fall.shownIn();
  if (shown === null) return null;
  const soonest = Math.max(1, pageWhen.forSeconds);
  if (shown <= soonest) return soonest;
  // All lost: the time since the last event is a window of any length, so nothing healthy need be in it.
  const alone = lost >= 1 ? least((seconds) => fall.pagesAlone(Math.max(1, seconds)), shown) : shown;
  const seconds = least((fallen) => fall.pages(shown, fallen), shown);
  return Math.max(soonest, Math.min(alone, seconds));
}

class Fall {
  readonly #rate: number;
  readonly #lost: number;
  readonly #pageWhen: PageWhen;
  readonly #evidence: number;
  readonly #noise: Noise;
  readonly #noises = [1, 1, 1];

  constructor(rate: number, lost: number, pageWhen: PageWhen, noise: Noise) {
    this.#rate = rate;
    this.#lost = lost;
    this.#pageWhen = pageWhen;
    this.#evidence = thresholdOf(pageWhen) ** 2;
    this.#noise = noise;
  }

  /** The shortest window (s) that pages once the fall fills it, or null. */
  shownIn(): number | null {
    const most = 2 * this.#rate * informationOf(this.#lost);
    // A reference of endless length would give so much evidence, and no shorter one gives more.
    return WINDOWS.find((window) => most * window >= this.#evidence && this.pages(window, window)) ?? null;
  }

  /** Whether a window pages once its newest `fallen` seconds are the fall: it need not fill it. */
  pages(window: number, fallen: number): boolean {
    const [, index] = neighbours(window);
    for (let r = 0; r < REFERENCES.length; r++) this.#noises[r] = this.#noiseOf(index, r);
    return this.#holds(window, fallen);
  }

  /** The same of a window of any length that the fall fills: as noisy as the noisier of its neighbours. */
  pagesAlone(window: number): boolean {
    const [shorter, longer] = neighbours(window);
    for (let r = 0; r < REFERENCES.length; r++) {
      this.#noises[r] = Math.max(this.#noiseOf(shorter, r), this.#noiseOf(longer, r));
    }
    return this.#holds(window, window);
  }

  #holds(window: number, fallen: number): boolean {
    const gone = (this.#lost * fallen) / window;
    const { drop } = this.#pageWhen;
    if (gone < drop - ROUNDING) return false;
    const before = this.#rate * window;
    const recent = before * (1 - gone);
    const [first = 1, second = 1] = this.#noises;
    const isDeep = poissonDeviance(recent, (1 - drop / 2) * before) >= MEAN_DEVIANCE_MIN * Math.min(first, second);
    if (!isDeep || !this.#isSure(window, recent)) return false;
    return window <= withinAt(this.#rate, gone, this.#pageWhen) || this.#isFast(window, gone);
  }

  #isSure(window: number, recent: number): boolean {
    for (let r = 0; r < REFERENCES.length; r++) {
      const length = (REFERENCES[r] as (window: number) => number)(window);
      const found = deviance(recent, this.#rate * length, window / (window + length));
      if (found >= this.#evidence * (this.#noises[r] as number)) return true;
    }
    return false;
  }

  /** Longer than `within`, but no longer than a rate so low needs. */
  #isFast(window: number, gone: number): boolean {
    const most = 2 * this.#rate * informationOf(gone);
    for (let i = 0; i < WINDOWS.length; i++) {
      const enough = WINDOWS[i] as number;
      if (most * enough >= this.#evidence * this.#noiseOf(i, 0)) return window <= 2 * enough;
    }
    return false;
  }

  #noiseOf(window: number, reference: number): number {
    return this.#noise[window * REFERENCES.length + reference] as number;
  }
}

/** The smallest number that will do, where `enough` does. */
function least(will: (seconds: number) => boolean, enough: number): number {
  let no = 0;
  let yes = enough;
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (no + yes) / 2;
    if (will(middle)) yes = middle;
    else no = middle;
  }
  return yes;
}
