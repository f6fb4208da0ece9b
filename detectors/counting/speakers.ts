/** Who is expected to speak: producers by partition, up to when each has told everything, who is silent and who came or went. */
import type { Wait } from '../../platform/topics/counts.ts';

/** A producer is waited for while it was heard in so much time during which its partition flowed. */
const HEARD_MS = 10_000;
/** A producer that is missing from a record before it was silent for so long has said goodbye; half a second is left for rounding. */
const GOODBYE_BEFORE_MS = HEARD_MS - 500;
/** Who fell silent is named for so long: a slow metric takes a minute until its fall is sure. */
const NAMED_MS = 120_000;
/** Whose last batch told of a time so long before it has more to tell: it speaks and is late, or is crowded out by others. */
const BEHIND_MS = 1000;

interface Producer {
  readonly name: string;
  readonly partition: number;
  /** Everything before it (ms) is told. */
  until: number;
  /** Log time (ms) of the newest batch. */
  heard: number;
  /** Its partition's flow (ms) at which it was last heard. */
  heardAtFlow: number;
  /** Log time (ms) of the first batch after it came; -Infinity: it was here before we were. */
  cameAt: number;
  /** Log time (ms) of the batch that said goodbye. */
  goneAt: number | null;
}

/** How it stands with one partition's producers and a second that ends at `end`. */
export interface Spoken {
  /** Have told everything before `end`, those that said goodbye too. */
  told: number;
  /** Are expected to speak and have not told everything. */
  waiting: number;
  /** Of those: speak, but of earlier seconds still. */
  late: number;
}

export class Speakers {
  readonly #byPartition: Map<string, Producer>[];
  readonly #begun: boolean[];
  /** Log time (ms) at which any producer spoke last; null before the first. */
  spokeAt: number | null = null;

  constructor(partitions: number) {
    this.#byPartition = Array.from({ length: partitions }, () => new Map());
    this.#begun = new Array(partitions).fill(false);
  }

  /**
   * @param progress  of the record, ms
   * @param flow      of the partition, see `Closing`
   */
  hear(partition: number, waits: readonly Wait[], progress: number, flow: number): void {
    const known = this.#byPartition[partition] as Map<string, Producer>;
    const begun = this.#begun[partition];
    this.#begun[partition] = true;
    let logTime = progress;
    const named = new Set<string>();
    for (const [name, until, heard] of waits) {
      named.add(name);
      logTime = Math.max(logTime, heard);
      const producer = known.get(name);
      if (!producer || (producer.goneAt !== null && heard > producer.goneAt)) {
        known.set(name, { name, partition, until, heard, heardAtFlow: flow, cameAt: begun ? heard : -Infinity, goneAt: null });
      } else {
        producer.until = until;
        if (heard > producer.heard) producer.heardAtFlow = flow;
        producer.heard = heard;
      }
      this.spokeAt = Math.max(this.spokeAt ?? heard, heard);
    }
    for (const producer of known.values()) {
      if (!named.has(producer.name) && producer.goneAt === null && logTime - producer.heard < GOODBYE_BEFORE_MS) {
        producer.goneAt = producer.heard;
      }
    }
  }

  spoken(partition: number, end: number, flow: number): Spoken {
    const spoken: Spoken = { told: 0, waiting: 0, late: 0 };
    for (const producer of (this.#byPartition[partition] as Map<string, Producer>).values()) {
      if (producer.until >= end) spoken.told++;
      else if (producer.goneAt === null && flow - producer.heardAtFlow < HEARD_MS) {
        spoken.waiting++;
        if (isLate(producer)) spoken.late++;
      }
    }
    return spoken;
  }

  /** Names of those that had not told everything before `end` and are not speaking, the longest silent first. */
  silent(end: number, readable: (partition: number) => boolean, namesMax: number): string[] {
    const silent: Producer[] = [];
    for (const producer of this.#all()) {
      const isHushed = producer.goneAt === null && producer.until < end && !isLate(producer);
      if (isHushed && end - producer.heard < NAMED_MS && readable(producer.partition)) silent.push(producer);
    }
    silent.sort((a, b) => a.heard - b.heard || (a.name < b.name ? -1 : 1));
    return silent.slice(0, namesMax).map(({ name }) => name);
  }

  /** How many were heard lately. */
  heard(flows: readonly number[]): number {
    let heard = 0;
    for (const { partition, goneAt, heardAtFlow } of this.#all()) {
      if (goneAt === null && (flows[partition] as number) - heardAtFlow < HEARD_MS) heard++;
    }
    return heard;
  }

  /**
   * The share of producers that came or went since `from` (ms): by word, or, up to `to` (ms), by falling silent in a
   * partition that is readable. Traffic of a partition we cannot read is judged by what it was, and this is how sure that is.
   */
  changed(from: number, to: number, end: number, readable: (partition: number) => boolean): number {
    let changed = 0;
    let known = 0;
    for (const { partition, cameAt, goneAt, heard, until } of this.#all()) {
      if (heard < from) continue;
      known++;
      const fellSilent = goneAt === null && heard < to && until < end && readable(partition);
      if (cameAt >= from || goneAt !== null || fellSilent) changed++;
    }
    return known === 0 ? 0 : changed / known;
  }

  forget(end: number, flows: readonly number[]): void {
    this.#byPartition.forEach((known, partition) => {
      for (const { name, heard, heardAtFlow } of known.values()) {
        if (end - heard > NAMED_MS && (flows[partition] as number) - heardAtFlow > HEARD_MS) known.delete(name);
      }
    });
  }

  *#all(): Iterable<Producer> {
    for (const known of this.#byPartition) yield* known.values();
  }
}

function isLate({ heard, until }: Producer): boolean {
  return heard - until >= BEHIND_MS;
}
