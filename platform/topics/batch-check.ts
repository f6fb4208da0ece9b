/** Is this batch what it says it is? The same answer at the gateway and wherever a record is read that came past it. */
import type { Batch, BatchHead } from '@plummet/sdk/batch';
import { eventLimits, refuseData, refuseTime, refuseType } from './event-check.ts';
import { type Refusal, refusal, sayRefusal, shown, within } from './refusal.ts';

export const batchLimits = {
  producerCharsMax: 200,
  /** How far an event may lie from its batch's `t0`, either way: the longest outage that a producer's memory bridges. */
  spanSecondsMax: 7 * 86_400,
  /** Entries of `tally` and of `lost`: types times seconds. */
  entriesMax: 10_000,
  /** Events of one type and second. */
  entryEventsMax: 1e9,
} as const;

/** @returns what is wrong, naming the field, or null */
export function refuseHead(head: unknown): string | null {
  const wrong = headRefusal(head);
  return wrong && sayRefusal(wrong);
}

/** @returns what is wrong, naming the field, or null */
export function refuseBatch(batch: unknown): string | null {
  const wrong = batchRefusal(batch);
  return wrong && sayRefusal(wrong);
}

export function headRefusal(head: unknown): Refusal | null {
  if (typeof head !== 'object' || head === null || Array.isArray(head)) {
    return refusal('bad-shape', '', `a batch must be an object; found ${shown(head)}`);
  }
  const { producer, seq, published, sent, until, t0, bye, lost, tally } = head as Partial<Record<keyof BatchHead, unknown>>;
  return (
    refuseProducer(producer) ??
    refuseWhole(seq, 'seq') ??
    refuseWhole(published, 'published') ??
    refuseTime(sent, 'sent') ??
    refuseTime(until, 'until') ??
    refuseTime(t0, 't0') ??
    (bye === undefined || bye === true ? null : refusal('bad-shape', 'bye', `must be true or left out; found ${shown(bye)}`)) ??
    refuseSecondCounts(lost, 'lost') ??
    refuseSecondCounts(tally, 'tally')
  );
}

/** The head, every event, and the tally against the events: one pass, nothing built per event. */
export function batchRefusal(batch: unknown): Refusal | null {
  const wrong = headRefusal(batch);
  if (wrong) return wrong;
  const { events } = batch as { events?: unknown };
  if (!Array.isArray(events)) return refusal('bad-shape', 'events', `must be a list of [type, offsetMs, data]; found ${shown(events)}`);
  if (events.length > eventLimits.eventsMax) {
    return refusal('too-many-events', 'events', `a batch holds at most ${eventLimits.eventsMax} events; this one has ${events.length}`);
  }
  return refuseEvents(batch as Batch);
}

