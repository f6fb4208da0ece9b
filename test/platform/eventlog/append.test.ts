/** How the file event log takes appends: in groups, in bounded memory, at a time that never steps. */
import { expect, onTestFinished, test } from 'vitest';
import type { EventLog, StoredRecord } from '../../../platform/eventlog/eventlog.ts';
import { type Disk, systemDisk } from '../../../platform/eventlog/file/disk.ts';
import { type FileLogOptions, openFileLog } from '../../../platform/eventlog/file/file.ts';
import type { LogProblem } from '../../../platform/eventlog/problem.ts';
import type { Topic } from '../../../platform/topics/topic.ts';
import { systemClock } from '../../../platform/units/clock.ts';
import { ManualClock } from '../../support/clock.ts';
import { tempFolder } from './folder.ts';
import { MemoryDisk } from './memory-disk.ts';

const TOPIC: Topic = { name: 'events', partitions: 2, keeps: 'forever' };
const record = (value: string, partition = 0) => ({ key: 'k', value, partition });

async function open(options: Partial<FileLogOptions> = {}): Promise<EventLog> {
  const log = await openFileLog({ folder: await tempFolder(), clock: systemClock, topics: [TOPIC], ...options });
  onTestFinished(() => log.close());
  return log;
}

async function all(log: EventLog): Promise<StoredRecord[]> {
  const seen: StoredRecord[] = [];
  const reader = log.read(TOPIC, new Map(), (records) => void seen.push(...records));
  await reader.caughtUp();
  await reader.stop();
  return seen;
}

/** The real disk, whose syncs wait for `gate` and are counted. */
function countedDisk(gate: () => Promise<void> = async () => {}): Disk & { writes: number; syncs: number } {
  const disk = {
    ...systemDisk,
    writes: 0,
    syncs: 0,
    write: (...args: Parameters<Disk['write']>) => {
      disk.writes++;
      return systemDisk.write(...args);
    },
    async sync(file: number) {
      disk.syncs++;
      await gate();
      return systemDisk.sync(file);
    },
  };
  return disk;
}

test('appends that come while the disk is busy share one write and one sync', async () => {
  const disk = countedDisk();
  const log = await open({ disk });
  await log.append(TOPIC, [record('first')]);
  const before = { writes: disk.writes, syncs: disk.syncs };
  await Promise.all(Array.from({ length: 500 }, (_, i) => log.append(TOPIC, [record(`${i}`)])));
  expect({ writes: disk.writes - before.writes, syncs: disk.syncs - before.syncs }).toEqual({ writes: 1, syncs: 1 });
  expect(await all(log)).toHaveLength(501);
});

test('nothing is acknowledged or read before its sync has ended', async () => {
  let release = (): void => {};
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  const log = await open({ disk: countedDisk(() => gate) });
  const heard: string[] = [];
  log.read(TOPIC, new Map(), (records) => void heard.push(...records.map(({ value }) => `read ${value}`)));
  const appended = log.append(TOPIC, [record('a')]).then(() => heard.push('acknowledged a'));
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(heard).toEqual([]);
  expect(await log.ends(TOPIC)).toEqual(
    new Map([
      [0, 0],
      [1, 0],
    ]),
  );
  release();
  await appended;
  expect(heard.toSorted()).toEqual(['acknowledged a', 'read a']);
});

test('a partition on a slow sync does not hold the others', async () => {
  let release = (): void => {};
  let syncs = 0;
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  const log = await open({ disk: countedDisk(async () => (syncs++ === 0 ? gate : undefined)) });
  const slow = log.append(TOPIC, [record('slow', 0)]);
  await new Promise((resolve) => setTimeout(resolve, 10));
  await log.append(TOPIC, [record('fast', 1)]);
  release();
  await slow;
});

test('what waits for the disk is bounded, and refused beyond that until some is written', async () => {
  let release = (): void => {};
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  const log = await open({ disk: countedDisk(() => gate), waitingBytesMax: 10_000 });
  const taken = [log.append(TOPIC, [record('x'.repeat(9_000))]), log.append(TOPIC, [record('small')])];
  const refused = log.append(TOPIC, [record('x'.repeat(900))]);
  await expect(refused).rejects.toMatchObject({ code: 'overloaded', message: expect.stringContaining('waitingBytesMax 10000') });
  release();
  await Promise.all(taken);
  await log.append(TOPIC, [record('x'.repeat(900))]);
  await log.append(TOPIC, [record('x'.repeat(90_000))]);
  expect(await all(log)).toHaveLength(4);
});

test('a step of the wall clock moves no record by more than a hundredth of the time that passed', async () => {
  const clock = new ManualClock(1_000_000);
  const log = await open({ clock });
  await log.append(TOPIC, [record('before')]);
  clock.stepWall(3_600_000);
  await clock.advance(1_000);
  await log.append(TOPIC, [record('after')]);
  clock.stepWall(-7_200_000);
  await clock.advance(1_000);
  await log.append(TOPIC, [record('later')]);
  const times = (await all(log)).map(({ appendedAt }) => appendedAt);
  expect(times).toEqual([1_000_000, 1_001_010, 1_002_000]);
});

