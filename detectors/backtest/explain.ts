/** Why a second pages, or why not: every question of the rule with its number, asked by the very functions that decide. */
import { PAIRS } from '../steep-drop/dispersion.ts';
import type { Evidence } from '../steep-drop/evidence.ts';
import type { Count, Fall, Finding, State } from '../steep-drop/finding.ts';
import { type Circumstances, judged, pagingPair } from '../steep-drop/judge.ts';
import { REFERENCE_SECONDS, REFERENCES, WINDOWS } from '../steep-drop/rate.ts';
import { heldAfterPage, isUpEachMinute, recoveryLine } from '../steep-drop/recovery.ts';
import { type Pair, Scan } from '../steep-drop/scan.ts';
import { type SteepDrop, WARM_SECONDS } from '../steep-drop/steep-drop.ts';
import { ALONE_DROP, type Alone, askedAlone, belowDayAlone } from '../steep-drop/time-of-day-alone.ts';
import { closenessOf, type Questions, questionsInAmounts, questionsOf } from './questions.ts';

/** Why no page may go out in a second whatever its windows say; `soon` and `back` are those of `heldAfterPage`. */
export type Held = 'warming' | 'closed' | 'soon' | 'back';

/** Seconds since the epoch, rates in events/s, shares 0..1, sigmas below 0 where something fell; null where something is not known. */
export interface Explained {
  readonly second: number;
  readonly pages: boolean;
  readonly held: Held | null;
  /** Of this second, as live. */
  readonly state: State;
  /** A page is out, after this second. */
  readonly isDown: boolean;
  /** Of the 3,600 s that warming takes, before this one. */
  readonly warmSeconds: number;
  /** Of the 60 s that recovery takes. */
  readonly recoveredSeconds: number;
  /** When the page was sent that was out before this second. */
  readonly outSince: number | null;
  /** The rate from which on what is down is not; null where nothing is. */
  readonly recoversAt: number | null;
  readonly count: number;
  readonly rate: number;
  readonly usual: number | null;
  readonly hour: number | null;
  readonly day: number | null;
  /** In a planned event: this time of day hides nothing. */
  readonly expected: boolean;
  readonly limits: { readonly drop: number; readonly within: number; readonly for: number; readonly threshold: number };
  /** Windows with their references: all there are, those with enough seconds before them, and those that are sure. */
  readonly pairs: { readonly all: number; readonly known: number; readonly sure: number; readonly sureSinceLastEvent: number };
  /** The steepest window, then the one that pages or comes closer to it, where that is another. Empty where nothing lies below. */
  readonly questions: readonly Questions[];
  /** Data came back after a long gap, or a planned closing ended: this time of day alone is compared with. */
  readonly alone: BelowTimeOfDay | null;
  /** What this second's page tells, or that of the page that is out. */
  readonly fall: Readonly<Fall> | null;
  /** Of a sum: the amount that one event stands for; counts and rates are amounts then. Left out: events are counted. */
  readonly unit?: number;
}

/** The window since then that pages or comes closest; without one while it is too soon or the time of day is not known. */
export interface BelowTimeOfDay {
  readonly after: Alone['after'];
  /** Since then. */
  readonly seconds: number;
  readonly dropMin: number;
  readonly window: { readonly seconds: number; readonly count: number; readonly expected: number; readonly drop: number } | null;
  readonly isDeep: boolean;
  readonly isSure: boolean;
  readonly steepness: number;
  readonly threshold: number;
}

/** Takes the next second as `detector.next` would, and explains it. */
export function explain(detector: SteepDrop, count: Count, closed = false): Explained {
  let asked: Judged | undefined;
  let recoveryDay: number | null = null;
  const finding = detector.next(count, closed, (evidence) => {
    asked = inAmounts(judge(evidence, count.second), evidence.unit);
    recoveryDay = evidence.recoveryDay;
  });
  return { count: count.n, ...(asked as Judged), ...shown(finding, (asked as Judged).limits.drop, recoveryDay) };
}

type Shown = Pick<Explained, 'state' | 'rate' | 'usual' | 'hour' | 'day' | 'isDown' | 'recoveredSeconds' | 'recoversAt' | 'fall'>;
type Judged = Omit<Explained, keyof Shown | 'count'>;

/** What the second shows once it is decided. */
function shown(finding: Finding, drop: number, recoveryDay: number | null): Shown {
  const { state, rate, usual, hour, day, isDown, recoveredSeconds, fall } = finding;
  const recoversAt = fall ? recoveryLine(fall.rateBefore, recoveryDay, drop) : null;
  return { state, rate, usual, hour, day, isDown, recoveredSeconds, recoversAt, fall: fall ? { ...fall } : null };
}

