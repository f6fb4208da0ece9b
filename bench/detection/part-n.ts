/** Drifting noise of 10, 20 and 30 % with memories of 5, 20 and 60 s, at 100/s: what is asked beyond the tables. */

import { PAGE_WHEN_DEFAULT } from '../../detectors/steep-drop/page-when.ts';
import { steepDrop } from '../../detectors/steep-drop/steep-drop.ts';
import { Traffic } from '../../test/support/traffic.ts';
import { fallsOf } from './falls.ts';
import type { Scenario, Seen } from './scenario.ts';
import { DAY, drifting, MONDAY, swinging } from './scenes.ts';

const RATE = 100;

export const PART_N: readonly Scenario[] = [0.1, 0.2, 0.3].flatMap((sigma) =>
  [5, 20, 60].flatMap((memory) => {
    const noise = drifting(sigma, memory);
    const name = `${100 * sigma}% over ${memory} s, ${RATE}/s`;
    return [
      ...[1, 0.8, 0.5].map((share) => ({
        part: 'N',
        what: `drifting noise of ${name}: ${100 * share}% lost`,
        size: { short: 0, long: 300, chunk: 50 },
        run: (trials: number, seed: number) => fallsOf({ rate: RATE, share, noise, limitSeconds: 900 }, trials, seed),
      })),
      {
        part: 'N',
        what: `drifting noise of ${name}: healthy`,
        promised: { pass: 1, good: 0 },
        size: { short: 0, long: 366, chunk: 61 },
        run: (days: number, seed: number): Seen => {
          const traffic = new Traffic(seed, noise);
          const detector = steepDrop(PAGE_WHEN_DEFAULT);
          let pages = 0;
          for (let second = 0; second < days * DAY; second++) {
            const { fall } = detector.next({ second: MONDAY + second, n: traffic.count(RATE * swinging(second)), share: 1 });
            if (fall?.at === MONDAY + second) pages++;
          }
          return { is: 'pages', pages, years: days / 365.25 };
        },
      },
    ];
  }),
);
