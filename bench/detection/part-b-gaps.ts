/** Part B, no data: never a page while there is none, nor because it ended; falls that begin inside a gap are found. */

import { livedAt } from './falls.ts';
import { paging } from './rule.ts';
import type { Scenario, Seen } from './scenario.ts';
import { always, lost } from './scenes.ts';
import { delayOf, pagesOf } from './trial.ts';

const QUIET_SECONDS = 300;
const AFTER_SECONDS = 1800;

function healthyGap(rate: number, gap: number, trials: number, seed: number): Seen {
  const lived = livedAt({ rate }, seed);
  const from = lived.life.at;
  const start = from + QUIET_SECONDS;
  const isMissing = (second: number): boolean => second >= start && second < start + gap;
  let hits = 0;
  for (let trial = 0; trial < trials; trial++) {
    const happening = { what: always, from, until: start + gap + AFTER_SECONDS, onset: from, isMissing };
    if (pagesOf(paging(lived.detector()), lived, happening).length > 0) hits++;
  }
  return { is: 'share', hits, trials };
}

/** Delays from the moment at which data is back. */
function fallInGap(rate: number, gap: number, share: number, trials: number, seed: number): Seen {
  const lived = livedAt({ rate }, seed);
  const from = lived.life.at;
  const start = from + QUIET_SECONDS;
  const back = start + gap;
  const isMissing = (second: number): boolean => second >= start && second < back;
  const delays: number[] = [];
  let [missed, early] = [0, 0];
  for (let trial = 0; trial < trials; trial++) {
    const what = lost(start + lived.traffic.random() * gap, share);
    const pages = pagesOf(paging(lived.detector()), lived, { what, from, until: back + AFTER_SECONDS, onset: back, isMissing });
    const delay = delayOf(pages, back);
    if (delay === 'missed') missed++;
    else if (delay === 'early') early++;
    else delays.push(delay);
  }
  return { is: 'delays', delays, missed, early };
}

const B7: Scenario[] = [20, 100].flatMap((rate) =>
  [5, 30, 240, 600, 3600].map((gap) => ({
    part: 'B7',
    what: `no data for ${gap} s, ${rate}/s`,
    promised: { pass: 0 },
    size: { short: 20, long: 200, chunk: 20 },
    run: (trials: number, seed: number) => healthyGap(rate, gap, trials, seed),
  })),
);

const B8: Scenario[] = [20, 100].flatMap((rate) =>
  [5, 30, 240].flatMap((gap) =>
    [0.8, 1].map((share) => ({
      part: 'B8',
      what: `${100 * share}% lost inside a gap of ${gap} s, ${rate}/s`,
      promised: { pass: 10, good: 5, allFound: true },
      size: { short: 20, long: 200, chunk: 20 },
      run: (trials: number, seed: number) => fallInGap(rate, gap, share, trials, seed),
    })),
  ),
);

export const PART_B_GAPS: readonly Scenario[] = [...B7, ...B8];
