/** Plain JSON from a shell: `{"type":"order.placed","data":{"amount":42}}`. What is left out is filled in on arrival. */

import type { EventData } from '@plummet/sdk/batch';
import { cloudEventLimits, namedTime, refuseText, structuredCloudEvent } from '../../platform/topics/cloudevents.ts';
import { refuseData, refuseType } from '../../platform/topics/event-check.ts';
import type { ForeignEvent } from '../../platform/topics/events.ts';
import { type Refusal, refusal, shown, within } from '../../platform/topics/refusal.ts';

const KNOWN = new Set(['type', 'time', 'source', 'id', 'data']);
const UNNAMED_SOURCE = 'plain';

/** Without an id of its own an event is never taken for a repeat: sent twice, it counts twice. */
export function plainEvent(value: unknown, arrivedAt: number): ForeignEvent | Refusal {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return refusal('bad-shape', '', `an event must be an object like {"type":"order.placed"}; found ${shown(value)}`);
  }
  if ('specversion' in value) return structuredCloudEvent(value, arrivedAt);
  const { type, time, source = UNNAMED_SOURCE, id, data } = value as Record<string, unknown>;
  const wrong =
    refuseType(type, 'type') ??
    refuseUnknown(value) ??
    refuseText(source, 'source', cloudEventLimits.sourceCharsMax) ??
    (id == null ? null : refuseText(id, 'id', cloudEventLimits.idCharsMax)) ??
    (data == null ? null : refuseEventData(data));
  if (wrong) return wrong;
  const at = time == null ? arrivedAt : namedTime(time);
  if (typeof at !== 'number') return at;
  const event = { type: type as string, time: at, source: source as string, id: (id as string | undefined) ?? null };
  return data == null ? event : { ...event, data: data as EventData };
}

function refuseUnknown(value: object): Refusal | null {
  const unknown = Object.keys(value).find((name) => !KNOWN.has(name));
  if (unknown === undefined) return null;
  return refusal('bad-shape', shown(unknown), 'is not known here; the fields of an event stand in its "data"');
}

function refuseEventData(data: unknown): Refusal | null {
  const wrong = refuseData(data);
  return wrong && within('data', wrong);
}