/** No control, formatting or direction marks: the name is shown in pages, mails and terminals. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}]/u;

function refuseProducer(producer: unknown): Refusal | null {
  const right = 'must be a name, # and random letters, like "shop-web-3#k3v9x0q2m7t1c5zd"';
  const wrong = (): Refusal =>
    refusal('bad-shape', 'producer', `${right}, at most ${batchLimits.producerCharsMax} characters; found ${shown(producer)}`);
  if (typeof producer !== 'string' || producer.length > batchLimits.producerCharsMax) return wrong();
  const mark = producer.lastIndexOf('#');
  return mark < 1 || mark === producer.length - 1 || UNPRINTABLE.test(producer) ? wrong() : null;
}

function refuseWhole(value: unknown, field: string): Refusal | null {
  if (Number.isSafeInteger(value) && (value as number) >= 0) return null;
  return refusal('bad-number', field, `must be a whole number of 0 or more; found ${shown(value)}`);
}

function refuseSecondCounts(counts: unknown, field: string): Refusal | null {
  if (typeof counts !== 'object' || counts === null || Array.isArray(counts)) {
    return refusal('bad-shape', field, `must be an object like {"order.placed":[[0,311]]}; found ${shown(counts)}`);
  }
  let left: number = batchLimits.entriesMax;
  for (const type in counts) {
    const entries = (counts as Record<string, unknown>)[type];
    const wrong = refuseType(type, field) ?? refuseEntries(entries);
    if (wrong) return wrong.field === '' ? within(`${field}.${type}`, wrong) : wrong;
    left -= (entries as unknown[]).length;
    if (left < 0) return refusal('too-big', field, `holds at most ${batchLimits.entriesMax} types and seconds`);
  }
  return null;
}

function refuseEntries(entries: unknown): Refusal | null {
  const right = 'must be pairs of [seconds after t0, events], seconds ascending, events whole and 1 or more';
  if (!Array.isArray(entries)) return refusal('bad-shape', '', `${right}; found ${shown(entries)}`);
  let before = -Infinity;
  for (const entry of entries as unknown[]) {
    if (!Array.isArray(entry) || entry.length !== 2) return refusal('bad-shape', '', `${right}; found ${shown(entry)}`);
    const [second, events] = entry as [unknown, unknown];
    if (!Number.isSafeInteger(second) || (second as number) <= before) return refusal('bad-number', '', `${right}; found ${shown(second)}`);
    if (Math.abs(second as number) > batchLimits.spanSecondsMax) return tooFar('', second as number);
    if (!Number.isSafeInteger(events) || (events as number) < 1 || (events as number) > batchLimits.entryEventsMax) {
      return refusal('bad-number', '', `${right}; found ${shown(events)}`);
    }
    before = second as number;
  }
  return null;
}

const tooFar = (field: string, seconds: number): Refusal =>
  refusal('time-out-of-range', field, `must lie within ${batchLimits.spanSecondsMax} s of t0; found ${Math.round(seconds)} s`);

/** What the tally still promises of one type: beside each of its entries, how many events are yet to be found. */
interface Promised {
  readonly entries: readonly (readonly [number, number])[];
  readonly left: number[];
  /** The entry that matched last: events come mostly in order, so the next one matches there or right after. */
  at: number;
}

function refuseEvents({ t0, tally, events }: Batch): Refusal | null {
  const promised = new Map<string, Promised>();
  let promisedEvents = 0;
  for (const [type, entries] of Object.entries(tally)) {
    promised.set(type, { entries, left: entries.map(([, n]) => n), at: 0 });
    for (const [, n] of entries) promisedEvents += n;
  }
  const first = Math.floor(t0 / 1000);
  for (let i = 0; i < events.length; i++) {
    const event = events[i] as unknown;
    if (!Array.isArray(event) || event.length < 2 || event.length > 3) {
      return refusal('bad-shape', `events[${i}]`, `must be [type, offsetMs] or [type, offsetMs, data]; found ${shown(event)}`);
    }
    const [type, offsetMs, data] = event as [unknown, unknown, unknown];
    const wrong =
      refuseEvent(t0, first, promised.get(type as string), type, offsetMs) ?? (event.length === 3 ? refuseEventData(data) : null);
    if (wrong) return within(`events[${i}]`, wrong);
  }
  if (promisedEvents === events.length) return null;
  return refusal('lying-tally', 'tally', `says ${promisedEvents} events, the batch holds ${events.length}`);
}

function refuseEvent(t0: number, first: number, promised: Promised | undefined, type: unknown, offsetMs: unknown): Refusal | null {
  if (!promised) {
    const lying = (): Refusal => refusal('lying-tally', '[0]', `${shown(type)} is not in the tally`);
    return refuseType(type, '[0]') ?? lying();
  }
  if (typeof offsetMs !== 'number' || !Number.isFinite(offsetMs)) {
    return refusal('bad-number', '[1]', `must be a finite number of milliseconds after t0; found ${shown(offsetMs)}`);
  }
  const second = Math.floor((t0 + offsetMs) / 1000) - first;
  if (Math.abs(second) > batchLimits.spanSecondsMax) return tooFar('[1]', second);
  return take(promised, second)
    ? null
    : refusal('lying-tally', '', `the tally has fewer ${shown(type)} in second ${second} than the batch`);
}

/** Takes one event off what the tally promises for its second. */
function take(promised: Promised, second: number): boolean {
  const { entries, left } = promised;
  for (let tried = 0; tried < entries.length; tried++) {
    const at = promised.at;
    if (entries[at]?.[0] === second) {
      const rest = (left[at] as number) - 1;
      left[at] = rest;
      return rest >= 0;
    }
    promised.at = at + 1 < entries.length ? at + 1 : 0;
  }
  return false;
}

function refuseEventData(data: unknown): Refusal | null {
  const wrong = refuseData(data);
  return wrong && within('[2]', wrong);
}
