/** How many visitors do what: a daily shape, a crowd that wanders, bursts, and what the buttons of the demo do to it. */

export type Action = 'break-checkout' | 'lose-payments' | 'slow-slide' | 'flash-sale' | 'deploy-blip' | 'mend';

export const ACTIONS: readonly Action[] = ['break-checkout', 'lose-payments', 'slow-slide', 'flash-sale', 'deploy-blip', 'mend'];

/** Events a second that are to be expected now. */
export interface Intensity {
  readonly orders: number;
  /** Share of the orders that are paid at once, 0..1. */
  readonly paid: number;
  readonly signups: number;
  readonly searches: number;
}

const ORDERS_PER_SECOND = 50;
const SIGNUPS_PER_SECOND = 5;
const SEARCHES_PER_SECOND = 320;
const PAID_SHARE = 0.84;

const DAY_SECONDS = 86_400;
/** The day's highest rate is so much above, its lowest so much below the mean. */
const DAY_SWING = 0.25;
const CROWD_MEMORY_SECONDS = 120;
const CROWD_SIGMA = 0.03;
const BURSTS_PER_SECOND = 1 / 90;
const BURST_SHARE = 0.35;
const BURST_MEMORY_SECONDS = 4;

const SLIDE_SECONDS = 180;
const SLIDE_TO = 0.3;
const SALE_TIMES = 4;
const SALE_RISE_SECONDS = 5;
const SALE_SECONDS = 90;
const BLIP_SECONDS = 1;

export class ShopTraffic {
  readonly #random: () => number;
  readonly #size: number;
  #crowd = 0;
  #burst = 0;
  #last = Number.NaN;
  #action: Action = 'mend';
  #since = 0;

  /** @param size  1 = some 50 orders a second */
  constructor(random: () => number, size = 1) {
    this.#random = random;
    this.#size = size;
  }

  /** From `seconds` (epoch, fractions allowed) on the shop is in this way. */
  act(action: Action, seconds: number): void {
    this.#action = action;
    this.#since = seconds;
  }

  /** Call with times that go on; the crowd wanders from one call to the next. */
  at(seconds: number): Intensity {
    this.#wander(seconds);
    const day = 1 + DAY_SWING * Math.sin((2 * Math.PI * (seconds - DAY_SECONDS / 3)) / DAY_SECONDS);
    const level = this.#size * day * Math.exp(this.#crowd);
    return {
      orders: ORDERS_PER_SECOND * level * this.#orders(seconds - this.#since),
      paid: this.#action === 'lose-payments' ? PAID_SHARE * 0.4 : PAID_SHARE,
      signups: SIGNUPS_PER_SECOND * level,
      searches: SEARCHES_PER_SECOND * level * (1 + this.#burst),
    };
  }

  #wander(seconds: number): void {
    const elapsed = Number.isNaN(this.#last) ? CROWD_MEMORY_SECONDS : seconds - this.#last;
    this.#last = seconds;
    const kept = Math.exp(-elapsed / CROWD_MEMORY_SECONDS);
    this.#crowd = this.#crowd * kept + CROWD_SIGMA * Math.sqrt(1 - kept * kept) * normal(this.#random);
    this.#burst *= Math.exp(-elapsed / BURST_MEMORY_SECONDS);
    if (this.#random() < BURSTS_PER_SECOND * elapsed) this.#burst += BURST_SHARE;
  }

  /** What the pressed button leaves of the orders, `after` seconds later. */
  #orders(after: number): number {
    switch (this.#action) {
      case 'break-checkout':
        return 0;
      case 'slow-slide':
        return Math.max(SLIDE_TO, 1 - ((1 - SLIDE_TO) * after) / SLIDE_SECONDS);
      case 'flash-sale':
        if (after > SALE_SECONDS) return 1;
        return 1 + (SALE_TIMES - 1) * Math.min(1, after / SALE_RISE_SECONDS);
      case 'deploy-blip':
        return after < BLIP_SECONDS ? 0 : 1;
      case 'lose-payments':
      case 'mend':
        return 1;
    }
  }
}

/** A Poisson number; Knuth's product for small means, a rounded normal above. */
export function poisson(mean: number, random: () => number): number {
  if (mean <= 0) return 0;
  if (mean > 60) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal(random)));
  const limit = Math.exp(-mean);
  let count = 0;
  for (let product = random(); product > limit; product *= random()) count++;
  return count;
}

/** Box and Muller. */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
