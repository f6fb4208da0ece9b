/** The four questions of the rule about one window, each with its number, its limit and its answer, as an explanation tells them. */
import { deepDevianceMin } from '../steep-drop/deep.ts';
import { longestSinceGap } from '../steep-drop/fast.ts';
import type { Circumstances, Judgement } from '../steep-drop/judge.ts';
import type { Pair } from '../steep-drop/scan.ts';

/** Window and reference as one: rates in events/s, lengths in seconds, shares 0..1, sigmas below 0 where something fell. */
export interface Questions {
  /** Length of the window, and of the reference just before it. */
  readonly window: number;
  readonly reference: number;
  /** Events in the window, and what the reference promises for it. */
  readonly count: number;
  readonly expected: number;
  /** Of the window, and of the reference. */
  readonly rate: number;
  readonly usual: number;
  /** All four hold. */
  readonly pages: boolean;
  readonly sure: { readonly holds: boolean; readonly steepness: number; readonly threshold: number; readonly dispersion: number };
  readonly deep: {
    readonly holds: boolean;
    /** Share lost against `usual`, and the share that is asked for, of usual and of both normals. */
    readonly drop: number;
    readonly dropMin: number;
    readonly holdsUsual: boolean;
    /** Null where that normal is not known. */
    readonly hour: Depth | null;
    readonly day: Depth | null;
  };
  readonly fast: {
    readonly holds: boolean;
    /** The longest window that is fast enough. */
    readonly longest: number;
    /** Why so long: the limit itself, a rate that needs longer to be sure, or a gap that may have hidden the fall. */
    readonly because: 'within' | 'rate' | 'gap';
    readonly within: number;
    /** The stretch just before the window that was low already; 0 where none was. */
    readonly alreadyLow: number;
  };
  readonly stillDown: {
    readonly holds: boolean;
    readonly for: number;
    /** The stretch of newest seconds that looks recovered, `ago` seconds before now; null where none does. */
    readonly recovered: { readonly seconds: number; readonly ago: number; readonly count: number; readonly countMax: number } | null;
  };
}

export interface Depth {
  readonly holds: boolean;
  readonly normal: number;
  /** Share lost against it; below 0 above it. */
  readonly drop: number;
  /** How far the window lies below half the asked depth, 0 where it is not that deep; and how far it has to. Both >= 0. */
  readonly sigmas: number;
  readonly sigmasMin: number;
}

export function questionsOf({ pair, sure, deep, fast, stillDown, pages }: Judgement, circumstances: Circumstances): Questions {
  const { pageWhen, limits, hour, day } = circumstances;
  const rate = pair.recent / pair.exposure;
  const { recovered } = stillDown;
  return {
    window: pair.window,
    reference: pair.reference,
    count: pair.recent,
    expected: pair.usual * pair.exposure,
    rate,
    usual: pair.usual,
    pages,
    sure: { holds: sure.holds, steepness: pair.steepness, threshold: -limits.sigmas, dispersion: pair.dispersion },
    deep: {
      holds: deep.holds,
      drop: deep.drop,
      dropMin: pageWhen.drop,
      holdsUsual: rate <= (1 - pageWhen.drop) * pair.usual,
      hour: depthOf(hour, pair, deep.hour),
      day: depthOf(day, pair, deep.day),
    },
    fast: {
      holds: fast.holds,
      longest: fast.longest,
      because: becauseOf(fast, circumstances),
      within: fast.withinSeconds,
      alreadyLow: fast.alreadyLow,
    },
    stillDown: {
      holds: stillDown.holds,
      for: pageWhen.forSeconds,
      recovered: recovered && { seconds: recovered.seconds, ago: recovered.ago, count: recovered.events, countMax: recovered.allowed },
    },
  };
}

/** @param unit  the amount that one event stands for */
export function questionsInAmounts(told: Questions, unit: number): Questions {
  const { count, expected, rate, usual, deep, stillDown } = told;
  const depth = (of: Depth | null): Depth | null => of && { ...of, normal: of.normal * unit };
  const { recovered } = stillDown;
  return {
    ...told,
    ...{ count: count * unit, expected: expected * unit, rate: rate * unit, usual: usual * unit },
    deep: { ...deep, hour: depth(deep.hour), day: depth(deep.day) },
    stillDown: {
      ...stillDown,
      recovered: recovered && { ...recovered, count: recovered.count * unit, countMax: recovered.countMax * unit },
    },
  };
}

/** How far a window came on its way to a page: one for each question that holds in the rule's order, and how near it is to the next. */
export function closenessOf({ sure, deep, fast, stillDown, pages }: Questions): number {
  if (pages) return 5;
  if (!sure.holds) return 0;
  if (!deep.holdsUsual) return 1 + deep.drop;
  const later = [fast, stillDown].filter(({ holds }) => holds).length;
  if (!deep.holds) return 2 + later / 3;
  return fast.holds ? 4 : 3 + later / 3;
}

function depthOf(normal: number | null, { recent, exposure, usual }: Pair, deviance: number | null): Depth | null {
  if (normal === null || deviance === null) return null;
  const drop = normal > 0 ? 1 - recent / exposure / normal : 0;
  const asked = deepDevianceMin(normal, usual);
  const sigmasMin = Math.sqrt(asked);
  return { holds: deviance >= asked, normal, drop, sigmas: Math.sqrt(deviance), sigmasMin };
}

function becauseOf({ longest, withinSeconds }: Judgement['fast'], { seconds, limits }: Circumstances): 'within' | 'rate' | 'gap' {
  if (longest <= withinSeconds) return 'within';
  return longest === longestSinceGap(seconds.taken, { ...limits, withinSeconds }) ? 'gap' : 'rate';
}
