/** How many visitors do what: the shape of day and week, a crowd that wanders, bursts, and what the buttons of the demo do to it. */

export type Action = 'break-checkout' | 'lose-payments' | 'slow-slide' | 'lose-country' | 'flash-sale' | 'deploy-blip' | 'mend';

export const ACTIONS: readonly Action[] = [
  'break-checkout',
  'lose-payments',
  'slow-slide',
  'lose-country',
  'flash-sale',
  'deploy-blip',
  'mend',
];

/** Events a second that are to be expected now. */
export interface Intensity {
  readonly orders: number;
  /** Share of the orders that are paid at once, 0..1. */
  readonly paid: number;
  readonly signups: number;
  readonly searches: number;
  /** Where no order can be placed any more; null: everywhere one can. */
  readonly closedIn: Country | null;
}

/** Events a second at the week's mean. */
export const MEAN_RATES = { orders: 50, signups: 5, searches: 320 } as const;
/** Of the orders, at once. */
export const PAID_SHARE = 0.84;

/** Where orders come from: shares of them. */
export const COUNTRY_SHARES = { de: 0.46, at: 0.2, ch: 0.14, us: 0.1, fr: 0.07, nl: 0.03 } as const;
export type Country = keyof typeof COUNTRY_SHARES;
/** The smallest one. */
const LOST_COUNTRY: Country = 'nl';

const DAY_SECONDS = 86_400;
/** The day's highest rate is so much above, its lowest so much below the mean. */
const DAY_SWING = 0.25;
const WEEK_SECONDS = 7 * DAY_SECONDS;
/** The same of the week: most on a Wednesday evening, least on a Sunday morning. */
const WEEK_SWING = 0.12;
/** 20:00 of the first Wednesday since the epoch, which was a Thursday. */
const WEDNESDAY_SECONDS = (6 + 20 / 24) * DAY_SECONDS;
const CROWD_MEMORY_SECONDS = 120;
const CROWD_SIGMA = 0.03;
/** Searches come in bursts that pass. */
export const BURSTS = { perSecond: 1 / 90, share: 0.35, memorySeconds: 4 } as const;

const SLIDE_SECONDS = 180;
const SLIDE_TO = 0.3;
const SALE_TIMES = 4;
const SALE_RISE_SECONDS = 5;
const SALE_SECONDS = 90;
const BLIP_SECONDS = 1;

/** How busy the shop usually is at this moment (epoch seconds): 1 at the week's mean. The live shop and all that is made up follow it. */
export function usualLevel(seconds: number): number {
  const day = 1 + DAY_SWING * Math.sin((2 * Math.PI * (seconds - DAY_SECONDS / 3)) / DAY_SECONDS);
  const week = 1 + WEEK_SWING * Math.cos((2 * Math.PI * (seconds - WEDNESDAY_SECONDS)) / WEEK_SECONDS);
  return day * week;
}

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
    const level = this.#size * usualLevel(seconds) * Math.exp(this.#crowd);
    return {
      orders: MEAN_RATES.orders * level * ordersLeft(this.#action, seconds - this.#since),
      paid: this.#action === 'lose-payments' ? PAID_SHARE * 0.4 : PAID_SHARE,
      signups: MEAN_RATES.signups * level,
      searches: MEAN_RATES.searches * level * (1 + this.#burst),
      closedIn: this.#action === 'lose-country' ? LOST_COUNTRY : null,
    };
  }

  #wander(seconds: number): void {
    const elapsed = Number.isNaN(this.#last) ? CROWD_MEMORY_SECONDS : seconds - this.#last;
    this.#last = seconds;
    const kept = Math.exp(-elapsed / CROWD_MEMORY_SECONDS);
    this.#crowd = this.#crowd * kept + CROWD_SIGMA * Math.sqrt(1 - kept * kept) * normal(this.#random);
    this.#burst *= Math.exp(-elapsed / BURSTS.memorySeconds);
    if (this.#random() < BURSTS.perSecond * elapsed) this.#burst += BURSTS.share;
  }
}

/** What a pressed button leaves of the orders, `after` seconds later: their share, or how many times as many. */
function ordersLeft(action: Action, after: number): number {
  switch (action) {
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
    case 'lose-country':
    case 'mend':
      return 1;
  }
}

/** Whose order it is. */
export function countryOf(random: () => number): Country {
  let left = random();
  for (const [country, share] of Object.entries(COUNTRY_SHARES)) {
    left -= share;
    if (left < 0) return country as Country;
  }
  return 'de';
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
