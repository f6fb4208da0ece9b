/** Reads a topic into the store, from where the store says it was read to: each record's rows, however often it is killed. */
import { join } from 'node:path';
import type { EventLog, StoredRecord } from '../eventlog/eventlog.ts';
import type { Telemetry } from '../telemetry/catalogue.ts';
import type { Topic } from '../topics/topic.ts';
import { atMost } from '../units/at-most.ts';
import { type Clock, SteadyTime, sleep } from '../units/clock.ts';
import { Keeper } from './keeper.ts';
import { PACE, type Pace } from './pace.ts';
import type { Position } from './positions.ts';
import { OpenSlice } from './slice.ts';
import { Spool } from './spool.ts';
import type { Store } from './store.ts';
import { mustYield, type Turn, waitForTurn } from './turn.ts';

/** What a process gives to each of its fillings. */
export interface Filler {
  readonly log: EventLog;
  readonly store: Store;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  /** This process. */
  readonly writer: string;
  /** Waits on disk lie here, each topic's in a folder of its own. */
  readonly folder: string;
  readonly pace?: Pace;
}

/** How the records of one topic become rows. */
export interface Taking {
  /** Where reading goes on, by partition; those left out are read from their oldest record. */
  readonly from: ReadonlyMap<number, number>;
  /** Adds the record's rows, and the position that holds once they are kept. */
  take(record: StoredRecord, into: OpenSlice): void;
}

export interface Filling {
  /** Keeps what was read, as far as the store takes it now; the rest is read again at the next start. Never rejects. */
  stop(): Promise<void>;
}

const SLICE_SIZE_MAX = 4_000_000;
/** Work on one loop with what pages people: never longer at a time, and never more than half of the time. */
const WORK_MS_MAX = 5;
/** Beats after which somebody else is looked for who reads the same. */
const LOOK_BEATS = 3;
/** At the end the store has so much time for what was read. */
const STOP_MS = 3000;
/** A start that the event log hinders is tried again so much later. */
const AGAIN_MS = 1000;

/** @param begin  what reading on from these positions needs, which are those of `topic` in the store */
export function fill(filler: Filler, topic: Topic, begin: (positions: readonly Position[]) => Taking): Filling {
  return new TopicFilling(filler, topic, begin);
}

/** A plain taking: each record's rows, and the offset after it. */
export function takingEach(positions: readonly Position[], add: (record: StoredRecord, into: OpenSlice) => void): Taking {
  return {
    from: new Map(positions.map(({ partition, offset }) => [partition, offset])),
    take(record, into) {
      add(record, into);
      into.position({ partition: record.partition, part: '', offset: record.offset + 1, memory: '' });
    },
  };
}

class TopicFilling implements Filling {
  readonly #filler: Filler;
  readonly #topic: Topic;
  readonly #begin: (positions: readonly Position[]) => Taking;
  readonly #time: SteadyTime;
  readonly #stopping = new AbortController();
  readonly #running: Promise<void>;
  #open = new OpenSlice();
  /** When the newest record was appended that was taken, and that is kept; ms. */
  #takenTo = 0;
  #keptTo = 0;
  /** Slices are kept one after the other. */
  #keeping: Promise<void> = Promise.resolve();
  /** A slice was not kept: none after it may be, and no position. */
  #isTorn = false;

  constructor(filler: Filler, topic: Topic, begin: (positions: readonly Position[]) => Taking) {
    this.#filler = filler;
    this.#topic = topic;
    this.#begin = begin;
    this.#time = new SteadyTime(filler.clock);
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    // What a hanging store still holds up is let go: nothing of it counts as kept.
    await atMost(this.#filler.clock, STOP_MS, this.#running);
  }

  async #run(): Promise<void> {
    const { clock, telemetry } = this.#filler;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        await this.#live();
        return;
      } catch (error) {
        telemetry.stepFailed({ step: `store/${this.#topic.name}`, error });
        await sleep(clock, AGAIN_MS, signal);
      }
    }
  }

  async #live(): Promise<void> {
    const { store, clock, telemetry, writer, folder, pace = PACE } = this.#filler;
    const over = new AbortController();
    const signal = AbortSignal.any([over.signal, this.#stopping.signal]);
    const reader = this.#topic.name;
    const spool = await Spool.open(join(folder, reader));
    const turn = { reader, writer, store, spool, clock, pace, signal };
    const keeper = new Keeper({ ...turn, telemetry });
    try {
      while (!signal.aborted) {
        const positions = await waitForTurn(turn);
        if (!positions) break;
        await this.#read(positions, keeper, turn);
      }
    } finally {
      // Whoever begins again brings what waits on the disk with him: two at it would be too many.
      over.abort();
      await keeper.stop();
    }
  }

  /** Until it is stopped, or somebody else goes on. */
  async #read(positions: readonly Position[], keeper: Keeper, turn: Turn): Promise<void> {
    const { log, clock, pace = PACE } = this.#filler;
    this.#open = new OpenSlice();
    this.#isTorn = false;
    const over = new AbortController();
    const signal = AbortSignal.any([over.signal, this.#stopping.signal]);
    const ends = await log.ends(this.#topic);
    // A log that ends before the position is another one, and is read from its beginning.
    const taking = this.#begin(positions.filter(({ partition, offset }) => offset <= (ends.get(partition) ?? 0)));
    const reader = log.read(this.#topic, taking.from, (records) => this.#take(records, taking, keeper, signal));
    for (let beats = 1; !signal.aborted; beats++) {
      await sleep(clock, pace.beatMs, signal);
      await this.#flush(keeper);
      this.#tell();
      if (beats % LOOK_BEATS === 0 && (await mustYield(turn))) over.abort();
    }
    await reader.stop();
    if (!over.signal.aborted) await this.#finish(keeper);
  }

  async #take(records: readonly StoredRecord[], taking: Taking, keeper: Keeper, signal: AbortSignal): Promise<void> {
    const { clock, telemetry } = this.#filler;
    let began = clock.monotonic();
    for (const record of records) {
      // What is left is read again by whoever goes on.
      if (signal.aborted) return;
      try {
        taking.take(record, this.#open);
      } catch (error) {
        telemetry.stepFailed({ step: `store/${this.#topic.name}`, error, at: `${record.partition}@${record.offset}` });
      }
      this.#takenTo = record.appendedAt;
      if (this.#open.size >= SLICE_SIZE_MAX) await this.#flush(keeper);
      const worked = clock.monotonic() - began;
      if (worked < WORK_MS_MAX) continue;
      await sleep(clock, worked, signal);
      began = clock.monotonic();
    }
  }

  #flush(keeper: Keeper): Promise<void> {
    this.#keeping = this.#keeping.then(async () => {
      if (this.#open.isEmpty || this.#isTorn) return;
      const takenTo = this.#takenTo;
      if (await keeper.keep(this.#open.take())) this.#keptTo = takenTo;
      else this.#isTorn = true;
    });
    return this.#keeping;
  }

  async #finish(keeper: Keeper): Promise<void> {
    await this.#keeping;
    if (this.#isTorn) return;
    await keeper.finish(this.#open.take()).catch(() => undefined);
  }

  #tell(): void {
    const isBehind = this.#keptTo > 0 && this.#keptTo < this.#takenTo;
    const value = isBehind ? Math.max(0, this.#time.now() - this.#keptTo) / 1000 : 0;
    this.#filler.telemetry.storeBehind({ reader: this.#topic.name, value });
  }
}
