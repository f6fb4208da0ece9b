/** What one batch adds to the counts: by its tally alone where that is exact, else event by event. */
import type { BatchEvent, BatchHead, SecondCounts } from '@plummet/sdk/batch';
import { readBatchEvents } from '../../platform/topics/read-events.ts';
import { isRefusal, type Refusal } from '../../platform/topics/refusal.ts';
import type { BlockRows, Counter } from './block-rows.ts';

/** @param shiftMs  what its producer's times are shifted by */
export function countBatch(rows: BlockRows, head: BatchHead, shiftMs: number, text: string): Refusal | null {
  const first = Math.floor(head.t0 / 1000);
  addLost(rows, head.lost, first, shiftMs);
  let rest = 0;
  for (const type in head.tally) {
    const counters = rows.counters(type);
    if (counters.length === 0) rows.unwatched.add(type, eventsOf(head.tally[type] ?? []));
    for (const counter of counters) {
      const isInHead = counter.wholeType && shiftMs === 0;
      if (!isInHead || counter.segments) rest++;
      if (isInHead) for (const [offset, n] of head.tally[type] as [number, number][]) rows.add(counter, first + offset, n, 0, 0);
    }
  }
  if (rest === 0) return null;
  const events = readBatchEvents(text);
  if (isRefusal(events)) {
    countUnread(rows, head.tally, first, shiftMs);
    return events;
  }
  countEvents(rows, events, head.t0 + shiftMs, shiftMs);
  return null;
}

function eventsOf(entries: readonly (readonly [number, number])[]): number {
  let events = 0;
  for (const [, n] of entries) events += n;
  return events;
}

function countEvents(rows: BlockRows, events: readonly BatchEvent[], t0: number, shiftMs: number): void {
  for (const event of events) {
    const second = Math.floor((t0 + event[1]) / 1000);
    for (const counter of rows.counters(event[0])) {
      if (!counter.wholeType || shiftMs !== 0) rows.addEvent(counter, event[2], second, 1);
      else if (counter.segments) rows.addToSegment(counter, event[2], second, 1, 0);
    }
  }
}

/** Whole types are known from the tally all the same; where a filter or a sum would have to look into the events, they are lost to us. */
function countUnread(rows: BlockRows, tally: SecondCounts, first: number, shiftMs: number): void {
  const add = (counter: Counter, second: number, n: number): void => {
    if (!counter.wholeType) rows.add(counter, second, 0, 0, n);
    else if (shiftMs !== 0) rows.add(counter, second, n, 0, 0);
    if (counter.wholeType && counter.segments) rows.add(counter.segments.unread, second, n, 0, 0);
  };
  for (const [type, entries] of Object.entries(tally)) {
    for (const counter of rows.counters(type)) for (const [offset, n] of entries) add(counter, shifted(first + offset, shiftMs), n);
  }
}

/** A filter cannot know which of the discarded ones it would have counted: the second is marked, and its reader leaves it out. */
function addLost(rows: BlockRows, lost: SecondCounts, first: number, shiftMs: number): void {
  for (const [type, entries] of Object.entries(lost)) {
    for (const counter of rows.counters(type))
      for (const [offset, n] of entries) rows.add(counter, shifted(first + offset, shiftMs), 0, 0, n);
  }
}

/** Of events known by their second alone: as if all were in its middle. */
function shifted(second: number, shiftMs: number): number {
  return shiftMs === 0 ? second : Math.floor((second * 1000 + 500 + shiftMs) / 1000);
}
