/** Part A: steepness alone against Lorden's bound, and whether one threshold is right for every rate and noise. */

import { PAGE_WHEN_DEFAULT } from '../../detectors/steep-drop/page-when.ts';
import { steepDrop } from '../../detectors/steep-drop/steep-drop.ts';
import { type Noise, Traffic } from '../../test/support/traffic.ts';
import { type Fallen, fallsOf, floorOf } from './falls.ts';
import type { Scenario, Seen } from './scenario.ts';
import { always, bursty, DAY, drifting, type Factor, MONDAY, POISSON, swinging } from './scenes.ts';

const SIGMAS = 6;
/** A page holds the steepness of its fall: none may come before the threshold asked for. */
const AT_SIX = { ...PAGE_WHEN_DEFAULT, sigmas: SIGMAS };
const SHARES = [1, 0.8, 0.5] as const;
const LOCKED_SECONDS = 300;
/** Excursions less steep than this are many a day and decide nothing. */
const PEAK_MIN = 5;
const LEARNT_DAYS = 1;

const a1 = (rate: number, share: number, short: boolean): Scenario => {
  const floor = floorOf(rate, share);
  const times = rate === 1 && share === 0.5 ? 1.6 : 1.35;
  const promised = { pass: Math.max(times * floor, floor + 1), good: Math.max(1.25 * floor, floor + 1) };
  const fallen: Fallen = { rate, share, factor: always, sigmas: SIGMAS, pageWhen: AT_SIX };
  return {
    part: 'A1',
    what: `Poisson ${rate}/s, ${100 * share}% lost, steepness alone`,
    promised,
    floorSeconds: floor,
    size: { short: short ? 100 : 0, long: 1000, chunk: 100 },
    run: (trials, seed) => fallsOf(fallen, trials, seed),
  };
};

/** Steepest excursions of healthy days, each with its own state, learned in the day before. */
function healthyPeaks(rate: number, noise: Noise, factor: Factor, days: number, seed: number): Seen {
  const traffic = new Traffic(seed, noise);
  const detector = steepDrop(AT_SIX);
  const peaks: number[] = [];
  let peak = 0;
  let until = 0;
  const end = (days + LEARNT_DAYS) * DAY;
  for (let second = 0; second < end; second++) {
    const found = detector.next({ second: MONDAY + second, n: traffic.count(rate * factor(second)), share: 1 });
    if (second < LEARNT_DAYS * DAY || (found.isDown && found.fall?.at !== MONDAY + second)) continue;
    const z = -found.steepness;
    if (z < PEAK_MIN) continue;
    if (second >= until) {
      if (peak > 0) peaks.push(peak);
      peak = 0;
      until = second + LOCKED_SECONDS;
    }
    peak = Math.max(peak, z);
  }
  if (peak > 0) peaks.push(peak);
  return { is: 'peaks', peaks: peaks.sort((a, b) => b - a), years: days / 365.25 };
}

const a2 = (what: string, rate: number, noise: Noise, factor: Factor = always): Scenario => ({
  part: 'A2',
  what: `threshold for 1/year: ${what}`,
  promised: { pass: 6.3, least: 5.2 },
  size: { short: 0, long: 366, chunk: 61 },
  run: (days, seed) => healthyPeaks(rate, noise, factor, days, seed),
});

const a3 = (what: string, fallen: Fallen, pass: number, good: number): Scenario => ({
  part: 'A3',
  what,
  promised: { pass, good },
  size: { short: 100, long: 1000, chunk: 100 },
  run: (trials, seed) => fallsOf(fallen, trials, seed),
});

const NB5: Fallen = { rate: 100, share: 0.5, noise: bursty(5), factor: always };
const DRIFTING: Fallen = { rate: 100, share: 0.8, noise: drifting(0.2, 60, 2), factor: always };

export const PART_A: readonly Scenario[] = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].flatMap((rate) => SHARES.map((share) => a1(rate, share, [1, 10, 100].includes(rate)))),
  ...[1, 5, 10, 50, 100, 500, 1000, 10_000].map((rate) => a2(`Poisson ${rate}/s`, rate, POISSON)),
  a2('10/s NB 2', 10, bursty(2)),
  a2('10/s NB 5', 10, bursty(5)),
  a2('100/s NB 2', 100, bursty(2)),
  a2('100/s NB 5', 100, bursty(5)),
  a2('1,000/s NB 5', 1000, bursty(5)),
  a2('100/s, daily cycle', 100, POISSON, swinging),
  a2('10,000/s, daily cycle', 10_000, POISSON, swinging),
  a2('100/s NB 5 + AR .1/20, daily', 100, drifting(0.1, 20, 5), swinging),
  a2('1,000/s NB 5 + AR .1/20, daily', 1000, drifting(0.1, 20, 5), swinging),
  a2('10/s NB 2 + AR .2/60, daily', 10, drifting(0.2, 60, 2), swinging),
  a2('100/s NB 2 + AR .2/60, daily', 100, drifting(0.2, 60, 2), swinging),
  a2('1,000/s NB 2 + AR .2/60, daily', 1000, drifting(0.2, 60, 2), swinging),
  a2('1,000/s AR .1/300, daily', 1000, drifting(0.1, 300), swinging),
  a3('100/s NB 5, half lost, steepness alone', { ...NB5, sigmas: SIGMAS, pageWhen: AT_SIX }, 8, 7),
  a3('100/s NB 2 + AR .2/60, 80% lost, steepness alone', { ...DRIFTING, sigmas: SIGMAS, pageWhen: AT_SIX }, 5, 4),
  a3('100/s NB 5, half lost, the whole rule', NB5, 8, 7),
  a3('100/s NB 2 + AR .2/60, 80% lost, the whole rule', DRIFTING, 5, 4),
];
