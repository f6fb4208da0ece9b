/** Topic `events`: the forms a record can have, and how each is written and told apart. */
import { BATCH_CONTENT_TYPE, type EventData } from '@plummet/sdk/batch';
import type { LogRecord } from '../eventlog/eventlog.ts';

const TICK_CONTENT_TYPE = 'application/vnd.plummet.tick+json;v=1';
/** Single events of other clients, checked by the gateway and packed by partition. */
const FOREIGN_CONTENT_TYPE = 'application/vnd.plummet.foreign+json;v=1';
export const CLOUDEVENT_CONTENT_TYPE = 'application/cloudevents';

/** The clock's record: what lets *no events* and *no data* be told apart. */
export interface Tick {
  /** The count process that wrote it. */
  readonly writer: string;
  /** Its own steady time, ms since the epoch. */
  readonly at: number;
  /** The clock that `at` was read from: what gateways on the same machine say is the same clock's word. */
  readonly clock?: string;
}

/** An event of a client that does not speak batches. The pair (source, id) is what a repeat is known by; both null: never a repeat. */
export interface ForeignEvent {
  readonly type: string;
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly source: string;
  readonly id: string | null;
  readonly data?: EventData;
  /** CloudEvents `sampledrate`: this event stands for so many. */
  readonly weight?: number;
}

export type EventsRecordForm = 'batch' | 'tick' | 'foreign' | 'cloudevent' | 'unknown';

/** Names the clock that `received` was read from. */
export const CLOCK_HEADER = 'clock';

/** The form by the header `content-type`; binary-mode CloudEvents by their `ce_specversion` header. */
export function formOf(headers: Readonly<Record<string, string>>): EventsRecordForm {
  const { 'content-type': type = '', ce_specversion } = headers;
  if (type === BATCH_CONTENT_TYPE) return 'batch';
  if (type === TICK_CONTENT_TYPE) return 'tick';
  if (type === FOREIGN_CONTENT_TYPE) return 'foreign';
  if (type.toLowerCase().startsWith(CLOUDEVENT_CONTENT_TYPE) || ce_specversion !== undefined) return 'cloudevent';
  return 'unknown';
}

/** `received`: the gateway's steady time at arrival, ms; part of log time. */
export function batchRecord(producer: string, body: string, received: number): LogRecord {
  return { key: producer, value: body, headers: { 'content-type': BATCH_CONTENT_TYPE, received: String(Math.round(received)) } };
}

export function tickRecord(tick: Tick, partition: number): LogRecord {
  return { key: tick.writer, value: JSON.stringify(tick), headers: { 'content-type': TICK_CONTENT_TYPE }, partition };
}

export function foreignRecord(events: readonly ForeignEvent[], partition: number, received: number): LogRecord {
  const headers = { 'content-type': FOREIGN_CONTENT_TYPE, received: String(Math.round(received)) };
  return { key: 'foreign', value: JSON.stringify(events), headers, partition };
}
