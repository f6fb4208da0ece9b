/** Part B14, planned events (`expect:`): what is lost inside is found, ends near the window's end wake nobody, nor do weekly sales. */
import { EARLY_END_SECONDS } from '../../detectors/steep-drop/breaks.ts';
import { PAGE_WHEN_DEFAULT } from '../../detectors/steep-drop/page-when.ts';
import { type SteepDrop, steepDrop } from '../../detectors/steep-drop/steep-drop.ts';
import { type Noise, Traffic } from '../../test/support/traffic.ts';
import { livedAt } from './falls.ts';
import type { Scenario, Seen } from './scenario.ts';
import { DAY, drifting, type Factor, HOUR, inSecond, lost, MONDAY, POISSON, sale, together, twoHumped } from './scenes.ts';
import { delayOf, type Lived } from './trial.ts';

const TIMES = 5;
const LASTS = 2700;
const QUIET_SECONDS = 300;

interface Trial {
  /** Since MONDAY: the sale's window by the calendar. */
  readonly opens: number;
  readonly closes: number;
  readonly what: Factor;
  readonly until: number;
}

/** @returns the first second that paged, since MONDAY */
function firstPage(detector: SteepDrop, { traffic, life: { rate, factor, at } }: Lived, { opens, closes, what, until }: Trial): number[] {
  for (let second = at; second < until; second++) {
    const n = traffic.count(rate * factor(second) * inSecond(what, second));
    const expected = second >= opens && second < closes - EARLY_END_SECONDS;
    const { fall } = detector.next({ second: MONDAY + second, n, share: 1, expected });
    if (fall?.at === MONDAY + second) return [second];
  }
  return [];
}

/** From 6 to 38 minutes into the sale. */
function lostInside(rate: number, share: number, trials: number, seed: number): Seen {
  const lived = livedAt({ rate }, seed);
  const delays: number[] = [];
  let [missed, early] = [0, 0];
  for (let trial = 0; trial < trials; trial++) {
    const opens = lived.life.at + QUIET_SECONDS;
    const onset = opens + 360 + lived.traffic.random() * 1920;
    const what = together(sale({ start: opens, times: TIMES, lasts: LASTS, ends: 1 }), lost(onset, share));
    const delay = delayOf(firstPage(lived.detector(), lived, { opens, closes: opens + LASTS, what, until: onset + 180 }), onset);
    if (delay === 'missed') missed++;
    else if (delay === 'early') early++;
    else delays.push(delay);
  }
  return { is: 'delays', delays, missed, early };
}

/** The sale ends so long before (or, below 0, after) its window does. */
function endsNear(rate: number, early: number, ends: number, trials: number, seed: number): Seen {
  const lived = livedAt({ rate }, seed);
  let hits = 0;
  for (let trial = 0; trial < trials; trial++) {
    const opens = lived.life.at + QUIET_SECONDS + lived.traffic.random();
    const what = sale({ start: opens, times: TIMES, lasts: LASTS, ends });
    const times = { opens, closes: opens + LASTS + early, until: opens + LASTS + ends + 600 };
    if (firstPage(lived.detector(), lived, { ...times, what }).length > 0) hits++;
  }
  return { is: 'share', hits, trials };
}

/** Each Friday evening, cold from the first second on. */
function weekly(rate: number, noise: Noise, days: number, seed: number): Seen {
  const traffic = new Traffic(seed, noise);
  const detector = steepDrop(PAGE_WHEN_DEFAULT);
  let pages = 0;
  for (let second = 0; second < days * DAY; second++) {
    const opens = Math.floor(second / DAY) * DAY + 18 * HOUR;
    const isOn = Math.floor(second / DAY) % 7 === 4 && second >= opens - 1 && second < opens + LASTS + 60;
    const times = isOn ? inSecond(sale({ start: opens, times: TIMES, lasts: LASTS, ends: 1 }), second) : 1;
    const expected = isOn && second >= opens && second < opens + LASTS - EARLY_END_SECONDS;
    const { fall } = detector.next({ second: MONDAY + second, n: traffic.count(rate * twoHumped(second) * times), share: 1, expected });
    if (fall?.at === MONDAY + second) pages++;
  }
  return { is: 'pages', pages, years: days / 365.25 };
}

const INSIDE: Scenario[] = [20, 100].flatMap((rate) =>
  [0.5, 1].map((share) => ({
    part: 'B14',
    what: `${share * 100}% lost inside a planned sale x${TIMES}, ${rate}/s`,
    promised: { pass: share === 1 ? 4.5 : 5.5, good: 4.4, allFound: true },
    size: { short: 12, long: 400, chunk: 12 },
    run: (trials: number, seed: number): Seen => lostInside(rate, share, trials, seed),
  })),
);

const ENDS: Scenario[] = [20, 100].flatMap((rate) =>
  [-600, 0, 240].flatMap((early) =>
    [1, 60].map((ends) => ({
      part: 'B14',
      what: `planned sale ends ${early} s before its window, in ${ends} s, ${rate}/s`,
      promised: { pass: 0.01, good: 0 },
      size: { short: early === 240 && ends === 1 ? 15 : 0, long: 300, chunk: 15 },
      run: (trials: number, seed: number): Seen => endsNear(rate, early, ends, trials, seed),
    })),
  ),
);

const WEEKLY: Scenario[] = [20, 100].flatMap((rate) =>
  (
    [
      ['Poisson', POISSON],
      ['NB 2 + AR .2/300', drifting(0.2, 300, 2)],
    ] as const
  ).map(([name, noise]) => ({
    part: 'B14',
    what: `weekly planned sales, two-humped days, ${name}, ${rate}/s`,
    promised: { pass: 1, good: 0 },
    size: { short: 0, long: 366, chunk: 61 },
    run: (days: number, seed: number): Seen => weekly(rate, noise, days, seed),
  })),
);

export const PART_B_PLANNED: readonly Scenario[] = [...INSIDE, ...ENDS, ...WEEKLY];
