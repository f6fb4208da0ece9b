/** Table annotations: what people and tools mark on the charts. */
import type { Table } from './connect.ts';
import { safeText, timeText } from './row-text.ts';
import type { Store } from './store.ts';

export const annotationsTable: Table = {
  name: 'annotations',
  columns: ['at', 'id', 'until', 'kind', 'text', 'writer', 'written', 'removed'],
};

export interface Annotation {
  /** One that is written again under its id and `at` takes the place of the one before. */
  readonly id: string;
  /** deploy, note, rehearsed, ... */
  readonly kind: string;
  /** ms since the epoch */
  readonly at: number;
  /** The end, ms since the epoch; null: a moment. */
  readonly until: number | null;
  readonly text: string;
  /** A person, or the name of a key. */
  readonly writer: string;
}

const ANNOTATIONS_MAX = 1000;

/**
 * @param writtenAt  ms since the epoch: of two writings of one annotation the newer stands
 * @throws StoreError
 */
export async function annotate(store: Store, annotations: readonly Annotation[], writtenAt: number): Promise<void> {
  await store.insert(annotationsTable, [annotations.map((one) => annotationRow(one, writtenAt)).join('')]);
}

/** @param removed  it is taken back */
export function annotationRow({ id, kind, at, until, text, writer }: Annotation, writtenAt: number, removed = false): string {
  const end = until === null ? 'null' : timeText(until);
  const said = [end, safeText(kind), safeText(text), safeText(writer)].join(',');
  return `[${timeText(at)},${safeText(id)},${said},${timeText(writtenAt)},${removed ? 1 : 0}]\n`;
}

/**
 * Those that touch a range, oldest first; of more than 1,000 the newest.
 *
 * @param from  ms since the epoch, as is `to`, which is left out
 * @throws StoreError
 */
export async function annotationsBetween(store: Store, from: number, to: number): Promise<Annotation[]> {
  const query = `SELECT marks.id AS id, marks.kind AS kind, toUnixTimestamp64Milli(marks.at) AS at,
      if(marks.until IS NULL, NULL, toUnixTimestamp64Milli(assumeNotNull(marks.until))) AS until, marks.text AS text, marks.writer AS writer
    FROM annotations AS marks FINAL
    WHERE marks.removed = 0 AND marks.at < fromUnixTimestamp64Milli({to:Int64})
      AND ifNull(marks.until, marks.at) >= fromUnixTimestamp64Milli({from:Int64})
    ORDER BY marks.at DESC, marks.id LIMIT {most:UInt32}
    SETTINGS max_execution_time = 2`;
  type Row = Omit<Annotation, 'at' | 'until'> & { at: number | string; until: number | string | null };
  const found = await store.rows<Row>(query, { from, to, most: ANNOTATIONS_MAX });
  return found.reverse().map(({ at, until, ...rest }) => ({ ...rest, at: Number(at), until: until === null ? null : Number(until) }));
}
