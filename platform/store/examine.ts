/** Is the ClickHouse server as Plummet needs it? Asks it and changes nothing. */
import type { Clock } from '../units/clock.ts';
import type { Diagnosis } from '../units/diagnosis.ts';
import { gigabytes, roomOf } from '../units/room.ts';
import { Connection } from './connect.ts';
import { checkCluster, newestVersion, refuseNewer, versionOf } from './migrate.ts';
import type { StoreOptions } from './options.ts';
import { StoreError } from './problem.ts';

/** Of all that is asked: longer than any of Plummet's own questions may take. */
const ANSWER_MS_MAX = 10_000;
const APART_MS_MAX = 1_000;
/** Behind by more, a replica that is asked tells an old history. */
const DELAY_SECONDS_MAX = 10;

/** To keep rows; to make what is missing; to change for how long it is kept. */
const ALWAYS = ['SELECT', 'INSERT'] as const;
const TO_MAKE = ['CREATE TABLE', 'CREATE VIEW'] as const;
const TO_CHANGE = 'ALTER TABLE';
/** Some servers ask for a grant of each. */
const ENGINES = ['ReplacingMergeTree', 'AggregatingMergeTree'] as const;

/** Never throws: what cannot be asked is a finding, too. */
export async function examineStore({ url, cluster }: Pick<StoreOptions, 'cluster'> & { url: string }, clock: Clock): Promise<Diagnosis[]> {
  const connection = new Connection(url);
  const diagnoses: Diagnosis[] = [];
  let late = false;
  const tooLate = clock.after(ANSWER_MS_MAX, () => {
    late = true;
    void connection.close();
  });
  try {
    diagnoses.push(...(await ofServer(connection, clock)));
    const schema = await ofSchema(connection);
    diagnoses.push(...schema.diagnoses);
    if (cluster !== undefined) diagnoses.push(...(await ofCluster(connection, cluster)));
    diagnoses.push(...(await ofRights(connection, schema)), ...(await ofDisks(connection)));
  } catch (error) {
    const silent = `${connection.asked.name} has not answered for ${ANSWER_MS_MAX / 1000} s. It may hang or be busy: look at it.`;
    diagnoses.push({ is: 'ill', of: 'server', says: late ? silent : (error as StoreError).message });
  } finally {
    tooLate.cancel();
    if (!late) await connection.close();
  }
  return diagnoses;
}

async function ofServer(connection: Connection, clock: Clock): Promise<Diagnosis[]> {
  const before = clock.wall();
  const query = "SELECT version() AS version, toUnixTimestamp64Milli(now64(3)) AS now, getSetting('readonly') AS readonly";
  const [found] = await connection.bareRows<{ version: string; now: string; readonly: string }>(query);
  const aheadMs = Number(found?.now) - (before + clock.wall()) / 2;
  const diagnoses: Diagnosis[] = [{ is: 'well', of: 'server', says: `ClickHouse ${found?.version}; it lets ${connection.asked.user} in.` }];
  if (Number(found?.readonly) === 1) {
    const says = `the profile of ${connection.asked.user} has readonly=1: nothing could be kept. Give this user another profile.`;
    diagnoses.push({ is: 'ill', of: 'rights', says });
  }
  if (Math.abs(aheadMs) > APART_MS_MAX) {
    const says = `its clock is ${seconds(aheadMs)} ${aheadMs > 0 ? 'ahead of' : 'behind'} this machine's. Let NTP set both.`;
    diagnoses.push({ is: 'warning', of: 'clock', says });
  }
  return diagnoses;
}

interface SchemaFound {
  readonly hasDatabase: boolean;
  readonly isCurrent: boolean;
  readonly diagnoses: readonly Diagnosis[];
}

async function ofSchema(connection: Connection): Promise<SchemaFound> {
  const { database } = connection;
  const query = 'SELECT name FROM system.databases WHERE name = {database:String}';
  const hasDatabase = (await connection.bareRows(query, { database })).length > 0;
  const of = `database ${database}`;
  if (!hasDatabase) return { hasDatabase, isCurrent: false, diagnoses: [{ is: 'well', of, says: 'not there yet: Plummet makes it.' }] };
  try {
    const version = await versionOf(connection);
    refuseNewer(connection, version);
    const isCurrent = version === newestVersion();
    const made = `tables of version ${version}${isCurrent ? '' : `: Plummet brings them to ${newestVersion()}`}.`;
    const says = version === null ? 'no tables yet: Plummet makes them.' : made;
    return { hasDatabase, isCurrent, diagnoses: [{ is: 'well', of, says }] };
  } catch (error) {
    if (!(error instanceof StoreError) || (error.kind !== 'newer' && error.kind !== 'rights')) throw error;
    return { hasDatabase, isCurrent: true, diagnoses: [{ is: 'ill', of, says: error.message }] };
  }
}

