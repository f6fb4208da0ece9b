/**
 * The embedded store's process: chDB (ClickHouse's own engine) behind the small part of ClickHouse's HTTP interface that our one
 * client uses. It runs beside the paging process and ends with it.
 */
import { timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { constants, setPriority } from 'node:os';
import type { ChildAnswer, ChildOrder } from './parent.ts';

/** What we use of the chdb package. */
interface Session {
  queryAsync(query: string, options: { format: string }): Promise<{ bytes(): Uint8Array }>;
  queryBindAsync(query: string, parameters: object, options: { format: string }): Promise<{ bytes(): Uint8Array }>;
  insert(rows: { table: string; columns: string[]; format: 'JSONCompactEachRow'; values: Buffer; settings: object }): Promise<unknown>;
  close(): void;
}
type Chdb = { Session: new (folder: string, options: { connectionArgs: string[] }) => Session };

const BODY_BYTES_MAX = 64 * 2 ** 20;

/** It shares a machine with what it must never hinder. */
const ENGINE = [
  '--max_server_memory_usage=1500000000',
  '--max_memory_usage=1000000000',
  '--max_threads=2',
  '--background_pool_size=2',
  '--mark_cache_size=67108864',
  '--index_mark_cache_size=67108864',
  '--primary_index_cache_size=134217728',
];

/** One connection to the engine: one request at a time, each in the database that it names. */
class Lane {
  readonly #session: Session;
  #database = '';
  #last: Promise<unknown> = Promise.resolve();

  constructor(session: Session) {
    this.#session = session;
  }

  run<T>(database: string, work: (session: Session) => Promise<T>): Promise<T> {
    const mine = this.#last.then(async () => {
      if (database !== '' && database !== this.#database) {
        await this.#session.queryAsync(`USE \`${database.replaceAll('`', '')}\``, { format: 'CSV' });
        this.#database = database;
      }
      return work(this.#session);
    });
    this.#last = mine.catch(() => undefined);
    return mine;
  }

  async close(): Promise<void> {
    await this.#last;
    this.#session.close();
  }
}

/** Rows are written beside what is read, so that a long question holds up no archive. */
interface Engine {
  readonly reading: Lane;
  readonly writing: Lane;
}

const INSERT = /^INSERT INTO (\w+) \(([\w, ]+)\) FORMAT JSONCompactEachRow$/;

/** @returns the answer's body */
async function answer({ reading, writing }: Engine, asked: URLSearchParams, body: Buffer): Promise<Uint8Array> {
  const database = asked.get('database') ?? '';
  const insert = asked.get('query');
  if (insert !== null) {
    const [, table, columns] = INSERT.exec(insert) ?? [];
    if (!table || !columns)
      throw new Error(`Code: 48. DB::Exception: This store takes rows only in one form, not by ${insert} (NOT_IMPLEMENTED)`);
    if (body.length === 0) return new Uint8Array();
    const token = asked.get('insert_deduplication_token');
    const settings = token === null ? {} : { insert_deduplication_token: token };
    const rows = { table, columns: columns.split(', '), values: body, settings };
    await writing.run(database, (session) => session.insert({ ...rows, format: 'JSONCompactEachRow' }));
    return new Uint8Array();
  }
  const parameters: Record<string, string> = {};
  for (const [name, value] of asked) if (name.startsWith('param_')) parameters[name.slice('param_'.length)] = unescaped(value);
  const options = { format: asked.get('default_format') ?? 'TabSeparated' };
  const query = body.toString('utf8');
  const found = await reading.run(database, (session) =>
    Object.keys(parameters).length > 0 ? session.queryBindAsync(query, parameters, options) : session.queryAsync(query, options),
  );
  return found.bytes();
}

const ESCAPES: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', b: '\b', f: '\f', '0': '\0' };

/** The client escapes parameters for the address, and the engine's door escapes them again. */
function unescaped(text: string): string {
  return text.replace(/\\(.)/gs, (_, char: string) => ESCAPES[char] ?? char);
}

function isAllowed({ headers }: IncomingMessage, key: string): boolean {
  const given = Buffer.from(headers.authorization ?? '');
  const right = Buffer.from(`Basic ${Buffer.from(`plummet:${key}`).toString('base64')}`);
  return given.length === right.length && timingSafeEqual(given, right);
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) throw new Error(`Code: 307. DB::Exception: more than ${BODY_BYTES_MAX} bytes (TOO_MANY_BYTES)`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

async function serve(engine: Engine, key: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
  if (pathname === '/ping') return void response.end('Ok.\n');
  if (!isAllowed(request, key)) {
    response.statusCode = 403;
    return void response.end('Code: 516. DB::Exception: plummet: the key is wrong. (AUTHENTICATION_FAILED)');
  }
  try {
    const body = await readBody(request);
    response.end(await answer(engine, searchParams, body));
  } catch (error) {
    response.statusCode = 500;
    response.end((error as Error).message);
  }
}

const tell = (message: ChildAnswer): void => void process.send?.(message);

/** What is under way is answered first. */
let end = async (): Promise<void> => undefined;

async function start({ folder, key, port }: Extract<ChildOrder, { folder: string }>): Promise<void> {
  let chdb: Chdb;
  try {
    // Loaded only now: the package is not for every platform, and that is to be told.
    chdb = (await import('chdb')) as unknown as Chdb;
  } catch (error) {
    return tell({ unsupported: (error as Error).message.split('\n', 1)[0] as string });
  }
  const open = (): Lane => new Lane(new chdb.Session(folder, { connectionArgs: ENGINE }));
  const engine: Engine = { reading: open(), writing: open() };
  const server = createServer((request, response) => void serve(engine, key, request, response));
  const listen = (at: number): void => void server.listen(at, '127.0.0.1', () => tell({ port: (server.address() as AddressInfo).port }));
  // The port it had before is taken by now: any other will do.
  server.once('error', () => listen(0));
  listen(port);
  end = async () => {
    server.close();
    server.closeIdleConnections();
    await Promise.all([engine.reading.close(), engine.writing.close()]);
  };
}

// Ctrl-C reaches every process of a terminal: this one ends when its parent says so.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);
// Its parent is gone, however: what was answered is on disk.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
process.on('message', (order: ChildOrder) => {
  if ('stop' in order) void end().finally(() => process.exit(0));
  else start(order).catch((error: Error) => tell({ failed: error.message }));
});
try {
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
} catch {
  // Where that is not allowed it runs like any other.
}
