/** Table events: how many values a field has had, so that nobody parts a metric by what has no end. */
import type { Store } from './store.ts';

/** Somebody waits for it: what was read by then is enough to tell few values from very many. */
const SECONDS_MAX = 10;

export interface FieldValues {
  readonly events: number;
  /** Distinct ones, to a percent or so; a missing field is one. */
  readonly values: number;
}

/** @param from  the first second that is looked at, since the epoch @throws StoreError */
export async function fieldValues(
  store: Store,
  { event, field, from }: { event: string; field: string; from: number },
): Promise<FieldValues> {
  const [found] = await store.rows<{ events: number; values: number }>(
    `SELECT count() AS events, uniq(JSONExtractRaw(data, {field:String})) AS values FROM events
     WHERE type = {event:String} AND time >= toDateTime64({from:UInt32}, 3, 'UTC')
     SETTINGS max_execution_time = ${SECONDS_MAX}, timeout_overflow_mode = 'break'`,
    { event, field, from },
  );
  return { events: Number(found?.events ?? 0), values: Number(found?.values ?? 0) };
}
