/** A detector that has lived, and one trial of it: when does it page after the onset? */
import { PAGE_WHEN_DEFAULT, type PageWhen } from '../../detectors/steep-drop/page-when.ts';
import { type SavedSteepDrop, type SteepDrop, steepDrop } from '../../detectors/steep-drop/steep-drop.ts';
import { type Noise, Traffic } from '../../test/support/traffic.ts';
import type { Rule } from './rule.ts';
import { DAY, type Factor, inSecond, MONDAY } from './scenes.ts';

export interface Life {
  /** Mean events/s, and what a time of the week makes of it. */
  readonly rate: number;
  readonly factor: Factor;
  readonly noise: Noise;
  readonly seed: number;
  /** The second at which it is saved, since MONDAY. */
  readonly at: number;
  /** Days of minutes it was filled with, then days of seconds it lived. */
  readonly minutesDays?: number;
  readonly secondsDays?: number;
  readonly pageWhen?: PageWhen;
}

/** One state to begin many trials from: all begin at `at`. */
export class Lived {
  readonly traffic: Traffic;
  readonly life: Life;
  readonly #saved: string;

  constructor(life: Life) {
    const { rate, factor, noise, seed, at, minutesDays = 7, secondsDays = 2, pageWhen = PAGE_WHEN_DEFAULT } = life;
    this.life = life;
    this.traffic = new Traffic(seed, noise);
    const detector = steepDrop(pageWhen);
    const start = at - secondsDays * DAY;
    for (let minute = Math.floor(start / 60) - minutesDays * 1440; minute < Math.floor(start / 60); minute++) {
      const mean = rate * factor(minute * 60 + 30);
      const phi = noise.dispersion ?? 1;
      const wander = noise.wander ? Math.exp(noise.wander.sigma * this.traffic.normal()) : 1;
      const spread = Math.sqrt((mean * phi) / 60) * this.traffic.normal();
      detector.remember({ minute: MONDAY / 60 + minute, rate: Math.max(0, mean * wander + spread) });
    }
    for (let second = Math.floor(start / 60) * 60; second < at; second++)
      detector.next({ second: MONDAY + second, n: this.traffic.count(rate * factor(second)), share: 1 });
    this.#saved = JSON.stringify(detector.save());
  }

  detector(): SteepDrop {
    return steepDrop(this.life.pageWhen ?? PAGE_WHEN_DEFAULT, JSON.parse(this.#saved) as SavedSteepDrop);
  }
}

export interface Happening {
  /** What happens to the usual rate. */
  readonly what: Factor;
  readonly from: number;
  readonly until: number;
  /** From here on a page is asked for. */
  readonly onset: number;
  readonly isMissing?: (second: number) => boolean;
  /** Ends at the first page from the onset on. Default true. */
  readonly stops?: boolean;
}

/** @returns seconds (since MONDAY) in which the rule paged */
export function pagesOf(rule: Rule, { traffic, life: { rate, factor } }: Lived, happening: Happening): number[] {
  const { what, from, until, onset, isMissing, stops = true } = happening;
  const pages: number[] = [];
  for (let second = from; second < until; second++) {
    const n = traffic.count(rate * factor(second) * inSecond(what, second));
    if (!rule.next(MONDAY + second, isMissing?.(second) ? null : n)) continue;
    pages.push(second);
    if (stops && second >= Math.floor(onset)) return pages;
  }
  return pages;
}

/** Seconds from the onset to the end of the second that was decided on, or why there are none. */
export function delayOf(pages: readonly number[], onset: number): number | 'early' | 'missed' {
  const first = pages[0];
  if (first === undefined) return 'missed';
  return first + 1 < onset ? 'early' : first + 1 - onset;
}
