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
