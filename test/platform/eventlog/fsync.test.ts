/** What each fsync policy loses at a power loss, and how groups are paced. */
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { EventLog } from '../../../platform/eventlog/eventlog.ts';
import { openFileLog } from '../../../platform/eventlog/file/file.ts';
import type { LogProblem } from '../../../platform/eventlog/problem.ts';
import type { Topic } from '../../../platform/topics/topic.ts';
import { ManualClock, settled } from '../../support/clock.ts';
import { tempFolder } from './folder.ts';
import { type Faults, MemoryDisk } from './memory-disk.ts';

const TOPIC: Topic = { name: 'events', partitions: 1, keeps: 'forever' };

class World {
  readonly clock = new ManualClock();
  readonly problems: LogProblem[] = [];
  readonly disk: MemoryDisk;
  readonly #folder: string;
  log!: EventLog;

  constructor(folder: string, faults: Faults) {
    this.#folder = folder;
    this.disk = new MemoryDisk(undefined, faults);
  }

  async open(fsync: 'group' | 'interval' | 'never', disk = this.disk): Promise<EventLog> {
    const onProblem = (problem: LogProblem): void => void this.problems.push(problem);
    const { clock } = this;
    const log = await openFileLog({ folder: this.#folder, clock, topics: [TOPIC], disk, fsync, fsyncIntervalMs: 500, onProblem });
    onTestFinished(() => log.close());
    return log;
  }

  async append(count: number): Promise<void> {
    for (let i = 0; i < count; i++) await this.log.append(TOPIC, [{ key: 'k', value: `${i}` }]);
  }

  /** Records that are there after a power loss, on a disk that wrote nothing of its own accord. */
  async left(): Promise<number> {
    const disk = this.disk.after('power-loss', () => 0.99);
    for (const file of await readdir(this.#folder)) await rm(path.join(this.#folder, file));
    const again = await this.open('group', disk);
    const end = (await again.ends(TOPIC)).get(0) as number;
    await again.close();
    return end;
  }
}

async function world(fsync: 'group' | 'interval' | 'never', faults: Faults = {}): Promise<World> {
  const made = new World(await tempFolder(), faults);
  made.log = await made.open(fsync);
  return made;
}

test('group: a power loss costs nothing acknowledged', async () => {
  const one = await world('group');
  await one.append(7);
  expect(await one.left()).toBe(7);
});

test('interval: a power loss costs what came since the last sync', async () => {
  const one = await world('interval');
  await one.append(5);
  await one.clock.advance(500);
  await one.append(3);
  expect(await one.left()).toBe(5);
});

test('never: a power loss costs what the system had not written; closing cleanly costs nothing in memory of the system', async () => {
  const one = await world('never');
  await one.append(5);
  await one.clock.advance(10_000);
  expect(await one.left()).toBe(0);
  await one.log.close();
  const again = await one.open('never', one.disk.after('kill'));
  expect(await again.ends(TOPIC)).toEqual(new Map([[0, 5]]));
});

test('interval: closing syncs', async () => {
  const one = await world('interval');
  await one.append(5);
  await one.log.close();
  expect(await one.left()).toBe(5);
});

test('interval: a failed sync is reported, and appends go on in a new file', async () => {
  let failing = false;
  const one = await world('interval', { fail: (operation) => (operation === 'sync' && failing ? 'EIO' : undefined) });
  await one.append(2);
  failing = true;
  await one.clock.advance(500);
  failing = false;
  expect(one.problems).toEqual([{ kind: 'disk', message: expect.stringContaining('may not survive a power loss') }]);
  await one.append(2);
  await one.clock.advance(500);
  expect(one.disk.names()).toHaveLength(2);
  const seen: number[] = [];
  await one.log.read(TOPIC, new Map(), (records) => void seen.push(...records.map(({ offset }) => offset))).caughtUp();
  expect(seen).toEqual([0, 1, 2, 3]);
});

test('beyond a hundred groups in a row, groups wait and grow instead of becoming more', async () => {
  const one = await world('group');
  let groups = 0;
  let running = true;
  const appender = async (): Promise<void> => {
    while (running) {
      await one.log.append(TOPIC, [{ key: 'k', value: 'v' }]);
      groups++;
    }
  };
  const done = appender();
  for (let i = 0; i < 20; i++) await settled();
  expect(groups).toBe(100);
  const together = Array.from({ length: 50 }, () => one.log.append(TOPIC, [{ key: 'k', value: 'v' }]));
  await one.clock.advance(4);
  await Promise.all(together);
  await one.clock.advance(1_000);
  expect(groups).toBeGreaterThan(700);
  expect(groups).toBeLessThan(1_000);
  running = false;
  await one.clock.advance(10);
  await done;
});
