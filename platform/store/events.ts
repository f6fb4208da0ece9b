/** Tables events and dead_letters: each event once, as it was counted, and what could not be read. */
import type { BatchEvent, BatchHead } from '@plummet/sdk/batch';
import type { DeadLetter } from '../topics/dead-letters.ts';
import type { ForeignEvent } from '../topics/events.ts';
import type { Table } from './connect.ts';
import { type LogPlace, safeText, timeText } from './row-text.ts';
import type { Store } from './store.ts';

const AT = ['partition', 'offset', 'appended'];

export const eventsTable: Table = {
  name: 'events',
  columns: ['type', 'time', 'source', 'seq', 'nth', 'foreign_id', 'data', 'weight', 'shift_ms', ...AT],
};

export const deadLettersTable: Table = {
  name: 'dead_letters',
  columns: ['at', 'origin', 'offset', 'reason', 'detail', 'text', 'bytes'],
};

const placeText = ({ partition, offset, appendedAt }: LogPlace): string => `${partition},${offset},${timeText(appendedAt)}`;

/** @param shiftMs  the skew that is taken off the producer's times */
export function batchRows({ producer, seq, t0 }: BatchHead, events: readonly BatchEvent[], shiftMs: number, place: LogPlace): string {
  const source = safeText(producer);
  const shift = Math.round(shiftMs);
  const at = placeText(place);
  let rows = '';
  for (let nth = 0; nth < events.length; nth++) {
    const [type, offsetMs, data] = events[nth] as BatchEvent;
    const time = timeText(t0 + shiftMs + offsetMs);
    rows += `[${safeText(type)},${time},${source},${seq},${nth},"",${dataText(data)},1,${shift},${at}]\n`;
  }
  return rows;
}

/** @param nth  its place in its record */
export function foreignRow({ type, time, source, id, data, weight = 1 }: ForeignEvent, nth: number, place: LogPlace): string {
  const from = `${safeText(source)},0,${nth},${safeText(id ?? '')}`;
  return `[${safeText(type)},${timeText(time)},${from},${dataText(data)},${weight},0,${placeText(place)}]\n`;
}

function dataText(data: object | undefined): string {
  return data === undefined ? '""' : JSON.stringify(JSON.stringify(data));
}

/** @param offset  of the record that says so */
export function letterRow({ at, from, reason, detail, text, bytes }: DeadLetter, offset: number): string {
  const said = [from, reason, detail, text].map(safeText);
  return `[${timeText(at)},${said[0]},${offset},${said[1]},${said[2]},${said[3]},${bytes}]\n`;
}

/** Events of a type by second (since the epoch), each counted once however often it was written. */
export async function eventsBySecond(store: Store, type: string, from: number, to: number): Promise<Map<number, number>> {
  const found = await store.rows<{ second: number; n: number }>(
    `SELECT toUnixTimestamp(toDateTime(time)) AS second, sum(weight) AS n FROM events FINAL
     WHERE type = {type:String} AND time >= toDateTime64({from:UInt32}, 3, 'UTC') AND time < toDateTime64({to:UInt32}, 3, 'UTC')
     GROUP BY second ORDER BY second`,
    { type, from, to },
  );
  return new Map(found.map(({ second, n }) => [Number(second), Number(n)]));
}
