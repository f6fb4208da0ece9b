/** The journal as one process sees it: reads topic `incidents` from its beginning, folds it, and appends to it. */
import type { EventLog, Reader, StoredRecord } from '../../platform/eventlog/eventlog.ts';
import type { Telemetry } from '../../platform/telemetry/catalogue.ts';
import { decodeJournal, isNoted, type JournalLine, journalRecord } from '../../platform/topics/incidents.ts';
import type { Topics } from '../../platform/topics/topic.ts';
import { atMost } from '../../platform/units/at-most.ts';
import type { Clock } from '../../platform/units/clock.ts';
import { Findings } from '../findings/findings.ts';
import { after, type Incident, isLive, type KnownIncident, UNKNOWN } from '../incident/incident.ts';

export interface JournalOptions {
  readonly log: EventLog;
  readonly topics: Topics;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  /** Called with each line of an incident read and when the event log took it (ms since the epoch, its clock), after it was folded. */
  readonly heard?: (line: JournalLine, appendedAt: number) => void;
}

/** Incidents that are over and remembered all the same; live ones are never forgotten. */
const REMEMBERED = 1000;

export class Journal {
  /** What was noted for the morning. */
  readonly findings = new Findings();
  readonly #options: JournalOptions;
  readonly #incidents = new Map<string, KnownIncident>();
  readonly #waiting = new Set<() => void>();
  readonly #reader: Reader;

  constructor(options: JournalOptions) {
    this.#options = options;
    this.#reader = options.log.read(options.topics.incidents, new Map(), (records) => this.#read(records));
  }

  get(id: string): Incident {
    return this.#incidents.get(id) ?? UNKNOWN;
  }

  all(): Iterable<KnownIncident> {
    return this.#incidents.values();
  }

  /** Resolves when the journal was read to where it ended at this call. */
  caughtUp(): Promise<void> {
    return this.#reader.caughtUp();
  }

  /** Waits for that no longer than `limitMs`. */
  async caughtUpWithin(limitMs: number): Promise<void> {
    const { clock } = this.#options;
    await atMost(
      clock,
      limitMs,
      this.caughtUp().catch(() => undefined),
    );
  }

  /** Folds lines that this process is about to append; reading them back changes nothing any more. */
  assume(lines: readonly JournalLine[]): void {
    for (const line of lines) this.#fold(line);
  }

  async append(lines: readonly JournalLine[]): Promise<void> {
    const { log, topics } = this.#options;
    await log.append(topics.incidents, lines.map(journalRecord));
  }

  /** Resolves with true as soon as the lines read make `condition` true, with false after `limitMs` or when `signal` aborts. */
  until(condition: () => boolean, limitMs: number, signal?: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      const end = (met: boolean): void => {
        timer.cancel();
        this.#waiting.delete(look);
        signal?.removeEventListener('abort', give);
        resolve(met);
      };
      const look = (): void => {
        if (condition()) end(true);
      };
      const give = (): void => end(condition());
      const timer = this.#options.clock.after(limitMs, give);
      this.#waiting.add(look);
      signal?.addEventListener('abort', give, { once: true });
      if (signal?.aborted) give();
      else look();
    });
  }

  stop(): Promise<void> {
    return this.#reader.stop();
  }

  #read(records: readonly StoredRecord[]): void {
    for (const record of records) {
      try {
        const line = decodeJournal(record);
        this.#fold(line);
        if (!isNoted(line)) this.#options.heard?.(line, record.appendedAt);
      } catch (error) {
        // One line that cannot be read must not hide the next.
        this.#options.telemetry.stepFailed({ step: 'journal', offset: record.offset, error });
      }
    }
    for (const look of [...this.#waiting]) look();
  }

  #fold(line: JournalLine): void {
    if (isNoted(line)) {
      this.findings.take(line);
      return;
    }
    const next = after(this.get(line.incident), line);
    if (next.is === 'unknown') return;
    this.#incidents.set(line.incident, next);
    if (line.kind === 'opened' && this.#incidents.size > 2 * REMEMBERED) this.#forget();
  }

  #forget(): void {
    const over = [...this.#incidents.values()].filter((incident) => !isLive(incident));
    for (const { id } of over.slice(0, Math.max(0, over.length - REMEMBERED))) this.#incidents.delete(id);
  }
}
