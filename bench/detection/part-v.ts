/** Part V: sums of values, like revenue. Poisson orders whose amounts are equal, or differ as much as log-normal(1.5) ones do. */
import { detectorOf } from '../../detectors/compound/detector-of.ts';
import type { SavedSumDrop } from '../../detectors/compound/sum-drop.ts';
import { PAGE_WHEN_DEFAULT } from '../../detectors/steep-drop/page-when.ts';
import { Traffic } from '../../test/support/traffic.ts';
import { AMOUNTS, type Amounts, MEAN_AMOUNT, Till } from './amounts.ts';
import { floorOf } from './falls.ts';
import { paging } from './rule.ts';
import type { Promised, Scenario, Seen } from './scenario.ts';
import { DAY, type Factor, HOUR, inSecond, lost, MONDAY, sale, twoHumped } from './scenes.ts';

const REVENUE = { pageWhen: PAGE_WHEN_DEFAULT, value: 'amount' };
const LIVED_DAYS = 1;
/** Days of minutes before it: a sale's end needs this time of day. */
const MINUTES_DAYS = 7;
const QUIET_SECONDS = 600;
const SHARES = [1, 0.8, 0.5] as const;
/** What no rule needs to be asked twice: a huge order leaves each window within so long. */
const AFTER_SECONDS = 2700;
const HUGE_TIMES = 1000;
/** A page needs four seconds for `for`, less half a second of phase, and some chance. */
const SOONEST_SECONDS = 4.5;

interface Shop {
  readonly traffic: Traffic;
  readonly till: Till;
  readonly rate: number;
  /** The second since MONDAY at which it begins. */
  readonly at: number;
  readonly saved: string;
}

const amountOf = ({ till, traffic, rate }: Pick<Shop, 'till' | 'traffic' | 'rate'>, factor: number): number =>
  till.sum(traffic.poisson(rate * factor));

/** A detector that knows a week of minutes and a day of seconds, with the rate of the row at the moment of the trial. */
function opened(rate: number, amounts: Amounts, seed: number): Shop {
  const traffic = new Traffic(seed);
  const till = new Till(traffic, amounts);
  const at = 9 * DAY + Math.floor(((seed * 0.618_034) % 1) * 5 * DAY);
  const factor = (time: number): number => twoHumped(time) / twoHumped(at);
  const detector = detectorOf(REVENUE);
  const start = at - LIVED_DAYS * DAY;
  for (let minute = Math.floor(start / 60) - MINUTES_DAYS * 1440; minute < Math.floor(start / 60); minute++) {
    const mean = rate * factor(minute * 60 + 30);
    const orders = Math.max(0, mean + Math.sqrt((mean * amounts.spread) / 60) * traffic.normal());
    detector.remember({ minute: MONDAY / 60 + minute, rate: MEAN_AMOUNT * orders });
  }
  for (let second = start; second < at; second++) {
    detector.next({ second: MONDAY + second, n: amountOf({ till, traffic, rate }, factor(second)), share: 1 });
  }
  return { traffic, till, rate, at, saved: JSON.stringify(detector.save()) };
}

/** @returns seconds (since MONDAY) in which it paged; ends with the first page from `onset` on */
function pagesOf(shop: Shop, what: Factor, onset: number, until: number, more: (second: number) => number = () => 0): number[] {
  const rule = paging(detectorOf(REVENUE, JSON.parse(shop.saved) as SavedSumDrop));
  const pages: number[] = [];
  for (let second = shop.at; second < until; second++) {
    const factor = twoHumped(second) / twoHumped(shop.at);
    if (!rule.next(MONDAY + second, amountOf(shop, factor * inSecond(what, second)) + more(second))) continue;
    pages.push(second);
    if (second >= Math.floor(onset)) break;
  }
  return pages;
}

function fallsOf(rate: number, share: number, amounts: Amounts, trials: number, seed: number): Seen {
  const shop = opened(rate, amounts, seed);
  const limit = Math.min(HOUR, 120 + 20 * floorOf(rate / amounts.spread, share));
  const delays: number[] = [];
  let [missed, early] = [0, 0];
  for (let trial = 0; trial < trials; trial++) {
    const onset = shop.at + QUIET_SECONDS + shop.traffic.random();
    const [first] = pagesOf(shop, lost(onset, share), onset, onset + limit);
    if (first === undefined) missed++;
    else if (first < Math.floor(onset)) early++;
    else delays.push(first + 1 - onset);
  }
  return { is: 'delays', delays, missed, early };
}

