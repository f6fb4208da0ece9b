/** Table incidents: the journal's lines, in the order of the event log. */
import type { JournalLine } from '../topics/incidents.ts';
import type { Table } from './connect.ts';
import { safeText, timeText } from './row-text.ts';
import type { Store } from './store.ts';

export const incidentsTable: Table = { name: 'incidents', columns: ['incident', 'offset', 'at', 'kind', 'writer', 'line'] };

export function journalRow(line: JournalLine, offset: number): string {
  const { incident, at, kind, by } = line;
  return `[${safeText(incident)},${offset},${timeText(at)},"${kind}",${safeText(by)},${safeText(JSON.stringify(line))}]\n`;
}

/** Of one incident, oldest first. */
export async function journalOf(store: Store, incident: string): Promise<JournalLine[]> {
  const query = 'SELECT line FROM incidents FINAL WHERE incident = {incident:String} ORDER BY offset';
  const found = await store.rows<{ line: string }>(query, { incident });
  return found.map(({ line }) => JSON.parse(line) as JournalLine);
}

/** One outage of a metric that is over. */
export interface Resolved {
  readonly incident: string;
  /** The first second of the fall, since the epoch. */
  readonly from: number;
  /** ms since the epoch */
  readonly to: number;
}

/**
 * Incidents in which a metric fell that opened in a range and are over, oldest first.
 *
 * @param from  ms since the epoch, as is `to`, which is left out
 */
export async function resolvedBetween(store: Store, metric: string, from: number, to: number): Promise<Resolved[]> {
  const query = `SELECT incident, minIf(JSONExtractUInt(line, 'fell', 'from'), fell) AS began,
      toUnixTimestamp64Milli(maxIf(at, kind = 'resolved')) AS ended
    FROM (SELECT incident, at, kind, line,
        kind IN ('opened', 'joined') AND JSONExtractString(line, 'fell', 'metric') = {metric:String} AS fell
      FROM incidents FINAL)
    GROUP BY incident
    HAVING countIf(fell) > 0 AND countIf(kind = 'resolved') > 0 AND began * 1000 >= {from:Int64} AND began * 1000 < {to:Int64}
    ORDER BY began`;
  const found = await store.rows<{ incident: string; began: number | string; ended: number | string }>(query, { metric, from, to });
  return found.map(({ incident, began, ended }) => ({ incident, from: Number(began), to: Number(ended) }));
}
