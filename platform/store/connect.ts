/** One client for a ClickHouse server and for the embedded store alike, by URL; the same errors from both. */
import { Readable } from 'node:stream';
import { type ClickHouseClient, ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { type Asked, storeError } from './problem.ts';

/** Names are the columns' own; the values go as query parameters, never into the text of a query. */
export type Parameters = Readonly<Record<string, string | number>>;

export interface Table {
  readonly name: string;
  readonly columns: readonly string[];
}

/** A request that has not ended after this has failed; a hanging server holds nothing up for longer. */
const REQUEST_MS_MAX = 15_000;
/** A server that fails in the middle of an answer says so in place of it. */
const WHOLE = { wait_end_of_query: 1 } as const;
const CONNECTIONS_MAX = 4;
export const DATABASE = 'plummet';

/** A store that answers at one address. */
export class Connection {
  readonly asked: Asked;
  readonly database: string;
  readonly #client: ClickHouseClient;
  /** Knows no database: for making ours. */
  readonly #bare: ClickHouseClient;
  readonly #closing = new AbortController();

  /** @param url  `http://user:password@host:8123/database`; parts left out: default, none, 8123, plummet */
  constructor(url: string, name?: string) {
    const { origin, username, password, pathname } = new URL(url);
    const user = decodeURIComponent(username) || 'default';
    this.asked = { name: name ?? `ClickHouse at ${origin}`, user };
    this.database = decodeURIComponent(pathname.slice(1)) || DATABASE;
    const common = {
      url: origin,
      username: user,
      password: decodeURIComponent(password),
      application: 'plummet',
      request_timeout: REQUEST_MS_MAX,
      max_open_connections: CONNECTIONS_MAX,
      keep_alive: { eagerly_destroy_stale_sockets: true },
      log: { level: ClickHouseLogLevel.OFF },
    };
    this.#bare = createClient(common);
    this.#client = createClient({ ...common, database: this.database });
  }

  /**
   * @param rows   each a JSON array and a line end, as text of any cut
   * @param token  names what is inserted: of two inserts with one token the second changes nothing
   */
  async insert({ name, columns }: Table, rows: readonly string[], token?: string): Promise<void> {
    const query = `INSERT INTO ${name} (${columns.join(', ')}) FORMAT JSONCompactEachRow`;
    const settings = token === undefined ? {} : { clickhouse_settings: { insert_deduplication_token: token } };
    await this.#asking(async (abort_signal) => {
      const values = Readable.from(rows, { objectMode: false });
      const { stream } = await this.#client.exec({ query, values, abort_signal, ...settings });
      for await (const _ of stream);
    });
  }

  rows<T>(query: string, parameters: Parameters = {}): Promise<T[]> {
    return this.#rows(this.#client, query, parameters);
  }

  async command(query: string, { bare = false }: { bare?: boolean } = {}): Promise<void> {
    await this.#asking((abort_signal) => (bare ? this.#bare : this.#client).command({ query, abort_signal }));
  }

  /** Without naming a database, which may not be there yet. */
  bareRows<T>(query: string, parameters: Parameters = {}): Promise<T[]> {
    return this.#rows(this.#bare, query, parameters);
  }

  /** The answer as it comes, for statements that take no format. */
  bareText(query: string): Promise<string> {
    return this.#asking(async (abort_signal) => {
      const { stream } = await this.#bare.exec({ query, abort_signal });
      let text = '';
      for await (const chunk of stream) text += String(chunk);
      return text.trim();
    });
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all([this.#client.close(), this.#bare.close()]);
  }

  #rows<T>(client: ClickHouseClient, query: string, parameters: Parameters): Promise<T[]> {
    return this.#asking(async (abort_signal) => {
      const answer = await client.query({
        query,
        query_params: { ...parameters },
        format: 'JSONEachRow',
        clickhouse_settings: WHOLE,
        abort_signal,
      });
      return answer.json<T>();
    });
  }

  async #asking<T>(ask: (signal: AbortSignal) => Promise<T>): Promise<T> {
    try {
      this.#closing.signal.throwIfAborted();
      return await ask(this.#closing.signal);
    } catch (error) {
      throw storeError(error, this.asked);
    }
  }
}
