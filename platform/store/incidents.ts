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

/** An incident is opened some seconds after its fall began, and none lasts for longer than is looked back. */
const OPENED_SECONDS = 600;
const LASTS_SECONDS = 30 * 86_400;

/** Id of the newest incident in which a metric fell and that was not over in a second (since the epoch); null: there is none. */
export async function incidentOf(store: Store, metric: string, second: number): Promise<string | null> {
  const found = await store.rows<{ line: string }>(
    `SELECT line FROM incidents FINAL
     WHERE at >= toDateTime64({from:Int64}, 3) AND (kind = 'resolved' OR kind IN ('opened', 'joined') AND at < toDateTime64({to:Int64}, 3))
     ORDER BY at`,
    { from: Math.max(0, second - LASTS_SECONDS), to: second + OPENED_SECONDS },
  );
  const lines = found.map(({ line }) => JSON.parse(line) as JournalLine);
  const over = new Map(lines.flatMap((line) => (line.kind === 'resolved' ? [[line.incident, line.at] as const] : [])));
  const within = lines.findLast((line) => {
    if (line.kind !== 'opened' && line.kind !== 'joined') return false;
    return (
      line.fell.metric === metric && line.fell.from <= second && (over.get(line.incident) ?? Number.POSITIVE_INFINITY) >= second * 1000
    );
  });
  return within?.incident ?? null;
}