/** A server that cannot be asked for single rights (before 24.12) says so, and the first insert tells. */
async function ofRights(connection: Connection, { hasDatabase, isCurrent }: SchemaFound): Promise<Diagnosis[]> {
  const { database, asked } = connection;
  const on = `\`${database}\`.*`;
  const needed = [...ALWAYS, ...(isCurrent ? [] : TO_MAKE), ...(hasDatabase ? [] : ['CREATE DATABASE']), TO_CHANGE];
  const missing: string[] = [];
  const engines: string[] = [];
  try {
    for (const engine of isCurrent ? [] : ENGINES) {
      if ((await connection.bareText(`CHECK GRANT TABLE ENGINE ON ${engine}`)) === '0') engines.push(`TABLE ENGINE ON ${engine}`);
    }
    for (const right of needed) if ((await connection.bareText(`CHECK GRANT ${right} ON ${on}`)) === '0') missing.push(right);
  } catch (error) {
    if (!/SYNTAX_ERROR/.test(String((error as StoreError).cause))) throw error;
    return [{ is: 'well', of: 'rights', says: 'this server cannot be asked for them; what is missing is told at the first insert.' }];
  }
  if (missing.length === 0 && engines.length === 0)
    return [{ is: 'well', of: 'rights', says: `${asked.user} may do all that is needed on ${database}.` }];
  const mend = [...(missing.length > 0 ? [`${missing.join(', ')} ON ${on}`] : []), ...engines].map(
    (what) => `GRANT ${what} TO ${asked.user}`,
  );
  if (engines.length === 0 && missing.length === 1 && missing[0] === TO_CHANGE) {
    return [{ is: 'warning', of: 'rights', says: `${asked.user} may not change for how long rows are kept. As its administrator:`, mend }];
  }
  return [
    {
      is: 'ill',
      of: 'rights',
      says: `${asked.user} may not ${[...missing, ...engines].join(', ')} there: no history is kept. As its administrator:`,
      mend,
    },
  ];
}

async function ofCluster(connection: Connection, cluster: string): Promise<Diagnosis[]> {
  const of = `cluster ${cluster}`;
  try {
    await checkCluster(connection, cluster);
  } catch (error) {
    if (!(error instanceof StoreError) || error.kind === 'away') throw error;
    return [{ is: 'ill', of, says: error.message }];
  }
  const hosts = 'SELECT host_name AS host, errors_count AS errors FROM system.clusters WHERE cluster = {cluster:String}';
  const replicas = await connection.bareRows<{ host: string; errors: number }>(hosts, { cluster });
  const diagnoses: Diagnosis[] = [{ is: 'well', of, says: `one shard, replicas: ${replicas.map(({ host }) => host).join(', ')}.` }];
  const macros = await connection.bareRows<{ macro: string }>("SELECT macro FROM system.macros WHERE macro IN ('shard', 'replica')");
  if (macros.length < 2) {
    const says = 'this server does not know which replica it is: tables cannot be replicated. In its configuration, with its own names:';
    const mend = ['<macros><shard>1</shard><replica>HOST</replica></macros>'];
    diagnoses.push({ is: 'ill', of, says, mend });
  }
  const query =
    'SELECT table, is_readonly AS readonly, absolute_delay AS delay, active_replicas AS active, total_replicas AS total ' +
    'FROM system.replicas WHERE database = {database:String}';
  const tables = await connection.bareRows<{ table: string; readonly: number; delay: string; active: number; total: number }>(query, {
    database: connection.database,
  });
  for (const { table, readonly, delay, active, total } of tables) {
    if (Number(readonly) === 1) diagnoses.push({ is: 'ill', of: `table ${table}`, says: 'takes nothing: its Keeper is away. Start it.' });
    else if (Number(active) < Number(total)) {
      diagnoses.push({ is: 'warning', of: `table ${table}`, says: `${active} of ${total} replicas are there. Start the others.` });
    } else if (Number(delay) > DELAY_SECONDS_MAX) {
      diagnoses.push({ is: 'warning', of: `table ${table}`, says: `this replica is ${delay} s behind the others.` });
    }
  }
  return diagnoses;
}

async function ofDisks(connection: Connection): Promise<Diagnosis[]> {
  const query = 'SELECT name, path, toString(free_space) AS free, toString(total_space) AS total FROM system.disks';
  const disks = await connection.bareRows<{ name: string; path: string; free: string; total: string }>(query).catch((error: StoreError) => {
    if (error.kind === 'rights') return [];
    throw error;
  });
  return disks.map(({ name, path, free, total }): Diagnosis => {
    const of = `disk ${name}`;
    const says = `${path}: ${gigabytes(Number(free))} of ${gigabytes(Number(total))} free.`;
    const room = roomOf(Number(free), Number(total));
    if (room === 'none') return { is: 'ill', of, says: `${says} It will take nothing more: make room there.` };
    if (room === 'enough') return { is: 'well', of, says };
    return { is: 'warning', of, says: `${says} Make room there, or keep less: \`retention:\`.` };
  });
}

const seconds = (ms: number): string => `${Math.round(Math.abs(ms) / 100) / 10} s`;
