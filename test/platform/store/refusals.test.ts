import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { statementFor } from '../../../platform/store/migrate.ts';
import type { OpenOptions, Store } from '../../../platform/store/store.ts';
import { type Fields, telemetryTo } from '../../../platform/telemetry/catalogue.ts';
import { ClickHouse, freshDatabase } from '../../support/clickhouse.ts';
import { answering, testStore } from '../../support/stores.ts';

let server: ClickHouse;
beforeAll(async () => {
  server = await ClickHouse.start();
});
afterAll(() => server.stop());

interface Tried {
  readonly store: Store;
  readonly written: string[];
  readonly told: [string, Fields][];
}

function trying(options: Partial<OpenOptions>): Tried {
  const written: string[] = [];
  const told: [string, Fields][] = [];
  const telemetry = telemetryTo((name, _, fields) => told.push([name, fields]));
  const store = testStore({ telemetry, write: (line) => written.push(line), ...options });
  onTestFinished(() => store.close());
  return { store, written, told };
}

async function made(): Promise<string> {
  const database = freshDatabase();
  await (await answering(trying({ url: server.url({ database }) }).store)).close();
  return database;
}

async function refusal({ store, written, told }: Tried, kind: string): Promise<string> {
  for (let tries = 0; tries < 2; tries++) await expect(store.rows('SELECT 1')).rejects.toMatchObject({ kind });
  expect(written, 'said once').toHaveLength(1);
  expect(told.filter(([name]) => name === 'storeProblem')).toEqual([['storeProblem', expect.objectContaining({ kind })]]);
  expect(store.check()).toEqual({ ok: false, reason: written[0] });
  return written[0] as string;
}

test('says that the password is wrong, and never shows it', async () => {
  const said = await refusal(trying({ url: server.url({ as: 'plummet:secret-but-wrong' }) }), 'password');
  expect(said).toContain(`ClickHouse at http://127.0.0.1:${server.port} does not let plummet in: the password is wrong`);
  expect(said).toContain('store.clickhouse.url');
  expect(said).not.toContain('secret-but-wrong');
});

test('says which right a user lacks, as the sentence that gives it', async () => {
  const url = server.url({ as: 'reader:right', database: 'theirs' });
  expect(await refusal(trying({ url }), 'rights')).toMatch(/As its administrator: GRANT CREATE DATABASE ON theirs\.\* TO reader$/);
  const database = await made();
  const { store } = trying({ url: server.url({ as: 'reader:right', database }) });
  await store.rows('SELECT 1');
  await expect(store.insert({ name: 'rates', columns: ['series'] }, ['["a"]\n'])).rejects.toMatchObject({
    kind: 'rights',
    message: expect.stringContaining(`GRANT INSERT(series) ON ${database}.rates TO reader`),
  });
});

test('needs no right to make tables where they are made, and says what it cannot change', async () => {
  const database = await made();
  const url = server.url({ as: 'writer:right', database });
  const { store, written } = trying({ url, retention: { events: 5, rates: null, incidents: null } });
  await store.insert({ name: 'rates', columns: ['series'] }, ['["a"]\n']);
  expect(store.check().ok).toBe(true);
  expect(written).toEqual([expect.stringContaining('GRANT ALTER TTL')]);
});

test('makes and keeps everything with the rights that the manual names', async () => {
  const url = server.url({ as: 'owner:right', database: 'plummet_owned' });
  const { store, written } = trying({ url, retention: { events: 5000, rates: 5000, incidents: 5000 } });
  await store.insert({ name: 'rates', columns: ['series', 'second'] }, [`["a",${Math.floor(Date.now() / 1000)}]\n`]);
  expect(await store.rows('SELECT series FROM history')).toEqual([{ series: 'a' }]);
  expect(written).toEqual([]);
});

test('leaves tables alone that a newer Plummet made', async () => {
  const database = await made();
  const url = server.url({ database });
  const { store } = trying({ url });
  await store.insert({ name: 'migrations', columns: ['version', 'name'] }, ['[99, "later"]\n']);
  const said = await refusal(trying({ url }), 'newer');
  expect(said).toMatch(/tables of database \w+ are of version 99, made by a newer Plummet; this one knows \d+\. Update this Plummet/);
});

test('says that a cluster is not known', async () => {
  expect(await refusal(trying({ url: server.url(), cluster: 'nowhere' }), 'cluster')).toContain('store.clickhouse.cluster');
});

test('says that nothing answers there, and that it answers again', async () => {
  const other = await ClickHouse.start();
  onTestFinished(() => other.stop());
  const tried = trying({ url: other.url() });
  await tried.store.rows('SELECT 1');
  await other.kill();
  expect(await refusal(tried, 'away')).toMatch(/does not answer \(ECONN(REFUSED|RESET)\)\. Start it, or correct store\.clickhouse\.url/);
  await other.restart();
  await answering(tried.store);
  expect(tried.written.at(-1)).toMatch(/answers again/);
  expect(tried.store.check()).toEqual({ ok: true, reason: '' });
});

test('makes tables again that somebody dropped', async () => {
  const { store } = trying({ url: server.url() });
  await store.rows('SELECT 1');
  await store.rows('DROP TABLE rates');
  await expect(store.insert({ name: 'rates', columns: ['series'] }, ['["a"]\n'])).rejects.toMatchObject({ kind: 'tables' });
  await store.insert({ name: 'rates', columns: ['series'] }, ['["a"]\n']);
});

test('says of rows that cannot be read that it is them, and goes on', async () => {
  const { store, written } = trying({ url: server.url() });
  const rates = { name: 'rates', columns: ['series', 'second'] };
  await expect(store.insert(rates, ['["a",1]\n["a","no time"]\n'])).rejects.toMatchObject({ kind: 'rows' });
  await store.insert(rates, ['["a",1]\n']);
  expect(written).toEqual([]);
});

test('places tables on every replica of a cluster, with engines that replicate', async () => {
  const { store } = trying({ url: server.url() });
  const statement = 'CREATE TABLE IF NOT EXISTS a /* ON CLUSTER */\n(b Int8)\nENGINE = ReplacingMergeTree(b)\nORDER BY b';
  const [row] = await store.rows<{ text: string }>('SELECT formatQuerySingleLine({statement:String}) AS text', {
    statement: statementFor(statement, 'main-1'),
  });
  expect(row?.text).toBe('CREATE TABLE IF NOT EXISTS a ON CLUSTER `main-1` (`b` Int8) ENGINE = ReplicatedReplacingMergeTree(b) ORDER BY b');
  expect(statementFor(statement, undefined)).toBe(statement.replace(' /* ON CLUSTER */', ''));
});
