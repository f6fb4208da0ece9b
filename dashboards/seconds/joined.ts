/** One answer from what memory knows, which is the newest, and what the store knows, which is the oldest: without a seam, nothing twice. */
import type { HistorySteps } from '../../platform/store/metric-history.ts';
import type { RatesAnswer } from '../live-frames.ts';
import type { Remembered } from './history.ts';
import { addSeconds, answerOf, noRates, type RatesRange, type Span } from './rates.ts';
import { isKnown, type Moment } from './series-seconds.ts';

/** Reads from the store; says in words why it cannot. */
export type ReadPast = (range: Pick<RatesRange, 'from' | 'to' | 'stepSeconds'>) => Promise<HistorySteps | Unread>;

export interface Unread {
  readonly unread: string;
}

/** The oldest seconds in memory may have been counted in part: the event log lets go of its records one segment at a time. */
const EDGE_SECONDS = 120;
/** The store is asked for steps up to such a second, where its roll-ups end. */
const MEETING_SECONDS = 60;
/** The newest seconds are decided on by and by; where nothing was for longer, the store may know more. */
const OPEN_SECONDS_MAX = 15;
const SECONDS_MAX = 10_800;
/** Less than a millisecond of work. */
const SECONDS_AT_ONCE = 2000;

interface Shares {
  /** Before it only the store can know anything. */
  readonly begin: number;
  /** From here on memory is asked first, before it the store. */
  readonly live: number;
  /** What the store is asked by the second: the edge of memory, and from the first to the last second that it knows nothing of. */
  readonly seconds: Span;
  /** Memory alone knows all of the range. */
  readonly isWhole: boolean;
}

/** @param now  the newest second that anything can be known of, since the epoch */
export async function joinedRates(range: RatesRange, memory: Remembered, past: ReadPast, now: number): Promise<RatesAnswer> {
  const { from, stepSeconds } = range;
  const shares = sharesOf(range, memory, now);
  const { begin, seconds, isWhole } = shares;
  const [before, single] = await Promise.all([
    begin > from ? past({ from, to: begin, stepSeconds }) : null,
    seconds.to > seconds.from ? past({ ...seconds, stepSeconds: 1 }) : null,
  ]);
  const steps = noRates(range);
  const unread = [before, single].find((read) => read !== null && 'unread' in read) as Unread | undefined;
  if (unread) {
    await addByAndBy(steps, range, memory, memory.at);
    return { ...answerOf(range, steps), ...(!isWhole && { incomplete: unread.unread }) };
  }
  if (before) copy(before as HistorySteps, steps);
  const at = single ? either(memory, single as HistorySteps, shares) : memory.at;
  await addByAndBy(steps, range, { from: begin, to: Math.max(memory.to, seconds.to) }, at);
  return answerOf(range, steps);
}

/** The loop that also pages people goes round in between. */
async function addByAndBy(steps: HistorySteps, range: RatesRange, span: Span, at: (second: number) => Moment): Promise<void> {
  const to = Math.min(span.to, range.to);
  for (let from = Math.max(span.from, range.from); from < to; from += SECONDS_AT_ONCE) {
    addSeconds(steps, range, { from, to: Math.min(to, from + SECONDS_AT_ONCE) }, at);
    if (to - from > SECONDS_AT_ONCE) await new Promise((resolve) => setImmediate(resolve));
  }
}

function sharesOf(range: RatesRange, { from, to, knows }: Remembered, now: number): Shares {
  const end = Math.min(range.to, now + 1);
  let first = Math.max(0, from);
  while (first < to && !knows(first)) first++;
  if (first >= to) return { begin: range.to, live: range.to, seconds: { from: 0, to: 0 }, isWhole: range.from >= end };
  const inRange = (second: number): number => Math.min(range.to, Math.max(range.from, second));
  const begin = inRange(first - (first % MEETING_SECONDS));
  const live = inRange(first + EDGE_SECONDS);
  let newest = Math.min(to, now + 1) - 1;
  while (newest > first && !knows(newest)) newest--;
  const sought = now - newest > OPEN_SECONDS_MAX ? end : Math.min(end, newest + 1);
  let holeFrom = live;
  while (holeFrom < sought && knows(holeFrom)) holeFrom++;
  let holeTo = sought;
  while (holeTo > holeFrom && knows(holeTo - 1)) holeTo--;
  const asked = { from: live > begin ? begin : holeFrom, to: holeTo > holeFrom ? holeTo : live };
  const seconds = { from: asked.from, to: Math.min(asked.to, asked.from + SECONDS_MAX) };
  return { begin, live, seconds, isWhole: first <= range.from && holeTo <= holeFrom };
}

/** Where memory is sure of what it knows, that; else both may lack a part of what was counted, and who knows of more stands. */
function either(memory: Remembered, read: HistorySteps, { live, seconds }: Shares): (second: number) => Moment {
  return (second) => {
    const remembered = memory.at(second);
    if (second >= live && isKnown(remembered)) return remembered;
    const stored = storedAt(read, second - seconds.from);
    if (!isKnown(stored)) return remembered;
    return Math.abs(remembered.n ?? 0) > Math.abs(stored.n ?? 0) ? { ...remembered, state: remembered.state ?? stored.state } : stored;
  };
}

function storedAt({ counts, state, usual, derivative, closed, steepness }: HistorySteps, i: number): Moment {
  const of = <T>(list: readonly (T | null)[]): T | null => list[i] ?? null;
  return {
    ...{ n: of(counts), state: of(state), usual: of(usual) },
    ...{ derivative: of(derivative), closed: of(closed), steepness: of(steepness) },
  };
}

/** The first steps are as they were read; the last of them may go on. */
function copy(read: HistorySteps, steps: HistorySteps): void {
  for (const name of Object.keys(steps) as (keyof HistorySteps)[]) {
    const list: unknown[] = steps[name];
    read[name].forEach((value, i) => {
      list[i] = value;
    });
  }
}
