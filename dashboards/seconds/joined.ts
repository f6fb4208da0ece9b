/** One answer from what memory knows, which is the newest, and what the store knows, which is the oldest: without a seam, nothing twice. */
import type { HistorySteps } from '../../platform/store/metric-history.ts';
import type { RatesAnswer } from '../live-frames.ts';
import type { Remembered } from './history.ts';
import { addSeconds, answerOf, noRates, type RatesRange, type Span } from './rates.ts';
import type { Moment } from './series-seconds.ts';

/** Reads from the store; says in words why it cannot. */
export type ReadPast = (range: Pick<RatesRange, 'from' | 'to' | 'stepSeconds'>) => Promise<HistorySteps | Unread>;

export interface Unread {
  readonly unread: string;
}

/** The oldest seconds in memory may have been counted in part: the event log lets go of its records one segment at a time. */
const EDGE_SECONDS = 120;
/** Memory takes over at such a second, so that the store has roll-ups up to there. */
const MEETING_SECONDS = 60;
/** The newest seconds are decided on by and by; where nothing was for longer, the store may know more. */
const OPEN_SECONDS_MAX = 15;
const HOLE_SECONDS_MAX = 10_800;

interface Shares {
  /** From here on memory is asked first; before it the store alone. */
  readonly live: number;
  /** Memory knows nothing of the first and the last of these seconds; empty where it knows all. */
  readonly hole: Span;
  /** Memory alone knows all of the range. */
  readonly isWhole: boolean;
}

/** @param now  the newest second that anything can be known of, since the epoch */
export async function joinedRates(range: RatesRange, memory: Remembered, past: ReadPast, now: number): Promise<RatesAnswer> {
  const { from, stepSeconds } = range;
  const { live, hole, isWhole } = sharesOf(range, memory, now);
  const [before, missing] = await Promise.all([
    live > from ? past({ from, to: live, stepSeconds }) : null,
    hole.to > hole.from ? past({ ...hole, stepSeconds: 1 }) : null,
  ]);
  const steps = noRates(range);
  const unread = [before, missing].find((read) => read !== null && 'unread' in read) as Unread | undefined;
  if (unread) {
    addSeconds(steps, range, memory, memory.at);
    return { ...answerOf(range, steps), ...(!isWhole && { incomplete: unread.unread }) };
  }
  if (before) begin(steps, before as HistorySteps);
  const at = missing ? filled(memory, missing as HistorySteps, hole) : memory.at;
  addSeconds(steps, range, { from: live, to: Math.max(memory.to, hole.to) }, at);
  return answerOf(range, steps);
}

function sharesOf(range: RatesRange, { from, to, at }: Remembered, now: number): Shares {
  const end = Math.min(range.to, now + 1);
  const knows = (second: number): boolean => isKnown(at(second));
  let first = Math.max(0, from);
  while (first < to && !knows(first)) first++;
  if (first >= to) return { live: range.to, hole: { from: 0, to: 0 }, isWhole: range.from >= end };
  const edge = Math.ceil((first + EDGE_SECONDS) / MEETING_SECONDS) * MEETING_SECONDS;
  const live = Math.min(range.to, Math.max(range.from, edge));
  let holeFrom = live;
  while (holeFrom < end && knows(holeFrom)) holeFrom++;
  let holeTo = end;
  while (holeTo > holeFrom && !knows(holeTo - 1)) holeTo--;
  if (end - holeTo > OPEN_SECONDS_MAX) holeTo = end;
  else while (holeTo > holeFrom && knows(holeTo - 1)) holeTo--;
  const hole = { from: holeFrom, to: Math.min(holeTo, holeFrom + HOLE_SECONDS_MAX) };
  return { live, hole, isWhole: first <= range.from && hole.to <= hole.from };
}

function filled(memory: Remembered, missing: HistorySteps, hole: Span): (second: number) => Moment {
  return (second) => {
    const moment = memory.at(second);
    const i = second - hole.from;
    if (isKnown(moment) || i < 0 || i >= missing.counts.length) return moment;
    const { counts, state, usual, derivative, closed, steepness } = missing;
    const of = <T>(list: readonly T[]): T => list[i] as T;
    return {
      ...{ n: of(counts), state: of(state), usual: of(usual) },
      ...{ derivative: of(derivative), closed: of(closed), steepness: of(steepness) },
    };
  };
}

function isKnown({ n, state }: Moment): boolean {
  return n !== null || state !== null;
}

/** The first steps are as they were read; the last of them may go on. */
function begin(steps: HistorySteps, read: HistorySteps): void {
  for (const name of Object.keys(steps) as (keyof HistorySteps)[]) {
    const list: unknown[] = steps[name];
    read[name].forEach((value, i) => {
      list[i] = value;
    });
  }
}
