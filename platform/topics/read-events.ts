/** Records of topic `events` as they are read, however they got there: what each holds, or why it cannot be read. */
import { type BatchEvent, type BatchHead, decodeBatch, decodeHead, decodeParts } from '@plummet/sdk/batch';
import { batchLimits, headRefusal } from './batch-check.ts';
import { eventLimits, refuseTime, refuseType } from './event-check.ts';
import type { ForeignEvent, Tick } from './events.ts';
import { type Refusal, refusal, shown, within } from './refusal.ts';

/** The head alone where the text can be cut before its events; a text written in another order is read as a whole. */
export function readHead(text: string): BatchHead | Refusal {
  let head: unknown;
  try {
    head = decodeHead(text);
  } catch {
    try {
      head = decodeBatch(text);
    } catch (error) {
      return badJson(error);
    }
  }
  return headRefusal(head) ?? (head as BatchHead);
}

/** The events of a batch whose head was read; that they agree with its tally is the gateway's and the archive's to check. */
export function readBatchEvents(text: string): readonly BatchEvent[] | Refusal {
  let events: unknown;
  try {
    ({ events } = (decodeParts(text) ?? decodeBatch(text)) as { events?: unknown });
  } catch (error) {
    return badJson(error);
  }
  if (!Array.isArray(events)) return refusal('bad-shape', 'events', `must be a list of [type, offsetMs, data]; found ${shown(events)}`);
  for (let i = 0; i < events.length; i++) {
    if (isBatchEvent(events[i])) continue;
    return refusal('bad-shape', `events[${i}]`, `must be [type, offsetMs] or [type, offsetMs, data]; found ${shown(events[i])}`);
  }
  return events as BatchEvent[];
}

const OFFSET_MAX_MS = (batchLimits.spanSecondsMax + 1) * 1000;

function isBatchEvent(event: unknown): boolean {
  if (!Array.isArray(event)) return false;
  const type: unknown = event[0];
  const offsetMs: unknown = event[1];
  const data: unknown = event[2];
  const timed = typeof offsetMs === 'number' && offsetMs >= -OFFSET_MAX_MS && offsetMs <= OFFSET_MAX_MS;
  return timed && typeof type === 'string' && (data === undefined || (typeof data === 'object' && data !== null));
}

export function readTick(text: string): Tick | Refusal {
  let tick: Partial<Record<keyof Tick, unknown>> | null;
  try {
    tick = JSON.parse(text) as typeof tick;
  } catch (error) {
    return badJson(error);
  }
  if (typeof tick?.writer !== 'string') return refusal('bad-shape', 'writer', `must be a name; found ${shown(tick?.writer)}`);
  return refuseTime(tick.at, 'at') ?? (tick as Tick);
}

/** Events of other clients as the gateway packs them. */
export function readForeign(text: string): readonly ForeignEvent[] | Refusal {
  let events: unknown;
  try {
    events = JSON.parse(text);
  } catch (error) {
    return badJson(error);
  }
  if (!Array.isArray(events)) return refusal('bad-shape', '', `must be a list of events; found ${shown(events)}`);
  for (let i = 0; i < events.length; i++) {
    const wrong = foreignRefusal(events[i]);
    if (wrong) return within(`[${i}]`, wrong);
  }
  return events as ForeignEvent[];
}

function foreignRefusal(event: unknown): Refusal | null {
  if (typeof event !== 'object' || event === null) return refusal('bad-shape', '', `must be an event; found ${shown(event)}`);
  const { type, time, source, id, data, weight } = event as Partial<Record<keyof ForeignEvent, unknown>>;
  if (typeof source !== 'string') return refusal('bad-shape', 'source', `must be a text; found ${shown(source)}`);
  if (typeof id !== 'string' && id !== null) return refusal('bad-shape', 'id', `must be a text or null; found ${shown(id)}`);
  if (data !== undefined && (typeof data !== 'object' || data === null)) {
    return refusal('bad-shape', 'data', `must be an object; found ${shown(data)}`);
  }
  if (weight !== undefined && !(Number.isSafeInteger(weight) && (weight as number) >= 1)) {
    return refusal('bad-number', 'weight', `must be a whole number of 1 or more; found ${shown(weight)}`);
  }
  return refuseType(type, 'type') ?? refuseTime(time, 'time') ?? refuseOurDays(time as number);
}

/** Nobody takes the skew off a foreign event's time. */
function refuseOurDays(time: number): Refusal | null {
  if (time >= eventLimits.namedTimeMin) return null;
  return refusal('time-out-of-range', 'time', `must lie between the years 2000 and 2100; found ${shown(time)} ms since 1970`);
}

function badJson(error: unknown): Refusal {
  return refusal('bad-json', '', `is not JSON: ${(error as Error).message}`);
}
