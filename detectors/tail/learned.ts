/** From a fitted tail to the threshold that everybody takes over, and from that to the limits that a detector is tuned to. */
import type { HistoryFacts } from '../../platform/topics/signals.ts';
import type { LearnedThreshold, TailFit } from '../../platform/topics/thresholds.ts';
import type { PageWhen } from '../steep-drop/page-when.ts';
import { formulaOf } from '../steep-drop/threshold.ts';
import { type Fitted, HISTORY_DAYS_MIN } from './fit.ts';
import { heldAfter } from './held.ts';

/** The limits that a tail is one of: by others its seconds come nearer to a page, or less near. What was raised is not among them. */
export function askedOf(pageWhen: PageWhen): string {
  const { drop, withinSeconds, percentPerSecond = 0, eventsPerSecond2 = 0, falsePagesPerYear, forSeconds, sigmas = 0 } = pageWhen;
  return [drop, withinSeconds, percentPerSecond, eventsPerSecond2, falsePagesPerYear, forSeconds, sigmas]
    .map((limit) => Number(limit.toPrecision(9)))
    .join(' ');
}

/** Whether it was learned for these limits. */
export function isFor(learned: LearnedThreshold | undefined, pageWhen: PageWhen): learned is LearnedThreshold {
  return learned?.asked === askedOf(pageWhen);
}

/** The limits of a second, by what was learned: the same ones where nothing is raised. */
export function raisedAt(pageWhen: PageWhen, learned: LearnedThreshold | undefined, second: number): PageWhen {
  const { raisedSigmas: _, raisedByDays: __, ...written } = pageWhen;
  if (!isFor(learned, written)) return written;
  const raised = second >= learned.from ? learned.raised : learned.before;
  return raised === null ? written : { ...written, raisedSigmas: raised, raisedByDays: Math.floor(learned.days) };
}

/** From which second on which limits held, by all that was learned, in order: for who plays the history again. */
export function tunings(pageWhen: PageWhen, all: readonly LearnedThreshold[]): { readonly from: number; readonly pageWhen: PageWhen }[] {
  const fitting = all.filter((learned) => isFor(learned, pageWhen)).sort((a, b) => a.from - b.from);
  return fitting.map((learned) => ({ from: learned.from, pageWhen: raisedAt(pageWhen, learned, learned.from) }));
}

export interface Learning {
  readonly series: string;
  readonly by: string;
  readonly from: number;
  readonly pageWhen: PageWhen;
  /** What was learned before, of whatever limits. */
  readonly known: LearnedThreshold | undefined;
}

export function learnedFrom(fitted: Fitted, { series, by, from, pageWhen, known }: Learning): LearnedThreshold {
  const formula = formulaOf(pageWhen);
  const before = isFor(known, pageWhen) ? known.raised : null;
  const { sigmas, limitedBy } = heldAfter(before, fitted, formula);
  const peaks = fitted.is === 'too short' ? 0 : fitted.peaks;
  const fit = fitted.is === 'fitted' ? fitFacts(fitted) : null;
  const days = Number(fitted.days.toFixed(2));
  const held = { formula, raised: sigmas, before };
  return { series, by, from, asked: askedOf(pageWhen), ...held, days, ofDays: HISTORY_DAYS_MIN, peaks, fit, limitedBy };
}

function fitFacts({ sigmas, low, high, mean, falsePagesByFormula, isHeavier }: Extract<Fitted, { is: 'fitted' }>): TailFit {
  const finite = (value: number): number | null => (Number.isFinite(value) ? short(value) : null);
  const interval = { sigmas: short(sigmas), low: short(low), high: short(high) };
  return { ...interval, mean: finite(mean), falsePagesByFormula: finite(falsePagesByFormula), isHeavier };
}

/** What is told beside a metric's outlook. */
export function historyFacts({ from, formula, raised, days, ofDays, peaks, fit, limitedBy }: LearnedThreshold): HistoryFacts {
  return { at: from, formula: short(formula), raised, days, ofDays, peaks, fit, limitedBy };
}

const short = (value: number): number => Math.round(value * 1000) / 1000;
