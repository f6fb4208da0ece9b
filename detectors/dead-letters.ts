/** Writes topic dead-letters: what counting could not read, once each, also when the same records are read again after a start. */
import type { StoredRecord } from '../platform/eventlog/eventlog.ts';
import type { Telemetry } from '../platform/telemetry/catalogue.ts';
import { deadLetterRecord } from '../platform/topics/dead-letters.ts';
import { atMost } from '../platform/units/at-most.ts';
import type { Clock } from '../platform/units/clock.ts';
import type { AppendLane } from './append-lane.ts';
import type { Unreadable } from './counting/findings.ts';

/** Letters of 4 kB at most that wait for the event log. */
const LETTERS_WAITING_MAX = 2000;
/** While letters are taken at all, reading waits so long for room among them. */
const ROOM_MS = 1000;

export class DeadLetters {
  readonly lane: AppendLane;
  readonly #clock: Clock;
  readonly #telemetry: Telemetry;
  #known: ReadonlySet<string> = new Set();
  #stuck = false;

  constructor(lane: AppendLane, clock: Clock, telemetry: Telemetry) {
    this.lane = lane;
    this.#clock = clock;
    this.#telemetry = telemetry;
  }

  /** @param from  places whose letters were written before */
  knows(from: ReadonlySet<string>): void {
    this.#known = from;
  }

  add(partition: number, { offset, at, reason, detail, value }: Unreadable): void {
    const from = `events/${partition}@${offset}`;
    if (this.#known.has(from)) return;
    this.#telemetry.deadLetter({ reason, detail, from });
    this.lane.push([deadLetterRecord({ reason, detail, from, at }, value)]);
  }

  /** A record that no rule foresaw. */
  unexpected({ partition, offset, appendedAt, value }: StoredRecord, error: Error): void {
    this.add(partition, { offset, at: appendedAt, reason: 'unexpected', detail: error.message, value });
  }

  /** Dead letters may slow a partition while the event log takes them, and never stop it: then the newest are given up and counted. */
  async room(signal: AbortSignal): Promise<void> {
    if (this.lane.waiting <= LETTERS_WAITING_MAX) return;
    if (!this.lane.failing && !this.#stuck) await atMost(this.#clock, ROOM_MS, this.lane.drain(), signal);
    this.#stuck = this.lane.waiting > LETTERS_WAITING_MAX;
    const dropped = this.lane.dropBeyond(LETTERS_WAITING_MAX);
    if (dropped > 0) this.#telemetry.deadLetter({ reason: 'not-kept', value: dropped });
  }
}
