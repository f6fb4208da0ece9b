/** What every event must hold to, in whichever form it comes: its type, its time, its data, and how large it may be. */
import { EVENT_TYPE, EVENT_TYPE_LENGTH_MAX, type EventData } from '@plummet/sdk/batch';
import { type Refusal, refusal, shown } from './refusal.ts';

export const eventLimits = {
  /** Of one batch, and of one request. */
  eventsMax: 1000,
  /** CloudEvents intermediaries must carry that much, so nobody relies on more. */
  eventBytesMax: 64 * 1024,
  fieldsMax: 64,
  fieldNameCharsMax: 100,
  depthMax: 32,
  /** Milliseconds since the epoch. A clock that begins in 1970 is set right by its skew; one before it is broken. */
  timeMin: 0,
  /** 2000-01-01T00:00:00Z, for events that come without their clock's skew. */
  namedTimeMin: 946_684_800_000,
  /** 2100-01-01T00:00:00Z */
  timeMax: 4_102_444_800_000,
} as const;

const TYPE_RIGHT = `must be lower case words with dots, like "order.placed", at most ${EVENT_TYPE_LENGTH_MAX} characters`;

export function refuseType(type: unknown, field: string): Refusal | null {
  if (typeof type === 'string' && type.length <= EVENT_TYPE_LENGTH_MAX && EVENT_TYPE.test(type)) return null;
  return refusal('bad-type', field, `${TYPE_RIGHT}; found ${shown(type)}`);
}

export function refuseTime(time: unknown, field: string): Refusal | null {
  if (typeof time !== 'number' || !Number.isFinite(time)) {
    return refusal('bad-number', field, `must be a finite number of milliseconds since 1970; found ${shown(time)}`);
  }
  if (time >= eventLimits.timeMin && time < eventLimits.timeMax) return null;
  return refusal('time-out-of-range', field, `must lie between the years 1970 and 2100; found ${shown(time)} ms since 1970`);
}

/** Data of our own batches: a flat object of texts, finite numbers, true, false and null. `field` of a refusal is the name alone. */
export function refuseData(data: unknown): Refusal | null {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) {
    return refusal('bad-shape', '', `must be a flat object like {"amount":42}; found ${shown(data)}`);
  }
  let fields = 0;
  let chars = 0;
  for (const name in data) {
    const value = (data as Record<string, unknown>)[name];
    const wrong = refuseField(name, value);
    if (wrong) return wrong;
    if (++fields > eventLimits.fieldsMax) return refusal('too-many-fields', name, `an event holds at most ${eventLimits.fieldsMax} fields`);
    chars += name.length + (typeof value === 'string' ? value.length : 0);
  }
  return refuseBytes(data as EventData, chars);
}

export function refuseField(name: string, value: unknown): Refusal | null {
  if (name.length > eventLimits.fieldNameCharsMax || name === '' || name === '__proto__') {
    const right = `a field's name has 1 to ${eventLimits.fieldNameCharsMax} characters and is not __proto__`;
    return refusal('bad-shape', name.slice(0, eventLimits.fieldNameCharsMax), right);
  }
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return null;
    case 'number':
      return Number.isFinite(value) ? null : refusal('bad-number', name, 'must be a finite number');
    default:
      return value === null ? null : refusal('bad-shape', name, `must be a text, a number, true, false or null; found ${shown(value)}`);
  }
}

/** A character takes six bytes at most when written as JSON (`\u0000`); only what might be too large is written out and measured. */
function refuseBytes(data: EventData, chars: number): Refusal | null {
  const numbersAndMarks = eventLimits.fieldsMax * 32;
  if (chars * 6 + numbersAndMarks <= eventLimits.eventBytesMax) return null;
  const bytes = Buffer.byteLength(JSON.stringify(data));
  if (bytes <= eventLimits.eventBytesMax) return null;
  return refusal('too-big', '', `an event takes at most ${eventLimits.eventBytesMax} bytes; this one has ${bytes}`);
}
