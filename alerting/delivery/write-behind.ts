/** Lines that must reach the journal in the end, though nothing waits for them: folded at once, appended until it succeeds. */
import type { Telemetry } from '../../platform/telemetry/catalogue.ts';
import type { JournalLine } from '../../platform/topics/incidents.ts';
import { atMost } from '../../platform/units/at-most.ts';
import { type Clock, sleep } from '../../platform/units/clock.ts';
import type { Journal } from './journal.ts';

export interface WriteBehindOptions {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  /** Called with each line, after it was folded. */
  readonly wrote: (line: JournalLine) => void;
}

const RETRY_MS = 1000;
/** A stop waits for the journal this long. */
const DRAIN_MS = 2000;
/** Kept while the event log takes nothing; the oldest is let go first, and counted. */
const LINES_MAX = 10_000;

export class WriteBehind {
  readonly #options: WriteBehindOptions;
  readonly #stopped = new AbortController();
  #lines: JournalLine[] = [];
  #running: Promise<void> | null = null;

  constructor(options: WriteBehindOptions) {
    this.#options = options;
  }

  write(line: JournalLine): void {
    const { journal, telemetry, wrote } = this.#options;
    journal.assume([line]);
    this.#lines.push(line);
    if (this.#lines.length > LINES_MAX) {
      this.#lines.shift();
      telemetry.appendFailed({ topic: 'incidents', error: 'more than 10,000 lines wait for the journal' });
    }
    wrote(line);
    this.#running ??= this.#run();
  }

  /** Waits for what was written, but not for ever: a journal that is away must not keep the process. */
  async stop(): Promise<void> {
    const { clock } = this.#options;
    if (this.#running) await atMost(clock, DRAIN_MS, this.#running);
    this.#stopped.abort();
  }

  async #run(): Promise<void> {
    const { journal, clock, telemetry } = this.#options;
    while (this.#lines.length > 0 && !this.#stopped.signal.aborted) {
      const lines = new Set(this.#lines);
      try {
        await journal.append([...lines]);
        this.#lines = this.#lines.filter((line) => !lines.has(line));
      } catch (error) {
        telemetry.appendFailed({ topic: 'incidents', error });
        await sleep(clock, RETRY_MS, this.#stopped.signal);
      }
    }
    this.#running = null;
  }
}
