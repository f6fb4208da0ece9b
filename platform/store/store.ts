/** The door to the store: a ClickHouse server or the embedded one, its tables brought up to date before the first request. */
import type { Health } from '../eventlog/eventlog.ts';
import type { Telemetry } from '../telemetry/catalogue.ts';
import type { Clock } from '../units/clock.ts';
import { Connection, type Parameters, type Table } from './connect.ts';
import { type Place, startEmbedded } from './embedded/parent.ts';
import { migrate, type Retention } from './migrate.ts';
import type { StoreOptions } from './options.ts';
import { StoreError } from './problem.ts';

export interface Store {
  readonly name: string;
  /** Other processes may write to it, too. */
  readonly isShared: boolean;
  /**
   * @param rows   each a JSON array and a line end
   * @param token  names what is inserted: of two inserts with one token the second changes nothing
   * @throws StoreError, and all may then be there or not
   */
  insert(table: Table, rows: readonly string[], token?: string): Promise<void>;
  /** @throws StoreError */
  rows<T>(query: string, parameters?: Parameters): Promise<T[]>;
  /** From the next request on. */
  retain(retention: Retention): void;
  /** How the last request went; never asks, so it never waits. */
  check(): Health;
  /** What is asked meanwhile fails; the embedded one ends. */
  close(): Promise<void>;
}

export interface OpenOptions extends StoreOptions {
  /** Of the embedded store. */
  readonly folder: string;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  /** Told once when it stops answering, and why, and once when it answers again. */
  readonly write: (line: string) => void;
  /** The built child of the embedded store; only tests that run from the sources name it. */
  readonly childFile?: string;
}

/** Never waits: what cannot be reached now is tried at each request. */
export function openStore(options: OpenOptions): Store {
  const { url } = options;
  return new OpenedStore(options, url === null ? startEmbedded(options) : { name: '', url: () => url, stop: async () => undefined });
}

class OpenedStore implements Store {
  readonly #options: OpenOptions;
  readonly #place: Place;
  #retention: Retention;
  #url = '';
  #connection: Connection | null = null;
  /** Its tables are made, or are being made. */
  #migrated: Promise<void> | null = null;
  #problem: StoreError | null = null;
  #closed = false;

  constructor(options: OpenOptions, place: Place) {
    this.#options = options;
    this.#place = place;
    this.#retention = options.retention;
  }

  get isShared(): boolean {
    return this.#options.url !== null;
  }

  get name(): string {
    return this.#place.name || (this.#connection?.asked.name ?? 'the store');
  }

  insert(table: Table, rows: readonly string[], token?: string): Promise<void> {
    return this.#asking((connection) => connection.insert(table, rows, token));
  }

  rows<T>(query: string, parameters?: Parameters): Promise<T[]> {
    return this.#asking((connection) => connection.rows<T>(query, parameters));
  }

  retain(retention: Retention): void {
    this.#retention = retention;
    this.#migrated = null;
  }

  check(): Health {
    const isWell = this.#problem === null || this.#problem.kind === 'starting';
    return isWell ? { ok: true, reason: '' } : { ok: false, reason: this.#problem?.message ?? '' };
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#connection?.close();
    await this.#place.stop();
  }

  async #asking<T>(ask: (connection: Connection) => Promise<T>): Promise<T> {
    try {
      const connection = await this.#connected();
      const found = await ask(connection);
      this.#succeeded();
      return found;
    } catch (error) {
      throw this.#failed(error);
    }
  }

  async #connected(): Promise<Connection> {
    if (this.#closed) throw new StoreError('away', `${this.name} is closed`);
    const url = this.#place.url();
    if (!this.#connection || url !== this.#url) {
      void this.#connection?.close();
      this.#connection = new Connection(url, this.#place.name || undefined);
      this.#url = url;
      this.#migrated = null;
    }
    const connection = this.#connection;
    const schema = { cluster: this.#options.cluster, retention: this.#retention, anew: this.#problem?.kind === 'tables' };
    this.#migrated ??= migrate(connection, schema, (problem) => this.#tell(problem));
    await this.#migrated;
    return connection;
  }

  #succeeded(): void {
    if (this.#problem && this.#problem.kind !== 'starting') this.#options.write(`${this.name} answers again: what waited is kept.`);
    this.#problem = null;
    this.#options.telemetry.storeUp({ value: 1 });
  }

  #failed(error: unknown): StoreError {
    const problem = error instanceof StoreError ? error : new StoreError('away', `${this.name}: ${String(error)}`, error);
    if (this.#closed || problem.kind === 'rows') return problem;
    // Tables that are gone, or not yet all there, are made at the next request.
    this.#migrated = null;
    this.#options.telemetry.storeUp({ value: 0 });
    if (problem.kind !== 'starting' && this.#problem?.kind !== problem.kind) this.#tell(problem);
    this.#problem = problem;
    return problem;
  }

  #tell(problem: StoreError): void {
    this.#options.telemetry.storeProblem({ kind: problem.kind, error: problem });
    this.#options.write(problem.message);
  }
}
