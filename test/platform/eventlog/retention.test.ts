/** What a topic does not keep goes, by whole files; readers and offsets are not troubled. */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { EventLog, Positions, StoredRecord } from '../../../platform/eventlog/eventlog.ts';
import { openFileLog } from '../../../platform/eventlog/file/file.ts';
import type { LogProblem } from '../../../platform/eventlog/problem.ts';
import type { Topic } from '../../../platform/topics/topic.ts';
import { ManualClock } from '../../support/clock.ts';
import { tempFolder } from './folder.ts';

const HOUR_MS = 3_600_000;
const KEPT: Topic = { name: 'kept', partitions: 1, keeps: HOUR_MS };
const FOREVER: Topic = { name: 'forever', partitions: 1, keeps: 'forever' };

class World {
  readonly clock = new ManualClock();
  readonly problems: LogProblem[] = [];
  readonly folder: string;
  log!: EventLog;

  constructor(folder: string) {
    this.folder = folder;
  }

  async open(): Promise<void> {
    const onProblem = (problem: LogProblem): void => void this.problems.push(problem);
    this.log = await openFileLog({ folder: this.folder, clock: this.clock, topics: [KEPT, FOREVER], segmentBytesMax: 2_000, onProblem });
    onTestFinished(() => this.log.close());
  }

  /** Time passes minute by minute, with the disk keeping up. */
  async pass(minutes: number): Promise<void> {
    for (let minute = 0; minute < minutes; minute++) {
      await this.clock.advance(60_000);
      await new Promise((resolve) => setTimeout(resolve, 3));
    }
  }

  async values(topic: Topic, positions: Positions = new Map()): Promise<string[]> {
    const seen: StoredRecord[] = [];
    const reader = this.log.read(topic, positions, (records) => void seen.push(...records));
    await reader.caughtUp();
    await reader.stop();
    return seen.map(({ value }) => value);
  }

  append(topic: Topic, value: string): Promise<unknown> {
    return this.log.append(topic, [{ key: 'k', value }]);
  }

  files(topic: Topic): Promise<string[]> {
    return readdir(path.join(this.folder, topic.name, '0'));
  }
}

async function world(): Promise<World> {
  const made = new World(await tempFolder());
  await made.open();
  return made;
}

test('records older than the topic keeps are gone, newer ones and those of other topics stay', async () => {
  const one = await world();
  await one.append(KEPT, 'old');
  await one.append(FOREVER, 'old');
  await one.pass(40);
  await one.append(KEPT, 'middle');
  expect(await one.values(KEPT)).toEqual(['old', 'middle']);
  await one.pass(30);
  expect(await one.values(KEPT)).toEqual(['middle']);
  expect(await one.values(FOREVER)).toEqual(['old']);
});

test('a topic to which nothing is appended any more is emptied too, and its offsets go on, also after a restart', async () => {
  const one = await world();
  for (let i = 0; i < 20; i++) await one.append(KEPT, `${i} ${'x'.repeat(300)}`);
  await one.pass(75);
  expect(await one.values(KEPT)).toEqual([]);
  expect(await one.files(KEPT)).toHaveLength(1);
  expect(await one.log.ends(KEPT)).toEqual(new Map([[0, 20]]));
  await one.log.close();
  await one.open();
  expect(await one.log.ends(KEPT)).toEqual(new Map([[0, 20]]));
  expect(await one.log.append(KEPT, [{ key: 'k', value: 'next' }])).toEqual([{ partition: 0, offset: 20 }]);
  expect(await one.values(KEPT)).toEqual(['next']);
});

test('a record is kept no longer than an eighth more than it must be', async () => {
  const one = await world();
  for (let minute = 0; minute < 150; minute++) {
    await one.append(KEPT, `${minute}`);
    await one.pass(1);
  }
  const kept = (await one.values(KEPT)).map(Number);
  expect(kept.at(-1)).toBe(149);
  expect(kept.length).toBeGreaterThanOrEqual(60);
  expect(kept.length).toBeLessThanOrEqual(72);
});

test('a position whose record is deleted begins at the oldest there is, and that is reported', async () => {
  const one = await world();
  await one.append(KEPT, 'old');
  await one.pass(40);
  await one.append(KEPT, 'middle');
  await one.pass(30);
  expect(await one.values(KEPT, new Map([[0, 0]]))).toEqual(['middle']);
  expect(one.problems.map(({ kind }) => kind)).toEqual(['behind-retention']);
  expect(await one.log.positionsAt(KEPT, 0)).toEqual(new Map([[0, 1]]));
});

test('a slow reader goes on at the oldest record when the ground under it is deleted', async () => {
  const one = await world();
  for (let i = 0; i < 20; i++) await one.append(KEPT, `${i} ${'x'.repeat(300)}`);
  await one.log.close();
  await one.open();
  const seen: string[] = [];
  let go = (): void => {};
  const gate = new Promise<void>((resolve) => {
    go = resolve;
  });
  const reader = one.log.read(KEPT, new Map(), async (records) => {
    seen.push(...records.map(({ value }) => value.split(' ')[0] as string));
    await gate;
  });
  while (seen.length === 0) await new Promise((resolve) => setTimeout(resolve, 2));
  const first = seen.length;
  await one.pass(75);
  await one.append(KEPT, 'new');
  go();
  await reader.caughtUp();
  expect(seen.slice(first)).toEqual(['new']);
});
