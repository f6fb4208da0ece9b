/** Keeps what was refused, with the reason, for the people who run this: at a bounded pace, and never in anyone's way. */
import type { EventLog } from '../platform/eventlog/eventlog.ts';
import type { Telemetry } from '../platform/telemetry/catalogue.ts';
import { deadLetterRecord } from '../platform/topics/dead-letters.ts';
import { type Refusal, sayRefusal } from '../platform/topics/refusal.ts';
import type { Topic } from '../platform/topics/topic.ts';
import type { Clock } from '../platform/units/clock.ts';

const WRITING_MAX = 4;

interface Refused {
  readonly refusal: Refusal;
  readonly text: string;
}

export class DeadLetters {
  readonly #options: { log: EventLog; topic: Topic; clock: Clock; telemetry: Telemetry; perSecondMax: number };
  #allowed: number;
  #allowedAtMs: number;
  #writing = 0;

  constructor(options: { log: EventLog; topic: Topic; clock: Clock; telemetry: Telemetry; perSecondMax: number }) {
    this.#options = options;
    this.#allowed = options.perSecondMax;
    this.#allowedAtMs = options.clock.monotonic();
  }

  /** Counts them all, and writes as many as the pace allows. @param at  steady time, ms since the epoch */
  offer(refused: readonly Refused[], at: number): void {
    const { log, topic, telemetry } = this.#options;
    for (const [reason, value] of countsBy(refused)) telemetry.deadLetter({ reason, value });
    const kept = refused.slice(0, this.#take(refused.length));
    if (kept.length === 0) return;
    const records = kept.map(({ refusal, text }) =>
      deadLetterRecord({ reason: refusal.code, detail: sayRefusal(refusal), from: 'gateway', at: Math.round(at) }, text),
    );
    this.#writing++;
    log
      .append(topic, records)
      .catch((error: unknown) => telemetry.appendFailed({ topic: topic.name, error }))
      .finally(() => this.#writing--);
  }

  /** How many of `wanted` may be written now. */
  #take(wanted: number): number {
    const { clock, perSecondMax } = this.#options;
    const now = clock.monotonic();
    this.#allowed = Math.min(perSecondMax, this.#allowed + ((now - this.#allowedAtMs) / 1000) * perSecondMax);
    this.#allowedAtMs = now;
    if (this.#writing >= WRITING_MAX) return 0;
    const taken = Math.min(wanted, Math.floor(this.#allowed));
    this.#allowed -= taken;
    return taken;
  }
}

function countsBy(refused: readonly Refused[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { refusal } of refused) counts.set(refusal.code, (counts.get(refusal.code) ?? 0) + 1);
  return counts;
}
