/** Part B, what takes days: healthy years, closings, long outages, bursty producers, cold starts, a clock change. */
import { PAGE_WHEN_DEFAULT } from '../../detectors/steep-drop/page-when.ts';
import { steepDrop } from '../../detectors/steep-drop/steep-drop.ts';
import { type Noise, Traffic } from '../../test/support/traffic.ts';
import type { Scenario, Seen } from './scenario.ts';
import { always, bursty, DAY, drifting, type Factor, HOUR, MONDAY, POISSON, together, twoHumped } from './scenes.ts';

interface Long {
  readonly rate: number;
  readonly noise?: Noise;
  readonly factor?: Factor;
  /** Counts of one second, where they are not simply drawn. */
  readonly counted?: (count: number, second: number) => number;
}

interface Story {
  /** Seconds since MONDAY at which it paged, and at which it was over again. */
  readonly pages: readonly number[];
  readonly resolved: readonly number[];
}

/** Cold from the first second on. */
function lived({ rate, noise = POISSON, factor = twoHumped, counted = (count) => count }: Long, days: number, seed: number): Story {
  const traffic = new Traffic(seed, noise);
  const detector = steepDrop(PAGE_WHEN_DEFAULT);
  const pages: number[] = [];
  const resolved: number[] = [];
  let wasDown = false;
  for (let second = 0; second < days * DAY; second++) {
    const n = counted(traffic.count(rate * factor(second)), second);
    const { fall, isDown } = detector.next({ second: MONDAY + second, n, share: 1 });
    if (fall?.at === MONDAY + second) pages.push(second);
    if (wasDown && !isDown) resolved.push(second);
    wasDown = isDown;
  }
  return { pages, resolved };
}

const years = (days: number): number => days / 365.25;

const NOISES: readonly (readonly [string, Noise])[] = [
  ['Poisson', POISSON],
  ['NB 2 + AR .2/300', drifting(0.2, 300, 2)],
];

const B1: Scenario[] = [1, 5, 20, 100, 1000].flatMap((rate) =>
  NOISES.map(([name, noise]) => ({
    part: 'B1',
    what: `healthy, two-humped days, ${name}, ${rate}/s`,
    promised: { pass: 1, good: 0 },
    size: { short: 6, long: 366, chunk: 61 },
    run: (days: number, seed: number): Seen => ({
      is: 'pages',
      pages: lived({ rate, noise }, days, seed).pages.length,
      years: years(days),
    }),
  })),
);

const closed = (from: number, to: number, left: number, isOn: (day: number) => boolean): Factor => {
  return (time) => {
    const hour = (time / HOUR) % 24;
    return isOn(Math.floor(time / DAY)) && hour >= from && hour < to ? left : 1;
  };
};

/** Pages on days that should be silent by now, and a total outage outside the closing that must be found on the last day. */
function closing(left: number, weekly: boolean, trials: number, seed: number): Seen {
  const days = weekly ? 36 : 10;
  const silentFrom = weekly ? 14 : 4;
  const isOn = (day: number): boolean => !weekly || day % 7 === 6;
  let hits = 0;
  for (let trial = 0; trial < trials; trial++) {
    const outage = (days - 1) * DAY + 18 * HOUR;
    const shut = weekly ? closed(8, 20, left, isOn) : closed(1, 6, left, isOn);
    const factor = together(twoHumped, shut, (time) => (time >= outage && time < outage + 600 ? 0 : 1));
    const { pages } = lived({ rate: 50, factor }, days, seed + trial * 7919);
    const found = pages.some((page) => page >= outage && page < outage + 20);
    const loud = pages.some((page) => page >= silentFrom * DAY && (page < outage || page > outage + 7200));
    if (loud || !found) hits++;
  }
  return { is: 'share', hits, trials };
}

const B6: Scenario[] = [0, 0.05].flatMap((left) =>
  [false, true].map((weekly) => ({
    part: 'B6',
    what: `closing ${weekly ? 'weekly' : 'daily'} to ${left * 100}%, 50/s: loud late, or deaf`,
    promised: { pass: 0 },
    size: { short: 1, long: 24, chunk: 4 },
    run: (trials: number, seed: number) => closing(left, weekly, trials, seed),
  })),
);

