/** `plummet doctor` as people run it on real servers, and what a start says of the same. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { freshDatabase } from '../support/clickhouse.ts';
import { ANSWERS_MS_MAX, DoctorWorld, wrongIn } from '../support/doctor-world.ts';
import { kafkaTool } from '../support/kafka/tool.ts';
import { PlummetProcess, plummet } from '../support/process.ts';
import { answering, testStore } from '../support/stores.ts';

let world: DoctorWorld;
beforeAll(async () => {
  world = await DoctorWorld.start();
}, 180_000);
afterAll(() => world.stop());

const settings = (list: Readonly<Record<string, string>>) => Object.entries(list).map(([name, value]) => ({ name, value }));

describe('on servers that are set as they should not be', () => {
  const prefix = 'wrong-';
  let config = '';
  beforeAll(async () => {
    const stamped = { 'message.timestamp.type': 'LogAppendTime', 'max.message.bytes': '8454144' };
    await world.admin.createTopics({
      waitForLeaders: false,
      topics: [
        { topic: `${prefix}events`, numPartitions: 3, configEntries: settings({ ...stamped, 'message.timestamp.type': 'CreateTime' }) },
        { topic: `${prefix}counts`, numPartitions: 1, configEntries: settings({ ...stamped, 'cleanup.policy': 'compact' }) },
        { topic: `${prefix}incidents`, numPartitions: 1, configEntries: settings({ ...stamped, 'retention.ms': '7200000' }) },
        { topic: `${prefix}signals`, numPartitions: 1, configEntries: settings({ ...stamped, 'max.message.bytes': '1000000' }) },
        { topic: `${prefix}state`, numPartitions: 2, configEntries: settings({ ...stamped, 'cleanup.policy': 'compact' }) },
      ],
    });
    config = world.yamlOf({ prefix });
  });

  test(
    'it says what each is and what it costs, with the command or line that mends it, and ends with 1',
    async () => {
      const { code, stdout, stderr } = await world.doctor(config);
      expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
      const bootstrap = world.kafka.brokers[0];
      const set = (topic: string, what: string) =>
        `\n      kafka-configs.sh --bootstrap-server ${bootstrap} --alter --topic ${prefix}${topic} --add-config ${what}\n`;
      const said = stdout.replace(/\n {4}(?! )/g, ' ');
      expect(said).toMatch(/✗ topic wrong-events: stamps records with CreateTime, the clocks of whoever writes/);
      expect(stdout).toContain(set('events', 'message.timestamp.type=LogAppendTime'));
      expect(said).toMatch(/✗ topic wrong-counts: is compacted \(compact\): records that share a key would vanish/);
      expect(stdout).toContain(set('counts', 'cleanup.policy=delete'));
      expect(said).toMatch(/✗ topic wrong-incidents: forgets after 2 h/);
      expect(stdout).toContain(set('incidents', 'retention.ms=-1'));
      expect(said).toMatch(/! topic wrong-signals: takes records up to 1000000 bytes/);
      expect(said).toMatch(/✗ topic wrong-state: has 2 partitions, but 1 are set: Plummet needs one order for all of it/);
      expect(said).toMatch(
        /✓ topic wrong-checkpoints, wrong-config, wrong-dead-letters: are not there yet: Plummet makes them at its start\./,
      );
      expect(said).toMatch(
        /! broker\.session\.timeout\.ms: 9000: when a broker dies, what is counted on it is blind for about 10 s; with 2000/,
      );
      expect(stdout).toMatch(/server\.properties[^✓✗]*\n {6}broker\.session\.timeout\.ms=2000\n {6}broker\.heartbeat\.interval\.ms=400\n/);
      expect(said).toMatch(/! auto\.create\.topics\.enable: true, and 3 topics are not there yet/);
      expect(said).toMatch(/✓ broker 1 at \S+: Apache Kafka 4\.1 or newer\./);
      expect(said).toMatch(/\n✗ 4 things stop or mislead Plummet, and \d things could be better\. Nothing was changed\.\n$/);
    },
    ANSWERS_MS_MAX,
  );

  test(
    'a start refuses the same in the same words',
    async () => {
      const { code, stderr } = await plummet(['start', '--config', config, '--data', join(world.folder.path, 'refused'), '--port', '0']);
      expect(code).toBe(1);
      expect(stderr).toMatch(/Topic wrong-events stamps records with CreateTime.*Mend it with: kafka-configs\.sh/);
      expect(stderr).toMatch(/Topic wrong-counts is compacted/);
      expect(stderr).toMatch(/Topic wrong-state has 2 partitions, but 1 are set/);
      expect(stderr).not.toMatch(/\n\s+at /);
    },
    ANSWERS_MS_MAX,
  );

  test('the commands that it names mend it, and a start makes the rest', async () => {
    const { findings } = await world.findingsIn(config);
    const commands = findings.flatMap(({ mend = [] }) => mend).filter((line) => line.startsWith('kafka-configs.sh '));
    expect(commands).toHaveLength(4);
    await Promise.all(commands.map((command) => kafkaTool('kafka.admin.ConfigCommand', command.split(' ').slice(1))));
    await world.admin.deleteTopics({ topics: [`${prefix}state`] });
    const args = ['start', '--config', config, '--data', join(world.folder.path, 'mended'), '--port', '0', '--json'];
    const running = new PlummetProcess(args);
    onTestFinished(async () => void (await running.kill('SIGKILL')));
    await running.ready();
    const after = await world.findingsIn(config);
    expect(after.code).toBe(0);
    const kafkaFindings = after.of('event log');
    expect(wrongIn(kafkaFindings).map(({ of }) => of)).toEqual(['broker.session.timeout.ms']);
    expect(kafkaFindings.find(({ of }) => of === 'clocks')?.says).toMatch(/^127\.0\.0\.1:\d+: within 1 s of ours\.$/);
    expect(kafkaFindings.filter(({ of, is }) => of.startsWith('topic ') && is === 'well')).toHaveLength(8);
    expect(after.of('history').find(({ of }) => of.startsWith('database'))?.says).toMatch(/^tables of version \d+\.$/);
  }, 240_000);
});

test(
  'nothing is changed: no topic, no database, no folder, no letter',
  async () => {
    const before = await world.admin.listTopics();
    const databases = await world.store.ask('SHOW DATABASES');
    const config = world.yamlOf();
    const data = join(world.folder.path, 'never-made');
    const { code } = await plummet(['doctor', '--config', config, '--data', data]);
    expect(code).toBe(0);
    expect(await world.admin.listTopics()).toEqual(before);
    expect(await world.store.ask('SHOW DATABASES')).toBe(databases);
    expect(existsSync(data)).toBe(false);
    expect(world.mailbox.caught).toEqual([]);
  },
  ANSWERS_MS_MAX,
);

describe('that refuse us', () => {
  test(
    'wrong passwords are told for each, and never shown',
    async () => {
      const more = ', sasl: { mechanism: plain, username: plummet, password: kafka-secret }';
      const store1 = world.store.url({ as: 'plummet:store-secret' });
      const smtp = `smtp://ana:mail-secret@127.0.0.1:${world.mailbox.port}`;
      const config = world.yamlOf({ brokers: world.kafka.guarded, more, store: store1, smtp });
      const { code, of } = await world.findingsIn(config);
      expect(code).toBe(1);
      expect(of('event log')).toEqual([
        {
          is: 'ill',
          of: `broker at ${world.kafka.guarded[0]}`,
          mend: [],
          says: expect.stringMatching(/refuse the user or its password.*sasl/),
        },
      ]);
      expect(of('history')).toEqual([
        { is: 'ill', of: 'server', mend: [], says: expect.stringMatching(/does not let plummet in: the password is wrong/) },
      ]);
      expect(of('mail')).toEqual([
        {
          is: 'ill',
          of: 'mail server',
          mend: [],
          says: expect.stringMatching(/535 Invalid username or password\. Correct user and password/),
        },
      ]);
      const { stdout, stderr } = await world.doctor(config);
      expect(stdout + stderr).not.toMatch(/-secret/);
    },
    ANSWERS_MS_MAX,
  );

  test(
    'a ClickHouse user without rights is told which, as the sentence that gives them',
    async () => {
      const database = freshDatabase();
      const { code, of } = await world.findingsIn(world.yamlOf({ store: world.store.url({ as: 'reader:right', database }) }));
      expect(code).toBe(1);
      const rights = of('history').find((one) => one.of === 'rights');
      const needed = 'INSERT, CREATE TABLE, CREATE VIEW, CREATE DATABASE, ALTER TABLE';
      const engines = ['ReplacingMergeTree', 'AggregatingMergeTree'].map((engine) => `GRANT TABLE ENGINE ON ${engine} TO reader`);
      expect(rights).toMatchObject({ is: 'ill', mend: [`GRANT ${needed} ON \`${database}\`.* TO reader`, ...engines] });
      const owned = await world.findingsIn(world.yamlOf({ store: world.store.url({ as: 'owner:right', database: 'plummet_owned' }) }));
      expect(owned.of('history').find((one) => one.of === 'rights')).toMatchObject({ is: 'well' });
    },
    ANSWERS_MS_MAX,
  );

  test(
    'tables of a newer Plummet are named, and stay as they are',
    async () => {
      const database = freshDatabase();
      const url = world.store.url({ database });
      const opened = await answering(testStore({ url }));
      await opened.insert({ name: 'migrations', columns: ['version', 'name'] }, ['[99, "later"]\n']);
      await opened.close();
      const { code, of } = await world.findingsIn(world.yamlOf({ store: url }));
      expect(code).toBe(1);
      const found = of('history').find((one) => one.of === `database ${database}`);
      expect(found).toMatchObject({
        is: 'ill',
        says: expect.stringMatching(/of version 99, made by a newer Plummet.*Update this Plummet/),
      });
    },
    ANSWERS_MS_MAX,
  );
});
