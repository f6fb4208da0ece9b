/** Slices on their way to the store, in order: straight into it, or by way of the disk while it is away. */
import type { Telemetry } from '../telemetry/catalogue.ts';
import { type Clock, sleep } from '../units/clock.ts';
import type { Table } from './connect.ts';
import type { Pace } from './pace.ts';
import { keyOf, type Position, positionRow, positionsTable } from './positions.ts';
import type { StoreError } from './problem.ts';
import { OpenSlice, type Slice } from './slice.ts';
import type { Spool } from './spool.ts';
import type { Store } from './store.ts';

export interface KeeperOptions {
  /** Topic that is read. */
  readonly reader: string;
  /** This process. */
  readonly writer: string;
  readonly store: Store;
  readonly spool: Spool;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  readonly pace: Pace;
  /** Ends every wait. */
  readonly signal: AbortSignal;
}

const AGAIN_MS = 500;
const AGAIN_MS_MAX = 5000;
const LINE = /[^\n]*\n/g;

export class Keeper {
  readonly #options: KeeperOptions;
  /** Of what is in the store, but not yet beside it. */
  #unsaved = new OpenSlice();
  #savedAt = Number.NEGATIVE_INFINITY;
  #draining: Promise<void> = Promise.resolve();
  #isDraining = false;

  constructor(options: KeeperOptions) {
    this.#options = options;
    this.#drainLater();
  }

  /** Never rejects. @returns true once the slice is kept, in the store or on disk; false where all waits were ended before */
  async keep(slice: Slice): Promise<boolean> {
    const { signal, clock, spool, pace } = this.#options;
    const since = clock.monotonic();
    let pause = AGAIN_MS;
    while (!signal.aborted) {
      const isPatient = clock.monotonic() - since < pace.patienceMs;
      if (spool.isEmpty && !this.#isDraining && (await this.#taken(slice))) return true;
      if (signal.aborted) break;
      if ((!spool.isEmpty || !isPatient) && (await this.#toDisk(slice))) return true;
      await sleep(clock, pause, signal);
      pause = Math.min(2 * pause, AGAIN_MS_MAX);
    }
    return false;
  }

  /** The last slice, and how far it goes: one try, into the store alone. @throws StoreError */
  async finish(slice: Slice): Promise<void> {
    if (!this.#options.spool.isEmpty || this.#isDraining) return;
    await this.#insert(slice);
    await this.#save();
  }

  /** Ends after the request in flight. */
  stop(): Promise<void> {
    return this.#draining;
  }

  /** @throws StoreError, and a part may then be there */
  async #insert({ rows, positions }: Slice): Promise<void> {
    const { store, telemetry, clock, pace } = this.#options;
    for (const { table, text, count, token } of rows) {
      await store.insert(table, text, token).catch((error: StoreError) => {
        if (error.kind !== 'rows') throw error;
        return this.#sift(table, text.join('').match(LINE) ?? [], error);
      });
      telemetry.storeRows({ table: table.name, value: count });
    }
    for (const position of positions) this.#unsaved.position(position);
    if (clock.monotonic() - this.#savedAt >= pace.saveMs) await this.#save();
  }

  /** Some of these rows cannot be read: halved until only those are left, which are put aside. */
  async #sift(table: Table, lines: readonly string[], cause: StoreError): Promise<void> {
    const { store, spool, telemetry } = this.#options;
    if (lines.length <= 1) {
      telemetry.rowsRefused({ table: table.name, error: cause });
      await spool.putAside({ rows: [{ table, text: lines, count: 1, token: '' }], positions: [], size: 0 });
      return;
    }
    const middle = lines.length >> 1;
    for (const half of [lines.slice(0, middle), lines.slice(middle)]) {
      await store.insert(table, half).catch((error: StoreError) => {
        if (error.kind !== 'rows') throw error;
        return this.#sift(table, half, error);
      });
    }
  }

  /** Positions of everything that is in the store. @throws StoreError */
  async #save(): Promise<void> {
    const { store, reader, writer, clock } = this.#options;
    const unsaved = this.#unsaved.take();
    if (unsaved.positions.length === 0) return;
    try {
      await store.insert(
        positionsTable,
        unsaved.positions.map((position) => positionRow(reader, writer, position)),
      );
      this.#savedAt = clock.monotonic();
    } catch (error) {
      this.#restore(unsaved.positions);
      throw error;
    }
  }

  /** Newer ones may have come meanwhile. */
  #restore(positions: readonly Position[]): void {
    const newer = this.#unsaved.take().positions;
    const known = new Set(newer.map(keyOf));
    for (const position of positions) if (!known.has(keyOf(position))) this.#unsaved.position(position);
    for (const position of newer) this.#unsaved.position(position);
  }

  async #taken(slice: Slice): Promise<boolean> {
    return this.#insert(slice).then(
      () => true,
      () => false,
    );
  }

  async #toDisk(slice: Slice): Promise<boolean> {
    const { spool, telemetry, reader } = this.#options;
    const isThere = await spool.push(slice).catch(() => false);
    if (!isThere) telemetry.spoolFull({ reader });
    telemetry.storeSpool({ reader, value: spool.bytes });
    this.#drainLater();
    return isThere;
  }

  #drainLater(): void {
    if (this.#isDraining || this.#options.spool.isEmpty) return;
    this.#isDraining = true;
    this.#draining = this.#drain().finally(() => {
      this.#isDraining = false;
    });
  }

  async #drain(): Promise<void> {
    const { spool, clock, signal, telemetry, reader } = this.#options;
    let pause = AGAIN_MS;
    while (!signal.aborted && !spool.isEmpty) {
      if (await this.#drainOnce()) {
        pause = AGAIN_MS;
        telemetry.storeSpool({ reader, value: spool.bytes });
        continue;
      }
      await sleep(clock, pause, signal);
      pause = Math.min(2 * pause, AGAIN_MS_MAX);
    }
  }

  async #drainOnce(): Promise<boolean> {
    const { spool } = this.#options;
    try {
      const waiting = await spool.oldest();
      if (!waiting) return true;
      await this.#insert(waiting);
      await spool.drop(waiting.files);
      return true;
    } catch {
      return false;
    }
  }
}
