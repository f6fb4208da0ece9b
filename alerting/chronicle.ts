/** Reads topic incidents, writes the store: the journal, for those who ask what happened last year. */
import { type Filler, type Filling, fill, takingEach } from '../platform/store/filling.ts';
import { incidentsTable, journalRow } from '../platform/store/incidents.ts';
import { decodeJournal } from '../platform/topics/incidents.ts';
import type { Topics } from '../platform/topics/topic.ts';

/** Alerting itself never reads it: the journal in the event log decides. */
export function startChronicle(filler: Filler, topics: Topics): Filling {
  return fill(filler, topics.incidents, (positions) =>
    takingEach(positions, (record, into) => into.add(incidentsTable, journalRow(decodeJournal(record), record.offset), 1)),
  );
}
