/**
 * CloudEvents 1.0 as other clients write them: JSON (structured, also several in a list) and binary mode, over HTTP and in Kafka records.
 * @see https://github.com/cloudevents/spec, documents spec.md, json-format.md, http-protocol-binding.md, kafka-protocol-binding.md (1.0.2)
 */
import { parseRfc3339 } from '../units/rfc3339.ts';
import { eventLimits, refuseType } from './event-check.ts';
import { CLOUDEVENT_CONTENT_TYPE, type ForeignEvent } from './events.ts';
import { fieldsOf } from './foreign-data.ts';
import { isRefusal, type Refusal, refusal, sayRefusal, shown } from './refusal.ts';

export const cloudEventLimits = {
  idCharsMax: 256,
  sourceCharsMax: 1024,
  /** `sampledrate`: one event may stand for so many. */
  sampledRateMax: 1_000_000,
} as const;

/** Context attributes by their plain names: `id`, `source`, `sampledrate`. */
export type Attributes = Readonly<Record<string, unknown>>;

/** Data as it came: `text` where it is JSON still to be parsed, nothing where it carries no fields. */
export type RawData = { readonly text: string } | { readonly value: unknown };

/**
 * A record of a Kafka writer.
 * @param arrivedAt  milliseconds since the epoch: the event's time where it names none
 * @returns the event, or what is wrong with it, naming the field
 */
export function readCloudEvent(headers: Readonly<Record<string, string>>, value: string, arrivedAt: number): ForeignEvent | string {
  const read = kafkaCloudEvent(headers, value, arrivedAt);
  return isRefusal(read) ? sayRefusal(read) : read;
}

function kafkaCloudEvent(headers: Readonly<Record<string, string>>, value: string, arrivedAt: number): ForeignEvent | Refusal {
  const contentType = headers['content-type'] ?? '';
  const mode = contentType.toLowerCase();
  if (!mode.startsWith(CLOUDEVENT_CONTENT_TYPE)) {
    const attributes = attributesOf(headers, 'ce_', (text) => text);
    return cloudEvent(attributes, isJson(contentType) && value !== '' ? { text: value } : { value: undefined }, arrivedAt);
  }
  const format = /^application\/cloudevents(?:\+json)?\s*(?:;|$)/.test(mode);
  if (!format) return refusal('bad-shape', 'content-type', `must be application/cloudevents+json; found ${shown(contentType)}`);
  const parsed = parseJson(value, '');
  return isRefusal(parsed) ? parsed : structuredCloudEvent(parsed.value, arrivedAt);
}

/** One event of the JSON format: a request's body, or an entry of a list. */
export function structuredCloudEvent(value: unknown, arrivedAt: number): ForeignEvent | Refusal {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return refusal('bad-shape', '', `an event must be an object; found ${shown(value)}`);
  }
  const { data, data_base64: binary, ...attributes } = value as Attributes;
  if (data != null && binary != null) return refusal('bad-shape', 'data_base64', 'an event holds data or data_base64, never both');
  if (binary != null && typeof binary !== 'string') return refusal('bad-shape', 'data_base64', `must be a text; found ${shown(binary)}`);
  return cloudEvent(attributes, { value: data }, arrivedAt);
}

/** The attributes among headers: those that begin with `prefix`, without it. */
export function attributesOf(headers: Readonly<Record<string, unknown>>, prefix: string, decode: (text: string) => string): Attributes {
  const attributes: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (name.startsWith(prefix) && typeof value === 'string') attributes[name.slice(prefix.length)] = decode(value);
  }
  return attributes;
}

/** Does a media type say that data is JSON? */
export function isJson(contentType: string): boolean {
  return /^\s*(?:[a-z]+\/[a-z0-9.!#$&^_-]+\+json|application\/json|text\/json)\s*(?:;|$)/i.test(contentType);
}

/** An event from its attributes and data, whichever way both came. Unset attributes may be written as null. */
export function cloudEvent(attributes: Attributes, data: RawData, arrivedAt: number): ForeignEvent | Refusal {
  const { specversion, id, source, type, time, sampledrate } = attributes;
  if (specversion !== '1.0') return refusal('bad-shape', 'specversion', `must be "1.0"; found ${shown(specversion ?? undefined)}`);
  // Other people's types are what they are: capitals are folded, so that a metric can name them.
  const folded = typeof type === 'string' ? type.toLowerCase() : type;
  const wrong =
    refuseText(id, 'id', cloudEventLimits.idCharsMax) ??
    refuseText(source, 'source', cloudEventLimits.sourceCharsMax) ??
    refuseType(folded ?? undefined, 'type');
  if (wrong) return wrong;
  const at = time == null ? arrivedAt : namedTime(time);
  if (typeof at !== 'number') return at;
  const weight = weightOf(sampledrate ?? 1);
  if (typeof weight !== 'number') return weight;
  const parsed = 'text' in data ? parseJson(data.text, 'data') : data;
  if (isRefusal(parsed)) return parsed;
  const fields = fieldsOf(parsed.value);
  if (fields && isRefusal(fields)) return fields;
  const event = { type: folded as string, time: at, source: source as string, id: id as string };
  return { ...event, ...(fields && { data: fields.data }), ...(weight > 1 && { weight }) };
}

/**
 * The time that a client names for its event, ms since the epoch. Nobody takes its skew off, so it must be a time of our days;
 * seconds given for milliseconds are found by that too.
 */
export function namedTime(time: unknown): number | Refusal {
  const at = typeof time === 'string' ? parseRfc3339(time) : time;
  if (typeof at !== 'number' || !Number.isFinite(at)) {
    return refusal('bad-shape', 'time', `must be like "2025-11-21T14:03:07.5Z" or milliseconds since 1970; found ${shown(time)}`);
  }
  if (at >= eventLimits.namedTimeMin && at < eventLimits.timeMax) return at;
  return refusal(
    'time-out-of-range',
    'time',
    `must lie between the years 2000 and 2100, as a number in milliseconds; found ${shown(time)}`,
  );
}

const CONTROL = /\p{Cc}/u;

/** A text of 1 to `charsMax` characters without control characters. */
export function refuseText(value: unknown, field: string, charsMax: number): Refusal | null {
  if (typeof value === 'string' && value !== '' && value.length <= charsMax && !CONTROL.test(value)) return null;
  const found = shown(value ?? undefined);
  return refusal('bad-shape', field, `must be a text of 1 to ${charsMax} characters without control characters; found ${found}`);
}

/** In headers everything is text, so `"10"` is the number too. */
function weightOf(rate: unknown): number | Refusal {
  const weight = typeof rate === 'string' && /^\d{1,10}$/.test(rate) ? Number(rate) : rate;
  if (Number.isSafeInteger(weight) && (weight as number) >= 1 && (weight as number) <= cloudEventLimits.sampledRateMax)
    return weight as number;
  return refusal('bad-number', 'sampledrate', `must be a whole number from 1 to ${cloudEventLimits.sampledRateMax}; found ${shown(rate)}`);
}

function parseJson(text: string, field: string): { value: unknown } | Refusal {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch (error) {
    return refusal('bad-json', field, `is not JSON: ${(error as Error).message}`);
  }
}
