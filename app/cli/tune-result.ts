/** From what was played and tried to what is told: the rows of the whole history, and the recommendation of its first part. */
import { LOST } from '../../detectors/tuning/falls.ts';
import type { Setting } from '../../detectors/tuning/grid.ts';
import { type History, knownSeconds } from '../../detectors/tuning/history.ts';
import type { Hour, HourShape } from '../../detectors/tuning/moments.ts';
import { frontierOf, type Recommended, recommend } from '../../detectors/tuning/recommend.ts';
import { type Part, type Real, type Row, rowsOf, type Seen } from '../../detectors/tuning/rows.ts';
import type { Common } from './tune-tasks.ts';
import type { Done } from './tune-work.ts';

export interface Tuned {
  readonly name: string;
  readonly settings: readonly Setting[];
  readonly rows: readonly Row[];
  /** Indices, by false pages a year to expect. */
  readonly frontier: readonly number[];
  readonly inForce: number;
  readonly recommended: Recommended;
  /** False pages a year. */
  readonly budget: number;
  readonly reals: readonly Real[];
  /** Nobody said which pages were outages: all are listed as they are. */
  readonly isUnjudged: boolean;
  readonly hours: Readonly<Record<Hour, HourShape>>;
  readonly whole: Part;
  readonly first: Part;
  readonly last: Part;
  readonly notes: readonly string[];
}

export interface Asked {
  readonly name: string;
  readonly settings: readonly Setting[];
  readonly common: Common;
  readonly done: Done;
  readonly hours: Readonly<Record<Hour, HourShape>>;
  readonly reals: readonly Real[];
  readonly isUnjudged: boolean;
  readonly budget: number;
  /** Seconds at the end of the history that have no say. */
  readonly heldOutSeconds: number;
  readonly notes: readonly string[];
}

/** So few moments of one hour in the first part are no choice: then all moments have a say. */
const MOMENTS_MIN = 10;
/** Falls are not tried so near a known outage, s. */
const APART_SECONDS = 1800;

export function tunedOf({ name, settings, common, done, hours, reals, isUnjudged, budget, heldOutSeconds, notes }: Asked): Tuned {
  const { history, inForce, waits } = common;
  const tried = common.moments.flatMap((moment, i) => {
    const delays = done.delays[i];
    return delays && !isNear(history.start + moment.at, reals) ? [{ moment, delays }] : [];
  });
  const seen: Seen = {
    pages: done.pages.map((pages) => pages ?? []),
    moments: tried.map(({ moment }) => moment),
    delays: LOST.map((_, i) => tried.map(({ delays }) => delays[i] ?? [])),
    waits,
  };
  const length = history.counts.length;
  const warming = knownSeconds(history) - (done.judged[inForce] ?? 0);
  const split = length - heldOutSeconds;
  const whole = partOf(history, 0, length, warming, reals);
  const first = partOf(history, 0, split, warming, reals);
  const last = partOf(history, split, length, 0, reals);
  const rows = rowsOf(settings, seen, reals, whole);
  const chosenBy = rowsOf(settings, seen, reals, first);
  const quiet = chosenBy[inForce]?.delay.quiet['50']?.tries ?? 0;
  const choosing = quiet >= MOMENTS_MIN ? chosenBy : chosenBy.map((row, i) => ({ ...row, halfQuiet: rows[i]?.halfQuiet ?? null }));
  const recommended = recommend(choosing, rowsOf(settings, seen, reals, last), inForce, budget);
  const frontier = frontierOf(rows);
  return { name, settings, rows, frontier, inForce, recommended, budget, reals, isUnjudged, hours, whole, first, last, notes };
}

/** What is made up in an outage tells nothing of what is healthy. */
function isNear(second: number, reals: readonly Real[]): boolean {
  return reals.some(({ from, to }) => second >= from - APART_SECONDS && second <= to + APART_SECONDS);
}

/** @param warming  seconds in which nothing could have paged */
function partOf(history: History, from: number, to: number, warming: number, reals: readonly Real[]): Part {
  const { start } = history;
  const inReal = reals.reduce(
    (sum, real) => sum + knownSeconds(history, Math.max(from, real.from - start), Math.min(to, real.to - start)),
    0,
  );
  const judged = Math.max(0, knownSeconds(history, from, to) - warming - inReal);
  return { from: start + from, to: start + to, at: from, judged };
}
