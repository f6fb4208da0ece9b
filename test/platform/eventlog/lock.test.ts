/** One process a folder: the second is told who has it, a dead one's lock stops nobody. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, rm, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { EventLog } from '../../../platform/eventlog/eventlog.ts';
import { openFileLog } from '../../../platform/eventlog/file/file.ts';
import type { LogProblem } from '../../../platform/eventlog/problem.ts';
import type { Topic } from '../../../platform/topics/topic.ts';
import { type Clock, systemClock } from '../../../platform/units/clock.ts';
import { ManualClock } from '../../support/clock.ts';
import { Appending } from './appending.ts';
import { tempFolder } from './folder.ts';

const TOPIC: Topic = { name: 'events', partitions: 3, keeps: 'forever' };

async function open(folder: string, clock: Clock = systemClock, problems: LogProblem[] = []): Promise<EventLog> {
  const log = await openFileLog({ folder, clock, topics: [TOPIC], onProblem: (problem) => void problems.push(problem) });
  onTestFinished(() => log.close());
  return log;
}

async function lockOf(folder: string): Promise<string> {
  return (await readdir(folder)).find((file) => file.startsWith('lock.')) as string;
}

/** The lock of another holder, as `change` makes it from our own. */
async function lockBy(folder: string, change: (own: { host: string; pid: string; started: string }) => string): Promise<string> {
  const log = await open(folder);
  const [, host, pid, started] = (await lockOf(folder)).split('.') as [string, string, string, string];
  await log.close();
  const file = path.join(folder, change({ host, pid, started }));
  await writeFile(file, '');
  return file;
}

test('a second opening is refused and told who has the folder', async () => {
  const folder = await tempFolder();
  const first = await open(folder);
  const refused = expect(openFileLog({ folder, clock: systemClock, topics: [TOPIC] })).rejects;
  await refused.toMatchObject({ code: 'held', message: expect.stringContaining(`in use by this very process (${process.pid})`) });
  await first.append(TOPIC, [{ key: 'k', value: 'still mine' }]);
  await first.close();
  await open(folder);
});

test('another process that has the folder is named, also while it is stopped; once it is killed the folder is free', async () => {
  const folder = await tempFolder();
  const appending = new Appending({ folder, round: 0, appenders: 1, characters: 10 });
  await appending.ready();
  const held = { code: 'held', message: expect.stringContaining(`process ${appending.pid} on `) };
  await expect(open(folder)).rejects.toMatchObject(held);
  process.kill(appending.pid, 'SIGSTOP');
  await expect(open(folder)).rejects.toMatchObject(held);
  await appending.kill();
  await open(folder);
  expect(await readdir(folder)).toHaveLength(2);
});

test('of many processes that start at once at most one gets the folder', async () => {
  const folder = await tempFolder();
  const all = Array.from({ length: 4 }, () => new Appending({ folder, round: 0, appenders: 1, characters: 10 }));
  const ready = await Promise.allSettled(all.map((appending) => appending.ready()));
  expect(ready.filter(({ status }) => status === 'fulfilled').length).toBeLessThanOrEqual(1);
  for (const one of ready) if (one.status === 'rejected') expect(String(one.reason)).toMatch(/is in use by process \d+/);
}, 30_000);

test('the lock of a process that is gone is taken over', async () => {
  const folder = await tempFolder();
  const gone = spawn('true');
  await once(gone, 'exit');
  await lockBy(folder, ({ host, started }) => `lock.${host}.${gone.pid}.${started}`);
  await open(folder);
});

test('a pid that was used again, or is from before a reboot, holds nothing', async () => {
  const folder = await tempFolder();
  const parent = process.ppid;
  await lockBy(folder, ({ host, started }) => `lock.${host}.${parent}.1-${started.split('-')[1]}`);
  await (await open(folder)).close();
  await lockBy(folder, ({ host, pid, started }) => `lock.${host}.${pid}.${started.split('-')[0]}-00000000`);
  await open(folder);
});

/** Time passes on a made clock while real files are waited for. */
async function opening(folder: string, clock: ManualClock, meanwhile: () => Promise<void>): Promise<EventLog> {
  let done = false;
  const log = open(folder, clock).finally(() => {
    done = true;
  });
  log.catch(() => {});
  while (!done) {
    await new Promise((resolve) => setTimeout(resolve, 2));
    await meanwhile();
    await clock.advance(500);
  }
  return log;
}

test('a holder on another host holds as long as it touches its lock', async () => {
  const folder = await tempFolder();
  const clock = new ManualClock();
  const file = await lockBy(folder, ({ pid, started }) => `lock.elsewhere.${pid}.${started}`);
  const touch = async (): Promise<void> => utimes(file, clock.wall() / 1000, clock.wall() / 1000);
  await expect(opening(folder, clock, touch)).rejects.toThrow(/in use by process \d+ on elsewhere/);
  await opening(folder, clock, async () => {});
  expect(await lockOf(folder)).not.toContain('elsewhere');
});

test('appends end, and it is said, when the lock was removed under a running process', async () => {
  const folder = await tempFolder();
  const clock = new ManualClock();
  const problems: LogProblem[] = [];
  const log = await open(folder, clock, problems);
  await log.append(TOPIC, [{ key: 'k', value: 'v' }]);
  await rm(path.join(folder, await lockOf(folder)));
  while (problems.length === 0) {
    await clock.advance(1_000);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  expect(problems[0]?.kind).toBe('lock');
  await expect(log.append(TOPIC, [{ key: 'k', value: 'v' }])).rejects.toMatchObject({ code: 'held' });
  expect(await log.check()).toMatchObject({ ok: false, reason: expect.stringContaining('Restart this process') });
});
