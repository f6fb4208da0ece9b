/** One count record as it is published: a series always to the same partition of `counts`, and no record too large to be one. */
import { type CountRow, type CountsRecord, wholeOf } from '../../platform/topics/counts.ts';
import { partitionOf } from '../../platform/topics/topic.ts';

/** A record of so many rows has about 100 kB. */
export const ROWS_MAX = 2000;

/**
 * @param partitions  of topic `counts`
 * @param progressBefore  of the record published before this one: the parts before the last say no more than that, so that
 *                        no second is closed between two of them
 * @returns by partition of `counts`, in the order to be appended; at least one for each
 */
export function splitCounts(whole: CountsRecord, partitions: number, progressBefore: number): [partition: number, CountsRecord][] {
  const { types, ...record } = whole;
  return Array.from({ length: partitions }, (_, partition) => {
    const rows = partitions === 1 ? record.rows : record.rows.filter(([series]) => partitionOf(wholeOf(series), partitions) === partition);
    return chunks(rows).map((chunk, i, all): [number, CountsRecord] => {
      // What nobody watches is told once.
      const told = types && partition === 0 && i === 0 ? { types } : {};
      if (i === all.length - 1) return [partition, { ...record, rows: chunk, ...told }];
      return [partition, { ...record, progress: progressBefore, rows: chunk, ...told, more: true }];
    });
  }).flat();
}

function chunks(rows: readonly CountRow[]): (readonly CountRow[])[] {
  if (rows.length <= ROWS_MAX) return [rows];
  return Array.from({ length: Math.ceil(rows.length / ROWS_MAX) }, (_, i) => rows.slice(i * ROWS_MAX, (i + 1) * ROWS_MAX));
}
