/** Part P: the same seconds given to rules in common use. Told, not judged. */
import { type Noise, Traffic } from '../../test/support/traffic.ts';
import { shareThatPages } from './crowd.ts';
import { fallsOf, floorOf, livedAt } from './falls.ts';
import { PEERS } from './peers.ts';
import { plummet, type Rule } from './rule.ts';
import type { Scenario, Seen } from './scenario.ts';
import { DAY, drifting, lost, MONDAY, POISSON, sale, twoHumped } from './scenes.ts';

export const OURS = 'Plummet';
const RATES = [5, 20, 100, 1000];
/** A page locks out so many seconds, for every rule. */
const LOCKED_SECONDS = 300;
const LEARNT_DAYS = 2;

function healthy(rule: Rule, rate: number, noise: Noise, days: number, seed: number): Seen {
  const traffic = new Traffic(seed, noise);
  let pages = 0;
  let locked = 0;
  for (let second = 0; second < (LEARNT_DAYS + days) * DAY; second++) {
    const isPage = rule.next(MONDAY + second, traffic.count(rate * twoHumped(second)));
    if (!isPage || second < LEARNT_DAYS * DAY || second < locked) continue;
    pages++;
    locked = second + LOCKED_SECONDS;
  }
  return { is: 'pages', pages, years: days / 365.25 };
}

function rowsOf(name: string, peer: (() => Rule) | undefined): Scenario[] {
  return RATES.flatMap((rate): Scenario[] => {
    const row = (scene: string, size: Scenario['size'], run: Scenario['run'], floorSeconds?: number): Scenario => ({
      part: 'P',
      what: `${name} | ${rate}/s | ${scene}`,
      seeds: `P ${rate} ${scene}`,
      size,
      ...(floorSeconds && { floorSeconds }),
      run,
    });
    const days = { short: rate === 100 ? 2 : 0, long: 60, chunk: 10 };
    const trials = { short: rate === 100 ? 20 : 0, long: 200, chunk: 50 };
    const whatever = peer && { peer };
    const saleEnds = { what: (start: number) => sale({ start, times: 5, lasts: 2700, ends: 1 }), lasts: 2701, ...whatever };
    const dip = { what: (onset: number) => lost(onset, 1, { lasts: 2 }), lasts: 2, ...whatever };
    const slide = { what: (onset: number) => lost(onset, 0.7, { over: 600 }), lasts: 600, ...whatever };
    const noisy = drifting(0.2, 300, 2);
    return [
      row('healthy', days, (size, seed) => healthy((peer ?? plummet)(), rate, POISSON, size, seed)),
      row('healthy, noisy', days, (size, seed) => healthy((peer ?? plummet)(), rate, noisy, size, seed)),
      ...[1, 0.8, 0.5].map((share) =>
        row(
          `${100 * share}% lost`,
          trials,
          (size, seed) => fallsOf({ rate, share, limitSeconds: 600, ...whatever }, size, seed),
          floorOf(rate, share),
        ),
      ),
      row('end of a sale x5', trials, (size, seed) => shareThatPages(livedAt({ rate }, seed), saleEnds, size)),
      row('dip of 2 s', trials, (size, seed) => shareThatPages(livedAt({ rate }, seed), dip, size)),
      row('slide to 30% in 10 min', trials, (size, seed) => shareThatPages(livedAt({ rate }, seed), slide, size)),
    ];
  });
}

export const PART_P: readonly Scenario[] = [
  ...rowsOf(OURS, undefined),
  ...Object.entries(PEERS).flatMap(([name, peer]) => rowsOf(name, peer)),
];
