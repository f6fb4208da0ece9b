/** Of all pairs that are sure, the steepest that is also deep, fast and still down: that one pages. */
import { type Depth, deep } from './deep.ts';
import { type Dispersion, neighbours } from './dispersion.ts';
import { type Fast, fast, type Limits } from './fast.ts';
import type { PageWhen } from './page-when.ts';
import { REFERENCES, type Seconds } from './rate.ts';
import type { Pair } from './scan.ts';
import { type StillDown, stillDown } from './still-down.ts';
import type { Alone } from './time-of-day-alone.ts';

export interface Circumstances {
  readonly seconds: Seconds;
  readonly dispersion: Dispersion;
  readonly pageWhen: PageWhen;
  readonly limits: Omit<Limits, 'withinSeconds'>;
  /** Events/s, null = not known. */
  readonly hour: number | null;
  readonly day: number | null;
  /** In a planned event, of which this time of day says nothing: it hides no fall. */
  readonly expected?: boolean;
  /** Since when this time of day alone is compared with, too; null where it is not. */
  readonly alone: Alone | null;
}

/** Every question, asked of one pair whatever the others answer. */
export interface Judgement {
  readonly pair: Pair;
  readonly sure: { readonly holds: boolean };
  readonly deep: Depth;
  /** `withinSeconds` is how long the fall may take at this rate. */
  readonly fast: Fast & { readonly withinSeconds: number };
  readonly stillDown: StillDown;
  readonly pages: boolean;
}

/** @param pairs  those that are sure */
export function pagingPair(pairs: readonly Pair[], circumstances: Circumstances): Pair | null {
  let steepest: Pair | null = null;
  for (const pair of pairs) {
    if (steepest && pair.steepness >= steepest.steepness) continue;
    if (pages(pair, circumstances)) steepest = pair;
  }
  return steepest;
}

/** As in `pagingPair`, but no question is left out after the first no: for whoever wants to know all of them. */
export function judged(pair: Pair, circumstances: Circumstances): Judgement {
  const sure = { holds: pair.steepness <= -circumstances.limits.sigmas };
  const depth = isDeep(pair, circumstances);
  const speed = isFast(pair, circumstances);
  const newest = isStillDown(pair, circumstances);
  return {
    pair,
    sure,
    deep: depth,
    fast: { ...speed, withinSeconds: withinOf(pair, circumstances.pageWhen) },
    stillDown: newest,
    pages: sure.holds && depth.holds && speed.holds && newest.holds,
  };
}

/** Of a pair that is sure. */
function pages(pair: Pair, circumstances: Circumstances): boolean {
  return isDeep(pair, circumstances).holds && isFast(pair, circumstances).holds && isStillDown(pair, circumstances).holds;
}

export function isDeep(pair: Pair, circumstances: Circumstances): Depth {
  const { dispersion, pageWhen } = circumstances;
  return deep(pair, guardsOf(circumstances), pageWhen.drop, leastDispersion(dispersion, pair));
}

export function isFast(pair: Pair, circumstances: Circumstances): Fast {
  const { seconds, dispersion, pageWhen, limits } = circumstances;
  const rate = pair.recent / pair.exposure;
  const normal = lower(guardsOf(circumstances)) ?? pair.usual;
  const dispersionAt = (window: number): number => dispersion.of(Math.max(0, window) * REFERENCES.length, pair.usual);
  return fast(seconds, { ...pair, rate, normal, dispersionAt }, { ...limits, withinSeconds: withinOf(pair, pageWhen) });
}

export function isStillDown({ window, recent, exposure, usual }: Pair, circumstances: Circumstances): StillDown {
  const { seconds, pageWhen } = circumstances;
  const upper = Math.min(usual, lower(guardsOf(circumstances)) ?? usual);
  return stillDown(seconds, { window, rate: recent / exposure, upper }, pageWhen.drop, pageWhen.forSeconds);
}

interface Guards {
  readonly hour: number | null;
  readonly day: number | null;
}

/** The normals that a fall must lie below. */
const guardsOf = ({ hour, day, expected }: Circumstances): Guards => ({ hour, day: expected ? null : day });

/** The lower of two normals, of which either may not be known. */
function lower({ hour, day }: Guards): number | null {
  if (hour === null) return day;
  return day === null ? hour : Math.min(hour, day);
}

function withinOf({ recent, exposure, usual }: Pair, pageWhen: PageWhen): number {
  return withinAt(usual, usual > 0 ? 1 - recent / exposure / usual : 0, pageWhen);
}

/**
 * How long a fall of this depth may take, s. Percent mean the same at any rate; a literal derivative in events/s² does not.
 *
 * @param usual  events/s of the reference
 * @param lost   share of it; a derivative is met by what was lost, not by the least that is asked: else a smaller `drop` pages less
 */
export function withinAt(usual: number, lost: number, { drop, withinSeconds, percentPerSecond, eventsPerSecond2 }: PageWhen): number {
  const share = Math.max(drop, lost);
  if (eventsPerSecond2 !== undefined) return Math.max(1, Math.min(withinSeconds, (share * usual) / -eventsPerSecond2));
  return percentPerSecond === undefined ? withinSeconds : (100 * share) / -percentPerSecond;
}

/** The lesser of the window's two short references: their noise is known soonest. */
function leastDispersion(dispersion: Dispersion, { window, usual }: Pair): number {
  const [, longer] = neighbours(window);
  const pair = longer * REFERENCES.length;
  return Math.min(dispersion.of(pair, usual), dispersion.of(pair + 1, usual));
}
