/** Table positions: how far each reader of a topic has come, beside what it wrote, and which process is at it. */
import type { Table } from './connect.ts';
import { safeText } from './row-text.ts';
import type { Store } from './store.ts';

export interface Position {
  readonly partition: number;
  /** Empty: the position itself; else a part of what reading on needs to know. */
  readonly part: string;
  /** The next one to read. */
  readonly offset: number;
  readonly memory: string;
}

/** The part of a reader that goes on from an earlier place than it has come to: how far it has come. */
export const COME_TO = 'come to';

export const positionsTable: Table = {
  name: 'positions',
  columns: ['reader', 'partition', 'part', 'offset', 'memory', 'writer'],
};

export const keyOf = ({ partition, part }: Position): string => `${partition}/${part}`;

export function positionRow(reader: string, writer: string, { partition, part, offset, memory }: Position): string {
  return `[${safeText(reader)},${partition},${safeText(part)},${offset},${safeText(memory)},${safeText(writer)}]\n`;
}

export async function readPositions(store: Store, reader: string): Promise<Position[]> {
  const query = 'SELECT partition, part, positions.offset AS offset, memory FROM positions FINAL WHERE reader = {reader:String}';
  const found = await store.rows<Position>(query, { reader });
  return found.map(({ partition, part, offset, memory }) => ({ partition: Number(partition), part, offset: Number(offset), memory }));
}

/** Other processes that moved a position of this reader lately, by the store's own clock. */
export async function othersAt(store: Store, reader: string, writer: string, freshMs: number): Promise<string[]> {
  const query = `SELECT DISTINCT writer FROM positions
    WHERE reader = {reader:String} AND writer != {writer:String} AND at > now64(3) - toIntervalMillisecond({fresh:UInt32})`;
  const found = await store.rows<{ writer: string }>(query, { reader, writer, fresh: freshMs });
  return found.map((row) => row.writer);
}