test('time does not go back where a process starts again on an earlier wall clock', async () => {
  const folder = await tempFolder();
  const first = await open({ folder, clock: new ManualClock(5_000_000) });
  await first.append(TOPIC, [record('a')]);
  await first.close();
  const again = await open({ folder, clock: new ManualClock(1_000_000) });
  await again.append(TOPIC, [record('b')]);
  expect((await all(again)).map(({ appendedAt }) => appendedAt)).toEqual([5_000_000, 5_000_000]);
});

test('a full disk takes a part first: that part is undone, the caller told, and the health check says it in words', async () => {
  const problems: LogProblem[] = [];
  const faults = { bytesMax: 3_000 };
  const disk = new MemoryDisk(undefined, faults);
  const log = await open({ disk, onProblem: (problem) => void problems.push(problem) });
  await log.append(TOPIC, [record('x'.repeat(1_000))]);
  const refused = log.append(TOPIC, [record('y'.repeat(5_000))]);
  await expect(refused).rejects.toMatchObject({ code: 'full', message: expect.stringMatching(/disk is full \(ENOSPC\).*Make room/) });
  await expect(log.append(TOPIC, [record('y'.repeat(5_000))])).rejects.toMatchObject({ code: 'full' });
  expect(await log.check()).toMatchObject({ ok: false, reason: expect.stringMatching(/disk is full.*Make room/) });
  await log.append(TOPIC, [record('small')]);
  faults.bytesMax = 100_000;
  await log.append(TOPIC, [record('z'.repeat(5_000))]);
  expect(await log.check()).toEqual({ ok: true, reason: '' });
  expect((await all(log)).map(({ value }) => value[0])).toEqual(['x', 's', 'z']);
  expect(problems.map(({ kind }) => kind)).toEqual(['full', 'recovered']);
});

test('after a failed sync the file gets no more, and the refused records are not read', async () => {
  let syncs = 0;
  const disk = new MemoryDisk(undefined, { fail: (operation) => (operation === 'sync' && ++syncs === 3 ? 'EIO' : undefined) });
  const folder = await tempFolder();
  const log = await open({ folder, disk });
  await log.append(TOPIC, [record('a')]);
  await log.append(TOPIC, [record('b')]);
  await expect(log.append(TOPIC, [record('refused')])).rejects.toMatchObject({ code: 'disk', message: expect.stringContaining('EIO') });
  const [old] = disk.names() as [string];
  const bytes = disk.file(old).length;
  expect(await log.append(TOPIC, [record('c')])).toEqual([{ partition: 0, offset: 2 }]);
  expect(disk.names()).toHaveLength(2);
  expect(disk.file(old)).toHaveLength(bytes);
  expect((await all(log)).map(({ value }) => value)).toEqual(['a', 'b', 'c']);
  await log.close();
  expect((await all(await open({ folder, disk: disk.after('kill') }))).map(({ value }) => value)).toEqual(['a', 'b', 'c']);
});

test('a read-only folder is said in words', async () => {
  const disk = new MemoryDisk(undefined, { fail: (operation) => (operation === 'open' ? 'EROFS' : undefined) });
  const log = await open({ disk });
  const readOnly = { code: 'read-only', message: expect.stringMatching(/cannot be written \(EROFS\).*Mount/) };
  await expect(log.append(TOPIC, [record('v')])).rejects.toMatchObject(readOnly);
  expect(await log.check()).toMatchObject({ ok: false, reason: expect.stringContaining('cannot be written') });
});

test('a disk that does not answer is told after two seconds, by one probe however often it is asked', async () => {
  const clock = new ManualClock();
  const disk = countedDisk(() => new Promise(() => {}));
  const log = await openFileLog({ folder: await tempFolder(), clock, topics: [TOPIC], disk });
  const answers = [log.check(), log.check()];
  await new Promise((resolve) => setTimeout(resolve, 20));
  await clock.advance(2_000);
  for (const answer of await Promise.all(answers)) expect(answer).toMatchObject({ ok: false, reason: expect.stringContaining('2 s') });
  expect(disk.syncs).toBe(1);
  await log.close();
});

test('close waits for what is under way, and refuses what comes after', async () => {
  const folder = await tempFolder();
  const log = await open({ folder });
  const appended = Array.from({ length: 50 }, (_, i) => log.append(TOPIC, [record(`${i}`)]));
  await Promise.all([log.close(), ...appended]);
  await expect(log.append(TOPIC, [record('late')])).rejects.toMatchObject({ code: 'closed' });
  expect(() => log.read(TOPIC, new Map(), () => {})).toThrow(/closed/);
  expect(await all(await open({ folder }))).toHaveLength(50);
});

test('fewer partitions than the folder has are refused, more are reported', async () => {
  const folder = await tempFolder();
  await (await open({ folder })).close();
  const problems: LogProblem[] = [];
  const fewer = openFileLog({ folder, clock: systemClock, topics: [{ ...TOPIC, partitions: 1 }] });
  await expect(fewer).rejects.toMatchObject({ code: 'topic', message: expect.stringContaining('has 2 partitions in this folder') });
  await open({ folder, topics: [{ ...TOPIC, partitions: 3 }], onProblem: (problem) => void problems.push(problem) });
  expect(problems.map(({ kind }) => kind)).toEqual(['partitions']);
});
