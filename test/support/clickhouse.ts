/**
 * A real ClickHouse HTTP server: the engine in the chdb package, started as a process of its own by python3, which calls one C
 * function. It dies with the test process, however that ends.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { freePort } from './ports.ts';
import { temporaryFolder } from './process.ts';

/** A server to test with in place of one of our own: `http://user:password@host:8123`, whose user may make and drop databases. */
export const GIVEN_SERVER = process.env.PLUMMET_TEST_CLICKHOUSE;

const START_MS_MAX = 30_000;

/** The engine asks for a stack that only a plain process has. PR_SET_PDEATHSIG = 1, SIGKILL = 9; without prctl the closed pipe tells. */
const SERVER = `
import ctypes, os, sys, threading
try: ctypes.CDLL(None).prctl(1, 9)
except AttributeError: pass
def end_with_parent():
    while os.read(0, 1): pass
    os._exit(9)
threading.Thread(target=end_with_parent, daemon=True).start()
args = [arg.encode() for arg in sys.argv[2:]]
ctypes.CDLL(sys.argv[1]).chdb_query_cmdline(len(args), (ctypes.c_char_p * len(args))(*args))
`;

/** Listens for as long as the second query sleeps: three years. */
const LISTEN = `SYSTEM START LISTEN HTTP; SELECT sleepEachRow(1) FROM numbers(100000000)
  SETTINGS max_block_size = 1, function_sleep_max_microseconds_per_block = 10000000 FORMAT Null`;

const EVERYWHERE = '<networks><ip>::/0</ip></networks><profile>default</profile><quota>default</quota>';
const user = (name: string, password: string, inside: string): string =>
  `<${name}><password>${password}</password>${EVERYWHERE}${inside}</${name}>`;

/** What the manual says that a user needs who makes the tables himself. */
const OWNER = 'GRANT SELECT, INSERT, CREATE DATABASE, CREATE TABLE, CREATE VIEW, ALTER TABLE ON plummet_owned.*';
const ENGINES = ['ReplacingMergeTree', 'AggregatingMergeTree'].map((engine) => `<query>GRANT TABLE ENGINE ON ${engine}</query>`).join('');

/** `plummet` may do everything, `owner` all that is needed in one database, `reader` only read, `writer` make no tables. */
const USERS = `<clickhouse><profiles><default/></profiles><quotas><default/></quotas><users>
${user('default', '', '')}
${user('plummet', 'right', '')}
${user('owner', 'right', `<grants><query>${OWNER}</query>${ENGINES}</grants>`)}
${user('reader', 'right', '<grants><query>GRANT SELECT ON *.*</query></grants>')}
${user('writer', 'right', '<grants><query>GRANT SELECT, INSERT ON *.*</query></grants>')}
</users></clickhouse>`;

export class ClickHouse {
  readonly port: number;
  readonly #folder: { path: string; remove(): void };
  #child: ChildProcess | null = null;

  private constructor(port: number) {
    this.port = port;
    this.#folder = temporaryFolder();
    const users = join(this.#folder.path, 'users.xml');
    writeFileSync(users, USERS);
    writeFileSync(join(this.#folder.path, 'config.xml'), `<clickhouse><users_config>${users}</users_config></clickhouse>`);
  }

  /** Resolves when it answers. */
  static async start(): Promise<ClickHouse> {
    const server = new ClickHouse(await freePort());
    await server.restart();
    return server;
  }

  get pid(): number {
    return this.#child?.pid as number;
  }

  /** @param as  `user:password`; a database that nobody else has unless one is named */
  url({ as = 'plummet:right', database = freshDatabase() }: { as?: string; database?: string } = {}): string {
    return `http://${as}@127.0.0.1:${this.port}/${database}`;
  }

  /** Whatever a person may say to it. @returns its answer, or its error, as text */
  async ask(query: string, { as = 'plummet:right', database = 'default' }: { as?: string; database?: string } = {}): Promise<string> {
    const headers = { authorization: `Basic ${Buffer.from(as).toString('base64')}`, 'x-clickhouse-database': database };
    const answer = await fetch(`http://127.0.0.1:${this.port}/`, { method: 'POST', body: query, headers });
    return (await answer.text()).trim();
  }

  /** The same data at the same port, after a kill. */
  async restart(): Promise<void> {
    const { path } = this.#folder;
    const engine = ['--config-file', join(path, 'config.xml'), '--path', join(path, 'data')];
    const http = ['--http_port', String(this.port), '--listen_host', '127.0.0.1'];
    const args = ['-c', SERVER, libchdb(), 'clickhouse', ...engine, ...http, '--multiquery', '--query', LISTEN];
    const child = spawn('python3', args, { stdio: ['pipe', 'ignore', 'pipe'] });
    this.#child = child;
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-4000);
    });
    const deadline = performance.now() + START_MS_MAX;
    while (!(await this.#answers())) {
      if (child.exitCode !== null || child.signalCode !== null) throw new Error(`ClickHouse ended before it listened: ${said}`);
      if (performance.now() > deadline) throw new Error(`ClickHouse did not listen within ${START_MS_MAX / 1000} s: ${said}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** kill -9; resolves when it is gone. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill('SIGKILL');
    await gone;
  }

  /** Takes connections and answers nothing, until `goOn`. */
  hang(): void {
    this.#child?.kill('SIGSTOP');
  }

  goOn(): void {
    this.#child?.kill('SIGCONT');
  }

  async stop(): Promise<void> {
    await this.kill();
    this.#folder.remove();
  }

  async #answers(): Promise<boolean> {
    const answer = await fetch(`http://127.0.0.1:${this.port}/ping`).catch(() => null);
    return answer?.ok === true;
  }
}

export function freshDatabase(): string {
  return `plummet_${randomBytes(6).toString('hex')}`;
}

function libchdb(): string {
  const { libchdbPath } = createRequire(import.meta.url)('chdb/libchdb') as { libchdbPath(): string };
  return libchdbPath();
}
