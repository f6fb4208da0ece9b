/** The producers that a partition has heard: what each has said of its time, and whom closing a second must wait for. */
import type { SavedProducer } from '../../platform/topics/checkpoints.ts';
import type { Wait } from '../../platform/topics/counts.ts';
import { Seen } from './seen.ts';
import { Skew } from './skew.ts';

/** Who has not been heard for so long (log time) is waited for no more. */
const SPEAKING_MS = 10_000;
/** After so long only what tells repeats is kept of a producer. */
const RESTING_AFTER_MS = 600_000;
/** After so long a producer is forgotten. */
const PRODUCER_REMEMBERED_MS = 24 * 3_600_000;

export interface HeardProducer {
  readonly name: string;
  readonly seen: Seen;
  readonly skew: Skew;
  /** Log time of its newest batch, ms. */
  heard: number;
  /** Everything before this time (ms, its own clock) was said. */
  until: number;
  /** Its last word was a goodbye. */
  bye: boolean;
  /** Told as a clock that is far off; not saved, so that whoever counts anew tells it anew. */
  flagged: boolean;
}

export class HeardProducers {
  readonly #byName = new Map<string, HeardProducer>();
  readonly #speaking = new Set<HeardProducer>();
  readonly #withGaps = new Set<HeardProducer>();

  of(name: string, now: number): HeardProducer {
    const known = this.#byName.get(name);
    if (known) return known;
    const producer: HeardProducer = { name, seen: new Seen(), skew: new Skew(), heard: now, until: 0, bye: false, flagged: false };
    this.#byName.set(name, producer);
    return producer;
  }

  /** It said something new; `until` and `bye` hold where they are its newest word. */
  speaks(producer: HeardProducer, until: number, bye: boolean, now: number): void {
    producer.heard = now;
    if (until >= producer.until) {
      producer.until = until;
      producer.bye = bye;
    }
    this.#speaking.add(producer);
    if (producer.seen.waiting) this.#withGaps.add(producer);
  }

  /** @param newest  the running maximum of log time, ms */
  waits(newest: number): Wait[] {
    const waits: Wait[] = [];
    for (const producer of this.#speaking) {
      if (newest - producer.heard > SPEAKING_MS) this.#speaking.delete(producer);
      else if (!producer.bye) waits.push([producer.name, producer.until + producer.skew.shiftMs, producer.heard]);
    }
    return waits;
  }

  /** The largest skew of those that speak, ms, either way. */
  get skewMs(): number {
    let largest = 0;
    for (const { skew } of this.#speaking) if (Math.abs(skew.ms) > Math.abs(largest)) largest = skew.ms;
    return largest;
  }

  /** Gaps that have become losses, in events. */
  takeLost(newest: number): { producer: string; events: number }[] {
    const lost: { producer: string; events: number }[] = [];
    for (const producer of this.#withGaps) {
      const events = producer.seen.takeLost(newest);
      if (events > 0) lost.push({ producer: producer.name, events });
      if (!producer.seen.waiting) this.#withGaps.delete(producer);
    }
    return lost;
  }

  /** By log time alone, and only where a block begins, so that everyone who counts forgets at the same offset. */
  forget(newest: number): void {
    for (const producer of this.#byName.values()) {
      const silent = newest - producer.heard;
      if (silent > PRODUCER_REMEMBERED_MS) {
        this.#byName.delete(producer.name);
        this.#withGaps.delete(producer);
      } else if (silent > RESTING_AFTER_MS) {
        producer.seen.rest();
        producer.skew.forget();
      }
    }
  }

  save(): SavedProducer[] {
    return [...this.#byName.values()].map(({ name, seen, skew, heard, until, bye }) => {
      return { name, heard, until, bye, seen: seen.save(), skew: skew.save() };
    });
  }

  static restore(saved: readonly SavedProducer[], newest: number): HeardProducers {
    const restored = new HeardProducers();
    for (const { name, heard, until, bye, seen, skew } of saved) {
      const producer: HeardProducer = { name, seen: Seen.restore(seen), skew: new Skew(skew), heard, until, bye, flagged: false };
      restored.#byName.set(name, producer);
      if (newest - heard <= SPEAKING_MS && seen.highest >= 0) restored.#speaking.add(producer);
      if (producer.seen.waiting) restored.#withGaps.add(producer);
    }
    return restored;
  }
}
