/** Which segments carry a fall, how much of what is missing is theirs, and whether they are to be told from the others at all. */
import type { Carrier } from '../../platform/topics/signals.ts';

/** A segment in the seconds of a fall. */
export interface Segment {
  readonly segment: string;
  /** Events that were to be expected in these seconds. */
  readonly usual: number;
  /** Events that came. */
  readonly n: number;
  /** Events that `usual` was learned from: few of them are a rough guess. */
  readonly learnedFrom: number;
}

export const CARRIERS_MAX = 3;
/** Below what it would have if all had fallen alike; of 200 segments one in a hundred falls is then told wrong. */
const STANDS_OUT_SIGMAS = 4;
/** Below its own usual: named beside one that stands out. */
const LOST_SIGMAS = 3;
/** Variance over mean that is allowed for: business counts are near Poisson within seconds. */
const DISPERSION = 1.5;
/** Fewer tell nothing. */
const EVENTS_MIN = 20;

/** @returns the ones that stand out, who lost most first; empty: all fell alike; null: nobody can tell */
export function carriersOf(segments: readonly Segment[]): Carrier[] | null {
  const usual = segments.reduce((sum, one) => sum + one.usual, 0);
  const n = segments.reduce((sum, one) => sum + one.n, 0);
  if (segments.length < 2 || usual < EVENTS_MIN) return null;
  const left = n / usual;
  // Where one lost more than the others, those are named who lost anything for sure; else nobody is to be told from the others.
  if (!segments.some((one) => sigmas(one, left) <= -STANDS_OUT_SIGMAS)) return [];
  const carriers = segments.filter((one) => sigmas(one, 1) <= -LOST_SIGMAS);
  const lost = ({ usual: expected, n: came }: Segment): number => expected - came;
  // Others that had more than usual by chance do not make what is missing less.
  const missing = Math.max(
    usual - n,
    carriers.reduce((sum, one) => sum + lost(one), 0),
  );
  return carriers
    .sort((a, b) => lost(b) - lost(a) || (a.segment < b.segment ? -1 : 1))
    .slice(0, CARRIERS_MAX)
    .map((one) => ({ segment: one.segment, share: round(lost(one) / missing), drop: round(lost(one) / one.usual) }));
}

/** @param left  share of the usual events that is left of all of them together */
function sigmas({ usual, n, learnedFrom }: Segment, left: number): number {
  const expected = usual * left;
  const guess = expected ** 2 / Math.max(1, learnedFrom);
  return (n - expected) / Math.sqrt(DISPERSION * Math.max(expected, 0.25) + guess);
}

const round = (share: number): number => Math.round(share * 1000) / 1000;
