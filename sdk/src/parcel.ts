/** Cuts the next batch from what waits, and keeps its text while it is under way. */
import { type BatchHead, encodeBatch, type SecondCounts, tallyOf } from './batch.ts';
import type { Outbox } from './outbox.ts';
import type { Letter } from './transport.ts';

/** As the gateway takes them. */
export const parcelLimits = {
  eventsMax: 1000,
  bytesMax: 1024 * 1024,
  /** Pairs of type and second told as lost; the gateway takes 10,000. */
  lostEntriesMax: 1000,
  /** Between the first second of a batch and its last; the gateway takes seven days. */
  spanSecondsMax: 6 * 86_400,
} as const;

/** What a cut goes by beside what waits. */
export interface Cut {
  readonly producer: string;
  readonly seq: number;
  /** Steady time, ms since the epoch. */
  readonly now: number;
  /** What the batch accepted last said; it holds for ever. */
  readonly until: number;
  readonly bye: boolean;
}

export interface Parcel extends Letter {
  readonly bye: boolean;
  /** Events of the app up to its end, each in a batch or told as lost. */
  readonly published: number;
  readonly until: number;
  readonly t0: number;
  readonly lost: SecondCounts;
  readonly tally: SecondCounts;
}

/**
 * Takes the oldest of what waits: first all that was lost, then events.
 * @param time  steady time at each try, ms since the epoch
 */
export function cutParcel(outbox: Outbox, cut: Cut, time: () => number): Parcel {
  const now = Math.floor(cut.now);
  const { lostEntriesMax, spanSecondsMax } = parcelLimits;
  const firstLost = outbox.lost.oldestSecond;
  const lost = outbox.lost.take(lostEntriesMax, spanSecondsMax);
  const t0 = Math.min(firstLost === undefined ? now : firstLost * 1000, outbox.oldest ?? now);
  moveOffsets(lost, firstLost === undefined ? 0 : firstLost - Math.floor(t0 / 1000));
  // What is lost goes first: so long as some is left, no event may pass it, because `until` speaks for both.
  let eventsMax: number = outbox.lost.total > 0 ? 0 : parcelLimits.eventsMax;
  for (;;) {
    const events = outbox.peek(eventsMax, parcelLimits.bytesMax, t0, t0 + spanSecondsMax * 1000);
    const tally = tallyOf(t0, events);
    const oldestLeft = outbox.timeAt(events.length) ?? now;
    const oldestLost = (outbox.lost.oldestSecond ?? Number.POSITIVE_INFINITY) * 1000;
    const published = outbox.published - outbox.lost.total - (outbox.size - events.length);
    const { producer, seq, bye } = cut;
    const until = Math.max(cut.until, Math.min(now, oldestLeft, oldestLost));
    const head: BatchHead = { producer, seq, published, sent: 0, until, t0, ...(bye && { bye }), lost, tally };
    const text = encodeBatch({ ...head, events });
    const bytes = Buffer.byteLength(text);
    if (events.length > 1 && bytes > parcelLimits.bytesMax) {
      // The estimate that `peek` went by was too low: letters outside ASCII, or many to be escaped.
      eventsMax = Math.max(1, Math.floor((events.length * 0.9 * parcelLimits.bytesMax) / bytes));
      continue;
    }
    outbox.drop(events.length);
    return { ...head, bye, events: events.length, text: withSent(text, time) };
  }
}

function moveOffsets(counts: SecondCounts, seconds: number): void {
  if (seconds === 0) return;
  for (const pairs of Object.values(counts)) for (const pair of pairs) pair[0] += seconds;
}

const SENT = '"sent":';

/** A quote inside a JSON string is escaped, so the first mark is the key itself, whatever the producer is called. */
function withSent(text: string, time: () => number): () => string {
  const at = text.indexOf(SENT) + SENT.length;
  const before = text.slice(0, at);
  const after = text.slice(at + 1);
  return () => `${before}${Math.floor(time())}${after}`;
}
