/** Somebody has it in hand: told to the journal once, whichever way they say it. Reads and writes topic `incidents`. */
import type { EventLog } from '../../platform/eventlog/eventlog.ts';
import { decodeJournal, journalRecord } from '../../platform/topics/incidents.ts';
import type { Topics } from '../../platform/topics/topic.ts';
import { atMost } from '../../platform/units/at-most.ts';
import type { Clock } from '../../platform/units/clock.ts';
import { type Acknowledgement, acknowledgement } from '../incident/acknowledge.ts';
import { after, type Incident, UNKNOWN } from '../incident/incident.ts';

export interface Acknowledging {
  readonly log: EventLog;
  readonly topics: Topics;
  readonly clock: Clock;
  /** The process that writes the line. */
  readonly by: string;
}

/** A person waits for the answer: a journal that cannot be read in so much time is an error. */
const READ_MS_MAX = 4000;

/** `done`: this call did it. Otherwise who has it already, since when it is over, or that there is no such incident. */
export type Acknowledged =
  | { readonly kind: 'done'; readonly incident: Incident }
  | (Exclude<Acknowledgement, { kind: 'possible' }> & { readonly incident: Incident });

/** The incident as the journal tells it at this moment. */
export async function incidentNow(deps: Omit<Acknowledging, 'by'>, id: string): Promise<Incident> {
  const view = follow(deps, id);
  try {
    return await view.now();
  } finally {
    await view.stop();
  }
}

/** @param via  how they said so: `link`, `dashboard`, … */
export async function acknowledge(deps: Acknowledging, id: string, person: string, via: string): Promise<Acknowledged> {
  const { log, topics, clock, by } = deps;
  const view = follow(deps, id);
  try {
    const before = await view.now();
    const possible = acknowledgement(before);
    if (possible.kind !== 'possible') return { ...possible, incident: before };
    const line = { kind: 'acknowledged', incident: id, at: Math.round(clock.wall()), by, person, via } as const;
    const [appended] = await log.append(topics.incidents, [journalRecord(line)]);
    const incident = await view.now();
    // Two may say so at once: the journal's order decides, and the second is told who was first.
    if (incident.is === 'open' || view.acknowledgedBy() === appended?.offset) return { kind: 'done', incident };
    const outcome = acknowledgement(incident);
    return outcome.kind === 'possible' ? { kind: 'done', incident } : { ...outcome, incident };
  } finally {
    await view.stop();
  }
}

interface View {
  /** Read to the end as of this call. @throws where the journal cannot be read in time */
  now(): Promise<Incident>;
  /** Offset of the line that put it in somebody's hand. */
  acknowledgedBy(): number | undefined;
  stop(): Promise<void>;
}

function follow({ log, topics, clock }: Omit<Acknowledging, 'by'>, id: string): View {
  let incident = UNKNOWN;
  let acknowledgedBy: number | undefined;
  const reader = log.read(topics.incidents, new Map(), (records) => {
    for (const record of records) {
      if (record.key !== id) continue;
      const next = after(incident, decodeJournal(record));
      if (next.is === 'acknowledged' && incident.is !== 'acknowledged') acknowledgedBy = record.offset;
      incident = next;
    }
  });
  return {
    async now() {
      const isRead = await atMost(clock, READ_MS_MAX, reader.caughtUp());
      if (!isRead) throw new Error(`The journal could not be read within ${READ_MS_MAX / 1000} s.`);
      return incident;
    },
    acknowledgedBy: () => acknowledgedBy,
    stop: () => reader.stop(),
  };
}
