/** Reads topics events and dead-letters, writes the store: every event once, as it was counted, and what could not be read. */
import { deadLettersTable, letterRow } from '../platform/store/events.ts';
import { type Filler, type Filling, fill, takingEach } from '../platform/store/filling.ts';
import { decodeDeadLetter } from '../platform/topics/dead-letters.ts';
import type { Topics } from '../platform/topics/topic.ts';
import { ArchivedEvents } from './archived-events.ts';

/** Pages never wait for it: it reads for itself, and what the store does not take waits on disk and in the event log. */
export function startArchive(filler: Filler, topics: Topics): Filling {
  const { clock, telemetry } = filler;
  const fillings = [
    fill(filler, topics.events, (positions) => new ArchivedEvents(positions, { clock, telemetry, topic: topics.events.name })),
    fill(filler, topics.deadLetters, (positions) =>
      takingEach(positions, (record, into) => into.add(deadLettersTable, letterRow(decodeDeadLetter(record), record.offset), 1)),
    ),
  ];
  return { stop: async () => void (await Promise.all(fillings.map((filling) => filling.stop()))) };
}