/** An outage from the evening into the night of six hours, and the next one twelve minutes after it: two incidents, both over by noon. */
function twoOutages(rate: number, trials: number, seed: number): Seen {
  const first = 9 * DAY + 19 * HOUR;
  const second = first + 6 * HOUR + 720;
  const out: Factor = (time) => ((time >= first && time < first + 6 * HOUR) || (time >= second && time < second + 900) ? 0 : 1);
  let hits = 0;
  for (let trial = 0; trial < trials; trial++) {
    const { pages, resolved } = lived({ rate, factor: together(twoHumped, out) }, 11, seed + trial * 104_729);
    const mine = pages.filter((page) => page >= first && page < first + DAY);
    const over = resolved.filter((at) => at >= first && at < first + DAY);
    const good = mine.length === 2 && over.length === 2 && between(mine[0], first, first + 60) && between(mine[1], second, second + 60);
    if (!good) hits++;
  }
  return { is: 'share', hits, trials };
}

const between = (value: number | undefined, low: number, high: number): boolean => value !== undefined && value >= low && value < high;

const B10: Scenario[] = [20, 100].map((rate) => ({
  part: 'B10',
  what: `6 h outage mended at night, a second one 12 min later, ${rate}/s: not one incident each`,
  promised: { pass: 0 },
  size: { short: 1, long: 24, chunk: 4 },
  run: (trials: number, seed: number) => twoOutages(rate, trials, seed),
}));

/** Producers hand over ten seconds of events at once, each at its own phase; the smaller the number, the burstier. */
function flushing(producers: number): (count: number, second: number) => number {
  const held = new Float64Array(producers);
  return (count, second) => {
    let sum = 0;
    for (let producer = 0; producer < producers; producer++) {
      held[producer] = (held[producer] as number) + count / producers;
      if (second % 10 !== (producer * 3) % 10) continue;
      sum += held[producer] as number;
      held[producer] = 0;
    }
    return sum;
  };
}

const B11: Scenario[] = [1, 3].flatMap((producers) => [
  {
    part: 'B11',
    what: `${producers} producers that flush every 10 s, 50/s`,
    promised: { pass: 1, good: 0 },
    size: { short: producers === 1 ? 6 : 0, long: 50, chunk: 10 },
    run: (days: number, seed: number): Seen => ({
      is: 'pages',
      pages: lived({ rate: 50, factor: always, counted: flushing(producers) }, days, seed).pages.length,
      years: years(days),
    }),
  },
  {
    part: 'B11',
    what: `${producers} producers that flush every 10 s, 50/s: all lost`,
    promised: { pass: 20, allFound: true },
    size: { short: 4, long: 60, chunk: 4 },
    run: flushOutages.bind(null, producers),
  },
]);

function flushOutages(producers: number, trials: number, seed: number): Seen {
  const delays: number[] = [];
  let missed = 0;
  for (let trial = 0; trial < trials; trial++) {
    const onset = 2 * DAY + (trial % 10);
    const counted = flushing(producers);
    const out = (count: number, second: number): number => (second >= onset ? 0 : counted(count, second));
    const { pages } = lived({ rate: 50, factor: always, counted: out }, 2.01, seed + trial * 31);
    const first = pages.find((page) => page >= onset);
    if (first === undefined) missed++;
    else delays.push(first + 1 - onset);
  }
  return { is: 'delays', delays, missed, early: 0 };
}

/** The first day of a metric: pages per metric. */
const B12: Scenario[] = [5, 20, 100].flatMap((rate) =>
  (
    [
      ['Poisson', POISSON],
      ['NB 5', bursty(5)],
      ['AR .2/60', drifting(0.2, 60)],
    ] as const
  ).map(([name, noise]) => ({
    part: 'B12',
    what: `first day of a metric, ${name}, ${rate}/s: pages a metric`,
    promised: { pass: 0.1, good: 0 },
    size: { short: 6, long: 100, chunk: 20 },
    run: (trials: number, seed: number): Seen => {
      let pages = 0;
      for (let trial = 0; trial < trials; trial++) pages += lived({ rate, noise }, 1, seed + trial * 6151).pages.length;
      return { is: 'pages', pages, years: trials };
    },
  })),
);

/** From the tenth day on the daily pattern is an hour earlier. */
const shifted: Factor = (time) => twoHumped(time >= 9.125 * DAY ? time + HOUR : time);

const B13: Scenario[] = [20, 100].map((rate) => ({
  part: 'B13',
  what: `clock change, ${rate}/s`,
  promised: { pass: 0 },
  size: { short: 1, long: 50, chunk: 5 },
  run: (trials: number, seed: number): Seen => {
    let hits = 0;
    for (let trial = 0; trial < trials; trial++) if (lived({ rate, factor: shifted }, 13, seed + trial * 977).pages.length > 0) hits++;
    return { is: 'share', hits, trials };
  },
}));

export const PART_B_LONG: readonly Scenario[] = [...B1, ...B6, ...B10, ...B11, ...B12, ...B13];
