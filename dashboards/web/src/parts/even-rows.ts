/** How tiles share a width without a hole: rows as even as can be, the shorter ones last and wider. */

export interface EvenRows {
  /** Columns of the grid. */
  readonly tracks: number;
  /** Columns of each tile. */
  readonly spans: readonly number[];
  readonly rows: number;
}

/** @param columnsMax  tiles beside each other at most, at least 1 */
export function evenRows(count: number, columnsMax: number): EvenRows {
  const rows = Math.max(1, Math.ceil(count / columnsMax));
  const columns = Math.max(1, Math.ceil(count / rows));
  const shorter = columns * rows - count;
  if (shorter === 0 || count === 0) return { tracks: columns, spans: Array(count).fill(1), rows: count === 0 ? 0 : rows };
  const whole = (rows - shorter) * columns;
  const spans = Array.from({ length: count }, (_, i) => (i < whole ? columns - 1 : columns));
  return { tracks: columns * (columns - 1), spans, rows };
}

/** So many of at least this width lie beside each other. */
export function columnsIn(width: number, min: number, gap: number): number {
  return Math.max(1, Math.floor((width + gap) / (min + gap)));
}
