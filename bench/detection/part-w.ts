/** Part W, weeks: slow slides and upward surprises, for the morning: shifts, growth, holidays and sales. Minutes, not seconds. */
import type { SlideFacts } from '../../platform/topics/signals.ts';
import type { Promised, Scenario, Seen } from './scenario.ts';
import { type Factor, MONDAY, twoHumped } from './scenes.ts';
import { BURSTY, BUSINESS, CALM, ROUGH, Shop, type Stray, toldBetween } from './weeks.ts';

const DAY_MINUTES = 1440;
const HOUR_MINUTES = 60;
/** As many as a new metric is given. */
const LEARNT_DAYS = 15;
/** A shift that was not told by then was not found. */
const FOUND_HOURS = 48;
const ONE_A_MINUTE = 1 / 60;

const STRAYS: readonly (readonly [string, Stray])[] = [
  ['Poisson', CALM],
  ['NB 5', BURSTY],
  ['a business', BUSINESS],
  ['a rough one', ROUGH],
];
const nameOf = (rate: number): string => (rate === ONE_A_MINUTE ? '1/min' : `${rate}/s`);

const healthy = (what: string, rate: number, stray: Stray, promised?: Promised): Scenario => ({
  part: 'W',
  what: `healthy, ${what}, ${nameOf(rate)}: told a year`,
  ...(promised && { promised }),
  size: { short: 0, long: 8 * 365, chunk: 365 },
  run: (days, seed): Seen => {
    const shop = new Shop(seed, stray);
    const at: Factor = (time) => rate * twoHumped(time);
    toldBetween(shop, at, 0, LEARNT_DAYS * DAY_MINUTES);
    const pages = toldBetween(shop, at, LEARNT_DAYS * DAY_MINUTES, (LEARNT_DAYS + days) * DAY_MINUTES).length;
    return { is: 'pages', pages, years: days / 365.25 };
  },
});

interface Shifted {
  readonly what: string;
  /** Times the usual, by hours since the onset. */
  readonly times: (hours: number) => number;
  readonly is: SlideFacts['is'];
}

const SHIFTS: readonly Shifted[] = [
  { what: 'slide to 70% over 2 h', times: (hours) => 1 - 0.3 * Math.min(1, Math.max(0, hours / 2)), is: 'slide' },
  { what: 'slide to 50% over 2 h', times: (hours) => 1 - 0.5 * Math.min(1, Math.max(0, hours / 2)), is: 'slide' },
  { what: 'step to 150%', times: (hours) => (hours < 0 ? 1 : 1.5), is: 'surprise' },
];

/** Hours from the onset (any minute of the third week) until it was told. */
const shift = (what: string, rate: number, stray: Stray, { what: shifted, times, is }: Shifted, promised?: Promised): Scenario => ({
  part: 'W',
  what: `${shifted}, ${what}, ${nameOf(rate)}: seconds`,
  ...(promised && { promised }),
  size: { short: promised ? 6 : 0, long: 60, chunk: 6 },
  run: (trials, seed): Seen => {
    const delays: number[] = [];
    let missed = 0;
    for (let trial = 0; trial < trials; trial++) {
      const shop = new Shop(seed + trial, stray);
      const onset = (LEARNT_DAYS + ((trial * 0.618_034 + (seed % 97) / 97) % 1) * 7) * DAY_MINUTES;
      const at: Factor = (time) => rate * twoHumped(time) * times((time / 60 - onset) / HOUR_MINUTES);
      toldBetween(shop, at, 0, Math.floor(onset));
      const told = toldBetween(shop, at, Math.floor(onset), Math.floor(onset) + FOUND_HOURS * HOUR_MINUTES);
      const found = told.find((one) => one.is === is);
      if (found) delays.push(found.at - MONDAY - onset * 60);
      else missed++;
    }
    return { is: 'delays', delays, missed, early: 0 };
  },
});

/** Told in half a year of growth, as a year. */
const growth = (share: number): Scenario => ({
  part: 'W',
  what: `growth of ${Math.round(100 * share)}% a week, a business, 20/s: told a year`,
  ...(Math.abs(share) <= 0.05 && { promised: { pass: 4, good: 2 } }),
  size: { short: 0, long: 8 * 182, chunk: 182 },
  run: (days, seed): Seen => {
    const shop = new Shop(seed, BUSINESS);
    const at: Factor = (time) => 20 * twoHumped(time) * (1 + share) ** (time / 604_800);
    toldBetween(shop, at, 0, LEARNT_DAYS * DAY_MINUTES);
    const pages = toldBetween(shop, at, LEARNT_DAYS * DAY_MINUTES, (LEARNT_DAYS + days) * DAY_MINUTES).length;
    return { is: 'pages', pages, years: days / 365.25 };
  },
});

/** Of what passes: the share that is told exactly once, in the five weeks around it. */
const passing = (what: string, times: (days: number) => number, isTold = true): Scenario => ({
  part: 'W',
  what: `${what}, a business, 20/s: told ${isTold ? 'other than once' : 'at all'}`,
  promised: { pass: 0.25, good: 0.1 },
  size: { short: 6, long: 60, chunk: 6 },
  run: (trials, seed): Seen => {
    let hits = 0;
    for (let trial = 0; trial < trials; trial++) {
      const shop = new Shop(seed + trial, BUSINESS);
      const day = LEARNT_DAYS + (trial % 7);
      const told = toldBetween(shop, (time) => 20 * twoHumped(time) * times(time / 86_400 - day), 0, 40 * DAY_MINUTES);
      if (told.length !== (isTold ? 1 : 0)) hits++;
    }
    return { is: 'share', hits, trials };
  },
});

const RATES = [ONE_A_MINUTE, 1, 20, 500];
const TWO_A_YEAR: Promised = { pass: 4, good: 2 };
/** What must be found, and within how many seconds in the mean; slower or rougher ones are told. */
const promisedOf = (rate: number, stray: Stray): Promised | undefined =>
  rate >= 1 && (stray === CALM || stray === BURSTY) ? { pass: 4 * 3600, good: 3 * 3600, allFound: true } : undefined;

export const PART_W: readonly Scenario[] = [
  ...STRAYS.flatMap(([what, stray]) => RATES.map((rate) => healthy(what, rate, stray, stray === ROUGH ? undefined : TWO_A_YEAR))),
  ...SHIFTS.flatMap((shifted) =>
    STRAYS.flatMap(([what, stray]) => RATES.map((rate) => shift(what, rate, stray, shifted, promisedOf(rate, stray)))),
  ),
  ...[0.02, 0.05, 0.1, 0.2, 0.35, -0.05].map(growth),
  passing('a holiday at 40%', (days) => (days >= 0 && days < 1 ? 0.4 : 1)),
  passing('a sale x3 of 6 h', (days) => (days >= 0.5 && days < 0.75 ? 3 : 1)),
  passing('a step to 60% that stays', (days) => (days >= 0.5 ? 0.6 : 1)),
  passing('a sale x4 of 20 min', (days) => (days >= 0.5 && days < 0.514 ? 4 : 1), false),
];
