/** Made weeks, minute by minute: what slides, steps and holidays are told from. */
import { type SlowSlide, type SlowSlideOptions, slowSlide } from '../../detectors/slow-slide/slow-slide.ts';
import type { SlideFacts } from '../../platform/topics/signals.ts';
import { Traffic } from '../../test/support/traffic.ts';
import { type Factor, MONDAY } from './scenes.ts';

/** How a business strays beside its profile: variance over mean, and log rates that wander by a sigma with a memory in minutes. */
export interface Stray {
  readonly dispersion?: number;
  readonly wander?: readonly { readonly sigma: number; readonly memoryMinutes: number }[];
}

export const CALM: Stray = {};
export const BURSTY: Stray = { dispersion: 5 };
/** Minutes, hours and days that are better or worse than others. */
export const BUSINESS: Stray = {
  dispersion: 2,
  wander: [
    { sigma: 0.1, memoryMinutes: 5 },
    { sigma: 0.05, memoryMinutes: 180 },
    { sigma: 0.03, memoryMinutes: 1440 },
  ],
};
export const ROUGH: Stray = {
  dispersion: 5,
  wander: [
    { sigma: 0.2, memoryMinutes: 5 },
    { sigma: 0.1, memoryMinutes: 240 },
    { sigma: 0.05, memoryMinutes: 1440 },
  ],
};

export class Shop {
  readonly detector: SlowSlide;
  readonly #traffic: Traffic;
  readonly #stray: Stray;
  readonly #wandered: number[];

  constructor(seed: number, stray: Stray, options: SlowSlideOptions = {}) {
    this.detector = slowSlide(options);
    this.#traffic = new Traffic(seed);
    this.#stray = stray;
    this.#wandered = (stray.wander ?? []).map(({ sigma }) => sigma * this.#traffic.normal());
  }

  /** The next minute (since MONDAY), at this many events/s to be expected. */
  minute(minute: number, expected: number, isAside = false): SlideFacts | null {
    return this.detector.remember({ minute: MONDAY / 60 + minute, rate: this.rate(expected) }, isAside);
  }

  /** What a minute of so many expected events/s held, events/s. */
  rate(expected: number): number {
    return this.#events(60 * expected) / 60;
  }

  #events(usual: number): number {
    const { dispersion = 1, wander = [] } = this.#stray;
    let log = 0;
    for (const [i, { sigma, memoryMinutes }] of wander.entries()) {
      const kept = Math.exp(-1 / memoryMinutes);
      this.#wandered[i] = (this.#wandered[i] as number) * kept + sigma * Math.sqrt(1 - kept * kept) * this.#traffic.normal();
      log += this.#wandered[i] as number;
    }
    const mean = usual * Math.exp(log);
    return this.#traffic.poisson(dispersion > 1 && mean > 0 ? this.#traffic.gamma(mean / (dispersion - 1)) * (dispersion - 1) : mean);
  }
}

/** Each that was told between two minutes, as it was told last. */
export function toldBetween(shop: Shop, rateAt: Factor, from: number, to: number): SlideFacts[] {
  const told = new Map<number, SlideFacts>();
  for (let minute = from; minute < to; minute++) {
    const facts = shop.minute(minute, rateAt(minute * 60));
    if (facts) told.set(facts.at, facts);
  }
  return [...told.values()];
}
