/** Part S, segments: what one country's outage takes to be found by itself, and what fifty healthy countries cost. */
import { pageWhenOfSegment, sharedOut } from '../../detectors/segments/budget.ts';
import { PAGE_WHEN_DEFAULT, type PageWhen } from '../../detectors/steep-drop/page-when.ts';
import { natsOf } from '../../detectors/steep-drop/threshold.ts';
import { type Fallen, fallsOf, livedAt } from './falls.ts';
import { paging } from './rule.ts';
import type { Scenario, Seen } from './scenario.ts';
import { always, HOUR, MONDAY } from './scenes.ts';

/** Events a second of fifty countries, 100/s together: a large one, a few, many small ones. */
const COUNTRIES: readonly (readonly [rate: number, countries: number])[] = [
  [30, 1],
  [10, 2],
  [3, 7],
  [0.7, 40],
];
const COUNT = 50;
const DAY_HOURS = 24;
const YEAR_HOURS = 365.25 * DAY_HOURS;

/** The limits of the whole and of each of so many segments. */
function limits(falsePagesPerYear: number, segments: number): { whole: PageWhen; each: PageWhen } {
  const { whole, segmentsFalsePagesPerYear } = sharedOut({ ...PAGE_WHEN_DEFAULT, falsePagesPerYear });
  return { whole, each: pageWhenOfSegment(whole, segmentsFalsePagesPerYear, segments) };
}

/** A country of 3 % of 100/s, lost entirely. */
const s1 = (segments: number, short: number): Scenario => {
  const { each } = limits(1, segments);
  const fallen: Fallen = { rate: 3, share: 1, pageWhen: each };
  const floorSeconds = natsOf(each.falsePagesPerYear) / fallen.rate;
  return {
    part: 'S1',
    what: `one of ${segments} countries, 3/s, all lost`,
    promised: { pass: 1.35 * floorSeconds + 1, good: 1.25 * floorSeconds + 1, allFound: true },
    floorSeconds,
    size: { short, long: 1000, chunk: 100 },
    run: (trials, seed) => fallsOf(fallen, trials, seed),
  };
};

/** Pages of the whole and all of its countries while all is well, each from a state of two days. */
function healthy(falsePagesPerYear: number, hours: number, seed: number): Seen {
  const { whole, each } = limits(falsePagesPerYear, COUNT);
  let pages = 0;
  const count = (rate: number, countries: number, pageWhen: PageWhen, own: number): void => {
    const lived = livedAt({ rate, pageWhen, factor: always }, own);
    for (let country = 0; country < countries; country++) {
      const rule = paging(lived.detector());
      for (let second = lived.life.at; second < lived.life.at + hours * HOUR; second++) {
        if (rule.next(MONDAY + second, lived.traffic.count(rate))) pages++;
      }
    }
  };
  count(100, 1, whole, seed);
  COUNTRIES.forEach(([rate, countries], i) => {
    count(rate, countries, each, seed * 7 + i);
  });
  return { is: 'pages', pages, years: hours / YEAR_HOURS };
}

const s2 = (what: string, falsePagesPerYear: number, size: Scenario['size']): Scenario => ({
  part: 'S2',
  what: `100/s and its 50 countries, healthy, at ${what}`,
  promised: { pass: falsePagesPerYear },
  size,
  run: (hours, seed) => healthy(falsePagesPerYear, hours, seed),
});

export const PART_S: readonly Scenario[] = [
  s1(5, 0),
  s1(50, 60),
  // A budget that is used up within hours shows in hours what a small one would in years.
  s2('24 false pages a day', YEAR_HOURS, { short: 3, long: 20 * DAY_HOURS, chunk: DAY_HOURS }),
  s2('1 false page a year', 1, { short: 0, long: 100 * DAY_HOURS, chunk: 2 * DAY_HOURS }),
];
