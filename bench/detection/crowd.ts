/** Something that passes, and whether a rule pages for it. */
import { paging, type Rule } from './rule.ts';
import type { Seen } from './scenario.ts';
import type { Factor } from './scenes.ts';
import { type Lived, pagesOf } from './trial.ts';

const AFTER_SECONDS = 1200;
/** A peer needs five minutes for its mean. */
const QUIET_SECONDS = 420;

export interface Crowd {
  readonly what: (onset: number) => Factor;
  /** From the onset until its end. */
  readonly lasts: number;
  /** Another rule than ours, new for each trial; what it says in the quiet minutes before is not counted. */
  readonly peer?: () => Rule;
}

/** The share of trials that page at all from the onset to 20 min after the end. */
export function shareThatPages(lived: Lived, { what, lasts, peer }: Crowd, trials: number): Seen {
  const { at } = lived.life;
  let hits = 0;
  for (let trial = 0; trial < trials; trial++) {
    const onset = at + QUIET_SECONDS + lived.traffic.random();
    const happening = { what: what(onset), from: at, until: Math.ceil(onset + lasts) + AFTER_SECONDS, onset };
    const pages = pagesOf(peer ? peer() : paging(lived.detector()), lived, happening);
    if (pages.some((page) => !peer || page >= Math.floor(onset))) hits++;
  }
  return { is: 'share', hits, trials };
}
