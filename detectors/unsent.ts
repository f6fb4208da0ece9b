/** Signals that wait for the event log, in order and bounded: when it is away for long the newest win, but no fall is let go. */
import type { LogRecord } from '../platform/eventlog/eventlog.ts';
import { type Signal, type SignalsRecord, signalsRecord } from '../platform/topics/signals.ts';

/** Ten minutes, one record a second. */
const RECORDS_MAX = 600;
/** Records cut down to their falls are small; beyond so many in all even those go, the oldest first. */
const CUT_MAX = 10_000;
const CHARACTERS_MAX = 64_000_000;
/** Of one append. */
const BATCH_MAX = 16;

interface Waiting {
  readonly record: LogRecord;
  /** Only the signals with which a fall began, for when there is no room for all; null where none did. */
  readonly falls: SignalsRecord | null;
  /** Cut down to its falls already. */
  readonly isCut: boolean;
}

/** The signals with which a fall began: later ones say the same, but these must not be lost. */
export function fallsOf(record: SignalsRecord): SignalsRecord | null {
  const began = ({ state, fall }: Signal): boolean => state === 'dropped' && fall?.at === record.second;
  const signals = record.signals.filter(began);
  return signals.length > 0 ? { ...record, signals } : null;
}

export class Unsent {
  readonly #recordsMax: number;
  #waiting: Waiting[] = [];
  #characters = 0;
  #inFlight = 0;

  constructor(recordsMax = RECORDS_MAX) {
    this.#recordsMax = recordsMax;
  }

  get size(): number {
    return this.#waiting.length;
  }

  add(record: SignalsRecord): void {
    this.#put(this.#waiting.length, { record: signalsRecord(record), falls: fallsOf(record), isCut: false });
    while (this.#waiting.length > this.#recordsMax || this.#characters > CHARACTERS_MAX) if (!this.#cutOldest()) return;
  }

  /** The oldest records, to be appended; they are under way until `sent` or `failed` is called. */
  take(): LogRecord[] {
    this.#inFlight = Math.min(BATCH_MAX, this.#waiting.length);
    return this.#waiting.slice(0, this.#inFlight).map(({ record }) => record);
  }

  sent(): void {
    for (; this.#inFlight > 0; this.#inFlight--) this.#remove(0);
  }

  failed(): void {
    this.#inFlight = 0;
  }

  #cutOldest(): boolean {
    const at = this.#waiting.findIndex(({ isCut }, i) => !isCut && i >= this.#inFlight);
    if (at < 0 || at === this.#waiting.length - 1) {
      if (this.#waiting.length > CUT_MAX) this.#remove(this.#inFlight);
      return false;
    }
    const { falls } = this.#remove(at);
    if (falls) this.#put(at, { record: signalsRecord(falls), falls, isCut: true });
    return true;
  }

  #put(at: number, waiting: Waiting): void {
    this.#waiting.splice(at, 0, waiting);
    this.#characters += waiting.record.value.length;
  }

  #remove(at: number): Waiting {
    const [removed] = this.#waiting.splice(at, 1) as [Waiting];
    this.#characters -= removed.record.value.length;
    return removed;
  }
}
