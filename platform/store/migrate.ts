/** The store's tables: made where they are missing, brought up to date, never touched when a newer Plummet made them. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Connection } from './connect.ts';
import { StoreError } from './problem.ts';

/** Seconds; null: for ever. */
export interface Retention {
  readonly events: number | null;
  readonly rates: number | null;
  readonly incidents: number | null;
}

export interface Schema {
  /** Tables are replicated by this cluster of the server's configuration. */
  readonly cluster: string | undefined;
  readonly retention: Retention;
  /** A table is gone: whatever is missing is made again, also what was made once. */
  readonly anew: boolean;
}

interface Migration {
  readonly version: number;
  readonly name: string;
  readonly statements: readonly string[];
}

/** The sources lie beside this file; where it runs from dist/, three folders up. */
const FOLDER = ['./migrations/', '../../../platform/store/migrations/']
  .map((path) => fileURLToPath(new URL(path, import.meta.url)))
  .find((path) => existsSync(path)) as string;

const MIGRATIONS_TABLE = `CREATE TABLE IF NOT EXISTS migrations /* ON CLUSTER */
(version UInt32, name String, at DateTime64(3, 'UTC') DEFAULT now64(3))
ENGINE = ReplacingMergeTree(at)
ORDER BY version`;

function migrations(): Migration[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith('.sql'))
    .sort()
    .map((file) => {
      const text = readFileSync(`${FOLDER}/${file}`, 'utf8').replace(/^--.*$/gm, '');
      const statements = text.split(/;\s*(?:\n|$)/).filter((statement) => statement.trim() !== '');
      return { version: Number.parseInt(file, 10), name: file.replace(/^\d+-|\.sql$/g, ''), statements };
    });
}

/** A statement as a cluster needs it. Cluster names are letters, digits, `_` and `-`: see the YAML's fragment. */
export function statementFor(statement: string, cluster: string | undefined): string {
  if (cluster === undefined) return statement.replace(' /* ON CLUSTER */', '');
  const placed = statement.replace('/* ON CLUSTER */', `ON CLUSTER \`${cluster}\``);
  return placed.replace(/^ENGINE = (\w*MergeTree)/m, 'ENGINE = Replicated$1');
}

/**
 * Makes and changes what is missing; several processes may do so at once, for every statement may be said again.
 *
 * @param told  called with what went wrong that hinders nothing
 * @throws StoreError
 */
export async function migrate(connection: Connection, schema: Schema, told: (problem: StoreError) => void): Promise<void> {
  const { cluster, anew } = schema;
  await makeDatabase(connection, cluster);
  if (cluster !== undefined) await checkCluster(connection, cluster);
  const done = await versionOf(connection);
  const all = migrations();
  refuseNewer(connection, done);
  if (done === null) await connection.command(statementFor(MIGRATIONS_TABLE, cluster));
  for (const { version, name, statements } of all.filter((migration) => anew || migration.version > (done ?? 0))) {
    for (const statement of statements) await connection.command(statementFor(statement, cluster));
    await connection.insert({ name: 'migrations', columns: ['version', 'name'] }, [`${JSON.stringify([version, name])}\n`]);
  }
  await setRetention(connection, schema).catch(told);
}

async function makeDatabase(connection: Connection, cluster: string | undefined): Promise<void> {
  const { database } = connection;
  const found = await connection.bareRows('SELECT name FROM system.databases WHERE name = {database:String}', { database });
  if (found.length > 0) return;
  const statement = `CREATE DATABASE IF NOT EXISTS \`${database.replaceAll('`', '')}\` /* ON CLUSTER */`;
  await connection.command(statementFor(statement, cluster), { bare: true });
}

/** History is read from one shard: on several, each would hold a part of it. */
export async function checkCluster(connection: Connection, cluster: string): Promise<void> {
  const query = 'SELECT max(shard_num) AS shards FROM system.clusters WHERE cluster = {cluster:String}';
  const [found] = await connection.bareRows<{ shards: number }>(query, { cluster });
  const shards = Number(found?.shards ?? 0);
  const { name } = connection.asked;
  if (shards === 0)
    throw new StoreError('cluster', `${name} knows no cluster "${cluster}". Correct store.clickhouse.cluster; SHOW CLUSTERS names them.`);
  if (shards === 1) return;
  const why = `cluster "${cluster}" has ${shards} shards, and Plummet keeps its history on one`;
  throw new StoreError('cluster', `${name}: ${why}. Name a cluster of one shard, with as many replicas as wanted.`);
}

/** @returns null where there are no tables yet */
export async function versionOf(connection: Connection): Promise<number | null> {
  const { database } = connection;
  const query = "SELECT name FROM system.tables WHERE database = {database:String} AND name = 'migrations'";
  if ((await connection.bareRows(query, { database })).length === 0) return null;
  const [row] = await connection.rows<{ version: number }>('SELECT max(version) AS version FROM migrations');
  return Number(row?.version ?? 0);
}

/** The version that this Plummet's tables have. */
export function newestVersion(): number {
  return migrations().at(-1)?.version ?? 0;
}

/** @param theirs  of the tables that are there; null: none are @throws StoreError where they are a newer Plummet's */
export function refuseNewer({ asked, database }: Connection, theirs: number | null): void {
  const ours = newestVersion();
  if (theirs === null || theirs <= ours) return;
  const what = `the tables of database ${database} are of version ${theirs}, made by a newer Plummet; this one knows ${ours}`;
  throw new StoreError('newer', `${asked.name}: ${what}. Update this Plummet, or name another database in store.clickhouse.url.`);
}

/** Which column a table's rows grow old by, and whose retention holds. */
const AGES: readonly { table: string; column: string; kept: keyof Retention }[] = [
  { table: 'events', column: 'appended', kept: 'events' },
  { table: 'dead_letters', column: 'at', kept: 'events' },
  { table: 'rates', column: 'second', kept: 'rates' },
  { table: 'rollups', column: 'second', kept: 'rates' },
  { table: 'touched', column: 'hour', kept: 'rates' },
  { table: 'incidents', column: 'at', kept: 'incidents' },
  { table: 'annotations', column: 'at', kept: 'incidents' },
  { table: 'thresholds', column: 'second', kept: 'rates' },
];

/** Changed only where it is another: the change walks over all the rows. */
async function setRetention(connection: Connection, { cluster, retention }: Schema): Promise<void> {
  const query = 'SELECT name, engine_full AS engine FROM system.tables WHERE database = {database:String}';
  const tables = await connection.rows<{ name: string; engine: string }>(query, { database: connection.database });
  for (const { table, column, kept } of AGES) {
    const seconds = retention[kept];
    const engine = tables.find(({ name }) => name === table)?.engine ?? '';
    const has = /TTL .*?toIntervalSecond\((\d+)\)/.exec(engine)?.[1];
    if (seconds === null ? has === undefined : has === String(seconds)) continue;
    const change = seconds === null ? 'REMOVE TTL' : `MODIFY TTL toDateTime(${column}) + toIntervalSecond(${seconds})`;
    await connection.command(statementFor(`ALTER TABLE ${table} /* ON CLUSTER */ ${change}`, cluster));
  }
}
