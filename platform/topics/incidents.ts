/** Topic `incidents`: the journal. State is a fold of its lines; a line is written before what it says is done. */
import type { LogRecord, StoredRecord } from '../eventlog/eventlog.ts';
import type { FallFacts, SignalState, SlideFacts } from './signals.ts';

interface LineBase {
  /** Its id; of `noted` and `noted-over` the id of what was noted, which is no incident. */
  readonly incident: string;
  /** Milliseconds since the epoch, the writer's steady time. */
  readonly at: number;
  /** The alerting process that wrote it. */
  readonly by: string;
}

/**
 * How steep a fall must be to page, as the YAML says it: percent of the usual rate per second, events/s², or the seconds that
 * losing `drop` (a share) may take.
 */
export type SteepLimit =
  | { readonly unit: '%/s' | 'events/s²'; readonly value: number }
  | { readonly unit: 's'; readonly value: number; readonly drop: number };

/** A metric that is told beside the one that fell, as of the second that decided. Null where it was blind or too new. */
export interface PeerFacts {
  readonly metric: string;
  readonly kind: 'write' | 'read';
  readonly state: SignalState;
  /** Share below usual; below 0 above it. */
  readonly drop: number | null;
  /** Events/s. */
  readonly rate: number | null;
  readonly usual: number | null;
}

/** What everybody who reads of a fall is told. */
export interface FellFacts extends FallFacts {
  readonly metric: string;
  readonly series: string;
  /** Producers that had gone silent when it was found. */
  readonly silent: readonly string[];
  readonly producers: number;
  readonly noneSpeaksSince?: number;
  /** The field whose values are added up: rates and what is missing are sums of it. Left out: events are counted. */
  readonly value?: string;
  /** In force when it was decided on. */
  readonly steepLimit?: SteepLimit;
  /** What its peers did meanwhile; left out: it has none. */
  readonly peers?: readonly PeerFacts[];
}

/** One attempt to reach one person in one way. */
export interface Attempt {
  /** Which message: `page` 0, 1, … by escalation step, or a follow-up. */
  readonly message: 'page' | 'acknowledged' | 'resolved';
  readonly step: number;
  readonly person: string;
  readonly way: string;
  /** 1, 2, … */
  readonly try: number;
}

/** What is written about an incident. */
export type IncidentLine =
  /** `held`: why nobody is told of it. */
  | (LineBase & {
      readonly kind: 'opened';
      readonly severity: 1 | 2;
      readonly second: number;
      readonly fell: FellFacts;
      readonly held?: string;
    })
  /** `severity` of the fall that joined, 2 where left out; the incident's is that of its worst. */
  | (LineBase & { readonly kind: 'joined'; readonly severity?: 1 | 2; readonly fell: FellFacts })
  | (LineBase & { readonly kind: 'escalated'; readonly step: number; readonly people: readonly string[]; readonly reason: string })
  | (LineBase & { readonly kind: 'intended' } & Attempt)
  | (LineBase & { readonly kind: 'sent'; readonly detail: string } & Attempt)
  /** `waitMs`: for so long the other side asked to be left alone. */
  | (LineBase & { readonly kind: 'failed'; readonly reason: string; readonly again: boolean; readonly waitMs?: number } & Attempt)
  | (LineBase & { readonly kind: 'silenced'; readonly reason: string })
  | (LineBase & { readonly kind: 'acknowledged'; readonly person: string; readonly via: string })
  | (LineBase & { readonly kind: 'recovered'; readonly series: string; readonly second: number; readonly missing: number })
  | (LineBase & { readonly kind: 'resolved'; readonly reason: string; readonly missing: number });

/** A slow slide or an upward surprise: for the morning, never a page. It opens no incident, and nobody is told of it at once. */
export type NotedLine =
  | (LineBase & {
      readonly kind: 'noted';
      /** 2: of a critical metric, told in the morning. 3: drawn, and kept in the history. */
      readonly severity: 2 | 3;
      readonly metric: string;
      readonly series: string;
      readonly slide: SlideFacts;
    })
  /** `because`: as the detector says it, or its metric is no longer watched as before. */
  | (LineBase & { readonly kind: 'noted-over'; readonly because: (SlideFacts['over'] & string) | 'unwatched'; readonly slide: SlideFacts });

export type JournalLine = IncidentLine | NotedLine;

export function isNoted(line: JournalLine): line is NotedLine {
  return line.kind === 'noted' || line.kind === 'noted-over';
}

export function journalRecord(line: JournalLine): LogRecord {
  return { key: line.incident, value: JSON.stringify(line), partition: 0 };
}

export function decodeJournal(record: StoredRecord): JournalLine {
  return JSON.parse(record.value) as JournalLine;
}
