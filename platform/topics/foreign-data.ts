/** Which fields the data of somebody else's event carries, and whether it can be taken at all. */
import type { EventData, FieldValue } from '@plummet/sdk/batch';
import { eventLimits, refuseField } from './event-check.ts';
import { type Refusal, refusal, within } from './refusal.ts';

/**
 * The texts, numbers, true, false and null of a flat object. What is nested in it is held to depth and finite numbers and
 * then left out; data that is no object (a list, a text, binary) carries no fields.
 * @returns nothing where there are no fields
 */
export function fieldsOf(data: unknown): { data: EventData } | Refusal | undefined {
  const found = { chars: 0 };
  const wrong = refuseNested(data, 1, found) ?? refuseBytes(data, found.chars);
  if (wrong) return within('data', wrong);
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return undefined;
  const fields: Record<string, FieldValue> = {};
  let count = 0;
  for (const [name, value] of Object.entries(data)) {
    if (typeof value === 'object' && value !== null) continue;
    const refused = refuseField(name, value);
    if (refused) return within('data', refused);
    if (++count > eventLimits.fieldsMax) {
      return refusal('too-many-fields', 'data', `an event holds at most ${eventLimits.fieldsMax} fields`);
    }
    fields[name] = value as FieldValue;
  }
  return count === 0 ? undefined : { data: fields };
}

/** The recursion ends at `depthMax`, however deep the data is. `found.chars` is a lower bound of what it takes as JSON. */
function refuseNested(value: unknown, depth: number, found: { chars: number }): Refusal | null {
  if (typeof value === 'string') found.chars += value.length;
  if (typeof value === 'number' && !Number.isFinite(value)) return refusal('bad-number', '', 'must hold finite numbers only');
  found.chars++;
  if (typeof value !== 'object' || value === null) return null;
  if (depth > eventLimits.depthMax) return refusal('too-deep', '', `must not be nested deeper than ${eventLimits.depthMax}`);
  for (const name in value) {
    found.chars += Array.isArray(value) ? 0 : name.length;
    const wrong = refuseNested((value as Record<string, unknown>)[name], depth + 1, found);
    if (wrong) return wrong;
  }
  return null;
}

/** A text's character takes six bytes at most as JSON (`\u0000`), a number 24: only what might be too large is written out and measured. */
function refuseBytes(data: unknown, chars: number): Refusal | null {
  if (data === undefined || chars * 24 <= eventLimits.eventBytesMax) return null;
  const bytes = Buffer.byteLength(JSON.stringify(data));
  if (bytes <= eventLimits.eventBytesMax) return null;
  return refusal('too-big', '', `an event takes at most ${eventLimits.eventBytesMax} bytes; this one has ${bytes}`);
}