function judge(evidence: Evidence, second: number): Judged {
  const { circumstances, fall } = evidence;
  const { pageWhen, limits } = circumstances;
  const held = heldBy(evidence, second);
  const pairs = below(evidence);
  const sure = pairs.filter(({ steepness }) => steepness <= -limits.sigmas);
  const paging = pagingPair(sure, circumstances);
  const low = paging || fall ? null : belowDayAlone(circumstances);
  return {
    second,
    pages: held === null && (paging ?? low) !== null,
    held,
    warmSeconds: evidence.warmSeconds,
    expected: circumstances.expected ?? false,
    outSince: fall?.at ?? null,
    limits: { drop: pageWhen.drop, within: pageWhen.withinSeconds, for: pageWhen.forSeconds, threshold: -limits.sigmas },
    pairs: {
      all: PAIRS,
      known: knownPairs(evidence),
      sure: sure.filter(({ window }) => WINDOWS.includes(window)).length,
      sureSinceLastEvent: sure.filter(({ window }) => !WINDOWS.includes(window)).length,
    },
    questions: questionsOfSome(pairs, circumstances),
    alone: circumstances.alone && !fall ? belowTimeOfDay(circumstances.alone, circumstances) : null,
  };
}

/** What was judged in events is told in the amounts that they stand for. */
function inAmounts(judged: Judged, unit = 1): Judged {
  if (unit === 1) return judged;
  const { alone } = judged;
  const questions = judged.questions.map((one) => questionsInAmounts(one, unit));
  if (!alone?.window) return { ...judged, unit, questions };
  const window = { ...alone.window, count: alone.window.count * unit, expected: alone.window.expected * unit };
  return { ...judged, unit, questions, alone: { ...alone, window } };
}

function heldBy({ warmSeconds, closed, fall, circumstances, recoveryDay, pagedAt }: Evidence, second: number): Held | null {
  if (!fall && warmSeconds < WARM_SECONDS) return 'warming';
  if (closed || !fall) return closed ? 'closed' : null;
  const { seconds, pageWhen } = circumstances;
  return heldAfterPage(second - fall.at, isUpEachMinute(seconds, recoveryLine(fall.rateBefore, recoveryDay, pageWhen.drop), pagedAt));
}

/** Every window with every reference that lies visibly below it, the steepest first; the live scan keeps those that are sure. */
function below({ circumstances: { seconds, dispersion }, scannedFrom, scan: { zeros } }: Evidence): Pair[] {
  const scan = new Scan();
  scan.zeros = Math.max(0, zeros - 1);
  scan.look(seconds, dispersion, scannedFrom, 0);
  return scan.sure.sort((a, b) => a.steepness - b.steepness);
}

function knownPairs({ circumstances: { seconds }, scannedFrom }: Evidence): number {
  const longest = seconds.taken - scannedFrom;
  return REFERENCE_SECONDS.filter((length, pair) => (WINDOWS[Math.floor(pair / REFERENCES.length)] as number) + length <= longest).length;
}

/** @param pairs  the steepest first */
function questionsOfSome(pairs: readonly Pair[], circumstances: Circumstances): Questions[] {
  const all = pairs.map((pair) => questionsOf(judged(pair, circumstances), circumstances));
  const [steepest] = all;
  if (!steepest) return [];
  const closeness = all.map(closenessOf);
  const closest = all[closeness.indexOf(Math.max(...closeness))] as Questions;
  return closest === steepest ? [steepest] : [steepest, closest];
}

function belowTimeOfDay(alone: Alone, circumstances: Circumstances): BelowTimeOfDay {
  const { seconds, limits } = circumstances;
  const asked = WINDOWS.map((window) => askedAlone(window, alone, circumstances)).filter((each) => each !== null);
  const yes = ({ isDeep, isSure }: { isDeep: boolean; isSure: boolean }): number => (isDeep ? 1 : 0) + (isSure ? 1 : 0);
  const most = Math.max(...asked.map(yes));
  const closest = asked.find((each) => yes(each) === most);
  const { after, from } = alone;
  const facts = { after, seconds: seconds.taken - from, dropMin: ALONE_DROP, threshold: -limits.sigmas };
  if (!closest) return { ...facts, window: null, isDeep: false, isSure: false, steepness: 0 };
  const { pair, isDeep, isSure } = closest;
  const expected = pair.usual * pair.exposure;
  const drop = expected > 0 ? 1 - pair.recent / expected : 0;
  return { ...facts, window: { seconds: pair.window, count: pair.recent, expected, drop }, isDeep, isSure, steepness: pair.steepness };
}