/** Cold from the first second on, as a year at a new shop. */
function healthy(rate: number, amounts: Amounts, days: number, seed: number): Seen {
  const traffic = new Traffic(seed);
  const till = new Till(traffic, amounts);
  const rule = paging(detectorOf(REVENUE));
  let pages = 0;
  for (let second = 0; second < days * DAY; second++) {
    if (rule.next(MONDAY + second, amountOf({ till, traffic, rate }, twoHumped(second)))) pages++;
  }
  return { is: 'pages', pages, years: days / 365.25 };
}

function shareThatPages(
  rate: number,
  amounts: Amounts,
  trials: number,
  seed: number,
  scene: (shop: Shop, onset: number) => number[],
): Seen {
  const shop = opened(rate, amounts, seed);
  let hits = 0;
  for (let trial = 0; trial < trials; trial++) {
    if (scene(shop, shop.at + QUIET_SECONDS + shop.traffic.random()).length > 0) hits++;
  }
  return { is: 'share', hits, trials };
}

const hugeOrder = (shop: Shop, onset: number): number[] =>
  pagesOf(
    shop,
    () => 1,
    onset + AFTER_SECONDS,
    onset + AFTER_SECONDS,
    (second) => (second === Math.floor(onset) ? HUGE_TIMES * MEAN_AMOUNT : 0),
  );

const saleEnds = (shop: Shop, onset: number): number[] => {
  const end = onset + AFTER_SECONDS;
  return pagesOf(shop, sale({ start: onset, times: 5, lasts: AFTER_SECONDS, ends: 1 }), end + 1200, end + 1200);
};

/** Of a fall whose floor is known; told only where a rate so low asks for minutes, or where amounts differ too much for the bound. */
function promisedOf(rate: number, share: number, { spread }: Amounts): Promised | undefined {
  const like = rate / spread;
  if (like < 5 || (share < 1 && like < 20) || (share === 0.5 && like < 100)) return undefined;
  const floor = floorOf(like, share);
  const soonest = share === 0.5 ? SOONEST_SECONDS + 1 : SOONEST_SECONDS;
  return { pass: Math.max(1.35 * floor, floor + 1, soonest), allFound: true };
}

const RATES = [1, 5, 20, 100, 1000] as const;

export const PART_V: readonly Scenario[] = AMOUNTS.flatMap((amounts) =>
  RATES.flatMap((rate): Scenario[] => {
    const what = `revenue of ${rate.toLocaleString('en-US')} ${rate === 1 ? 'order' : 'orders'}/s, ${amounts.name} amounts`;
    const isShort = rate === 20 && amounts.name === 'exponential';
    const trials = { short: isShort ? 20 : 0, long: 100, chunk: 100 };
    return [
      {
        part: 'V',
        what: `${what}: healthy`,
        promised: { pass: 1, good: 0 },
        size: { short: isShort ? 1 : 0, long: 61, chunk: 61 },
        run: (days, seed) => healthy(rate, amounts, days, seed),
      },
      ...SHARES.map((share): Scenario => {
        const promised = promisedOf(rate, share, amounts);
        return {
          part: 'V',
          what: `${what}: ${100 * share}% lost`,
          ...(promised && { promised }),
          floorSeconds: floorOf(rate / amounts.spread, share),
          size: { ...trials, short: promised ? trials.short : 0 },
          run: (size, seed) => fallsOf(rate, share, amounts, size, seed),
        };
      }),
      {
        part: 'V',
        what: `${what}: an order of a thousand times the mean`,
        promised: { pass: 0.01, good: 0 },
        size: { ...trials, short: isShort ? 5 : 0 },
        run: (size, seed) => shareThatPages(rate, amounts, size, seed, hugeOrder),
      },
      {
        part: 'V',
        what: `${what}: sale x5 of 45 min, ends in 1 s`,
        promised: { pass: 0.01, good: 0 },
        size: { ...trials, short: 0 },
        run: (size, seed) => shareThatPages(rate, amounts, size, seed, saleEnds),
      },
    ];
  }),
);
