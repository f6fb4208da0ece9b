/**
 * The wire form of a batch: many events of one producer in one record. `tally` stands before `events`, so a reader
 * that only counts whole types parses the head alone.
 */

export const BATCH_CONTENT_TYPE = 'application/vnd.plummet.batch+json;v=1';

/** Lower case words with dots, at most 100 characters: `order.placed`. */
export const EVENT_TYPE = /^[a-z0-9][a-z0-9_-]*(\.[a-z0-9][a-z0-9_-]*)*$/;
export const EVENT_TYPE_LENGTH_MAX = 100;

export type FieldValue = string | number | boolean | null;
export type EventData = Readonly<Record<string, FieldValue>>;

/** Events by type and second: `[seconds after t0's second, events]`, ascending. */
export type SecondCounts = Record<string, [offsetSeconds: number, events: number][]>;

/** `[type, milliseconds after t0, data]`; data is left out where the event has none. */
export type BatchEvent = [type: string, offsetMs: number, data?: EventData];

export interface BatchHead {
  /** Name, `#`, 80 random bits drawn at start: no two processes share it. */
  producer: string;
  /** Counts up by one per batch; a resend keeps it. */
  seq: number;
  /** Running number of events, discarded ones too, up to the end of this batch. */
  published: number;
  /** The producer's clock in ms since the epoch, taken anew at each try. */
  sent: number;
  /** Everything before this time (ms) is in this or an earlier batch, or counted as lost. */
  until: number;
  /** Time (ms) from which offsets count. */
  t0: number;
  /** The producer ends cleanly: nobody waits for it any more. */
  bye?: true;
  /** Discarded for want of memory. */
  lost: SecondCounts;
  tally: SecondCounts;
}

export interface Batch extends BatchHead {
  events: BatchEvent[];
}

/** The end of `tally`, which stands right before: so an event type called `events` is never taken for the key. */
const EVENTS_MARK = '},"events":[';

/** A quote inside a JSON string is escaped, so the mark can only be the real key: everything before it is the head. */
function headOf(text: string): string {
  const at = text.indexOf(EVENTS_MARK);
  return at < 0 ? text : `${text.slice(0, at)}}}`;
}

export function encodeBatch(batch: Batch): string {
  const { producer, seq, published, sent, until, t0, bye, lost, tally, events } = batch;
  const head = { producer, seq, published, sent, until, t0, ...(bye && { bye }), lost, tally };
  return `${JSON.stringify(head).slice(0, -2)}${EVENTS_MARK}${JSON.stringify(events).slice(1)}}`;
}

/** Parses the head alone. @throws SyntaxError where the text is no JSON; shapes are checked by `refuseHead`. */
export function decodeHead(text: string): BatchHead {
  return JSON.parse(headOf(text)) as BatchHead;
}

/** @throws SyntaxError where the text is no JSON; shapes are checked by `refuseBatch`. */
export function decodeBatch(text: string): Batch {
  return JSON.parse(text) as Batch;
}

/**
 * Head and events parsed apart, as readers of the head alone will: what this returns is what they see. Null where the text
 * is no JSON or not in the order that they rely on; `decodeBatch` may still read it.
 */
export function decodeParts(text: string): Batch | null {
  const mark = text.indexOf(EVENTS_MARK);
  const end = text.lastIndexOf('}');
  if (mark < 0 || text.slice(end + 1).trim() !== '') return null;
  try {
    const head = decodeHead(text);
    return { ...head, events: JSON.parse(text.slice(mark + EVENTS_MARK.length - 1, end)) as BatchEvent[] };
  } catch {
    return null;
  }
}

/** The events' own tally, to be held against the one in the head. */
export function tallyOf(t0: number, events: readonly BatchEvent[]): SecondCounts {
  const tally: SecondCounts = {};
  const first = Math.floor(t0 / 1000);
  for (const [type, offsetMs] of events) {
    const offset = Math.floor((t0 + offsetMs) / 1000) - first;
    if (!Object.hasOwn(tally, type)) tally[type] = [];
    const counts = tally[type] as [number, number][];
    const last = counts.at(-1);
    if (last?.[0] === offset) last[1]++;
    else {
      const known = counts.find(([second]) => second === offset);
      if (known) known[1]++;
      else counts.push([offset, 1]);
    }
  }
  for (const counts of Object.values(tally)) counts.sort((a, b) => a[0] - b[0]);
  return tally;
}
