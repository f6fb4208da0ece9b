/**
 * What a request's text holds: one of our batches, taken or refused whole, or events, of which the bad ones are left out.
 * Where a key of an object is given twice, the last one holds, as in every JSON.parse.
 */
import { type Batch, decodeParts, encodeBatch } from '@plummet/sdk/batch';
import type { LogRecord } from '../../platform/eventlog/eventlog.ts';
import { batchRefusal } from '../../platform/topics/batch-check.ts';
import { attributesOf, cloudEvent, isJson, structuredCloudEvent } from '../../platform/topics/cloudevents.ts';
import { eventLimits } from '../../platform/topics/event-check.ts';
import { batchRecord, type ForeignEvent, foreignRecord } from '../../platform/topics/events.ts';
import { isRefusal, type Refusal, refusal, shown } from '../../platform/topics/refusal.ts';
import { partitionOf } from '../../platform/topics/topic.ts';
import { decodeHeader, type Form, type RequestHeaders } from './forms.ts';
import type { Writer } from './keys.ts';
import { plainEvent } from './plain.ts';
import { refuseText } from './text-check.ts';

const FOREIGN_RECORD_CHARS_MAX = 1024 * 1024;

export interface Rejected {
  readonly index: number;
  readonly refusal: Refusal;
  /** The event as it came. */
  readonly text: string;
}

export interface Admitted {
  /** For the topic `events`. */
  readonly records: readonly LogRecord[];
  readonly accepted: number;
  readonly rejected: readonly Rejected[];
}

export interface Arrival {
  readonly form: Form;
  readonly contentType: string;
  readonly headers: RequestHeaders;
  readonly text: string;
  /** The gateway's steady time, ms since the epoch. */
  readonly received: number;
  readonly writer: Writer;
  /** Of the topic `events`. */
  readonly partitions: number;
}

export function admit(arrival: Arrival): Admitted | Refusal {
  const wrong = refuseText(arrival.text);
  if (wrong) return wrong;
  if (arrival.form === 'batch') return admitBatch(arrival);
  if (arrival.form === 'binary') return admitOne(arrival, binaryEvent(arrival));
  const parsed = parse(arrival.text);
  if (isRefusal(parsed)) return parsed;
  const { value } = parsed;
  const read = arrival.form === 'plain' ? plainEvent : structuredCloudEvent;
  if (Array.isArray(value) && arrival.form !== 'cloudevent') return admitList(arrival, value, read);
  if (arrival.form !== 'cloudevents') return admitOne(arrival, read(value, arrival.received));
  return refusal('bad-shape', '', `application/cloudevents-batch+json must be a list of events; found ${shown(value)}`);
}

/** The text goes on as it came, where readers of its head see what was checked; else it is written anew. */
function admitBatch({ text, received, writer }: Arrival): Admitted | Refusal {
  const parts = decodeParts(text);
  const parsed = parts ? { value: parts } : parse(text);
  if (isRefusal(parsed)) return parsed;
  const wrong = batchRefusal(parsed.value);
  if (wrong) return wrong;
  const batch = parsed.value as Batch;
  for (const type of Object.keys(batch.tally)) {
    if (!writer.mayWrite(type)) return notAllowed(writer, type, `tally.${type}`);
  }
  const body = parts ? text : encodeBatch(batch);
  return { records: [batchRecord(batch.producer, body, received)], accepted: batch.events.length, rejected: [] };
}

function binaryEvent({ contentType, headers, text, received }: Arrival): ForeignEvent | Refusal {
  const attributes = attributesOf(headers, 'ce-', decodeHeader);
  return cloudEvent(attributes, isJson(contentType) && text !== '' ? { text } : { value: undefined }, received);
}

function admitOne(arrival: Arrival, event: ForeignEvent | Refusal): Admitted | Refusal {
  const allowed = isRefusal(event) ? event : permitted(arrival.writer, event);
  return isRefusal(allowed) ? allowed : packed(arrival, [allowed], []);
}

function admitList(arrival: Arrival, values: readonly unknown[], read: typeof plainEvent): Admitted | Refusal {
  if (values.length > eventLimits.eventsMax) {
    return refusal('too-many-events', '', `a request holds at most ${eventLimits.eventsMax} events; this one has ${values.length}`);
  }
  const events: ForeignEvent[] = [];
  const rejected: Rejected[] = [];
  values.forEach((value, index) => {
    const event = read(value, arrival.received);
    const allowed = isRefusal(event) ? event : permitted(arrival.writer, event);
    if (isRefusal(allowed)) rejected.push({ index, refusal: allowed, text: textOf(value) });
    else events.push(allowed);
  });
  return packed(arrival, events, rejected);
}

/** A pair of source and id always goes to the same partition, so that a repeat is read by who read the first. */
function packed({ partitions, received }: Arrival, events: readonly ForeignEvent[], rejected: readonly Rejected[]): Admitted {
  const byPartition = new Map<number, ForeignEvent[]>();
  for (const event of events) {
    const partition = partitionOf(`${event.source}\n${event.id ?? ''}`, partitions);
    const group = byPartition.get(partition);
    if (group) group.push(event);
    else byPartition.set(partition, [event]);
  }
  const records = [...byPartition].flatMap(([partition, group]) => foreignRecords(group, partition, received));
  return { records, accepted: events.length, rejected };
}

/** What grew large under gzip is cut, so that no reader has to hold a record of many megabytes. */
function foreignRecords(events: readonly ForeignEvent[], partition: number, received: number): LogRecord[] {
  const record = foreignRecord(events, partition, received);
  if (record.value.length <= FOREIGN_RECORD_CHARS_MAX || events.length === 1) return [record];
  const half = Math.ceil(events.length / 2);
  return [events.slice(0, half), events.slice(half)].flatMap((part) => foreignRecords(part, partition, received));
}

const permitted = (writer: Writer, event: ForeignEvent): ForeignEvent | Refusal =>
  writer.mayWrite(event.type) ? event : notAllowed(writer, event.type, 'type');

const notAllowed = (writer: Writer, type: string, field: string): Refusal =>
  refusal('type-not-allowed', field, `the key "${writer.name}" may not write ${shown(type)}`);

function parse(text: string): { value: unknown } | Refusal {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch (error) {
    return refusal('bad-json', '', `the body is not JSON: ${(error as Error).message}`);
  }
}

/** What is nested too deeply can be parsed and yet not be written: the stack ends first. */
function textOf(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    return '(nested too deeply to be written)';
  }
}
