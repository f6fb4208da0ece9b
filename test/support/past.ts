/** A past made by SQL: so many days of a metric, three partitions and the closings, as Plummet would have written it. */
import { rollUp, waitingHours } from '../../platform/store/rollups.ts';
import type { Store } from '../../platform/store/store.ts';

const ROWS_A_SECOND = 4;
const ROWS_A_STATEMENT = 1_000_000;
const HOURS_A_STATEMENT = 12;

/** @param from  the first second, since the epoch */
export async function writePast(store: Store, series: string, from: number, seconds: number): Promise<void> {
  const rows = seconds * ROWS_A_SECOND;
  for (let at = 0; at < rows; at += ROWS_A_STATEMENT) {
    await store.rows(
      `INSERT INTO rates (series, second, partition, block, to, n, closed, state, usual, derivative, steepness)
       SELECT {series:String}, {from:UInt32} + intDiv(number, ${ROWS_A_SECOND}), number % ${ROWS_A_SECOND} - 1 AS part, 0, 1,
         if(part = -1, 0, 30 + rand(1) % 7), if(part = -1, 99, NULL), if(part = -1, 'normal', ''), if(part = -1, 100, NULL),
         if(part = -1, (rand(2) % 100 - 50) / 100, NULL), if(part = -1, rand(3) % 100 / -100, NULL)
       FROM numbers({at:UInt64}, {rows:UInt64})`,
      { series, from, at, rows: Math.min(ROWS_A_STATEMENT, rows - at) },
    );
  }
}

export async function rollUpAll(store: Store): Promise<void> {
  const hours = await waitingHours(store, 100_000);
  for (let at = 0; at < hours.length; at += HOURS_A_STATEMENT) await rollUp(store, hours.slice(at, at + HOURS_A_STATEMENT));
}
