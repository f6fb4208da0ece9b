/** Compacted topics: the newest record of each key stays under its offset, old files go, a crash in between harms nothing. */
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import type { EventLog, StoredRecord } from '../../../platform/eventlog/eventlog.ts';
import { openFileLog } from '../../../platform/eventlog/file/file.ts';
import type { LogProblem } from '../../../platform/eventlog/problem.ts';
import type { Topic } from '../../../platform/topics/topic.ts';
import { systemClock } from '../../../platform/units/clock.ts';
import { ManualClock, settled } from '../../support/clock.ts';
import { tempFolder } from './folder.ts';
import { MemoryDisk } from './memory-disk.ts';

const TOPIC: Topic = { name: 'state', partitions: 1, keeps: 'compacted' };

async function all(log: EventLog, from = 0): Promise<StoredRecord[]> {
  const seen: StoredRecord[] = [];
  const reader = log.read(TOPIC, new Map([[0, from]]), (records) => void seen.push(...records));
  await reader.caughtUp();
  await reader.stop();
  return seen;
}

const newest = (records: readonly StoredRecord[]): Map<string, string> => new Map(records.map(({ key, value }) => [key, value]));

test('replaced records are deleted while appends and readers go on', async () => {
  const folder = await tempFolder();
  const log = await openFileLog({ folder, clock: systemClock, topics: [TOPIC], segmentBytesMax: 20_000 });
  onTestFinished(() => log.close());
  const live: StoredRecord[] = [];
  const reader = log.read(TOPIC, new Map(), (records) => void live.push(...records));
  const folderOf = path.join(folder, TOPIC.name, '0');
  for (let round = 0; round < 200; round++) {
    await log.append(
      TOPIC,
      Array.from({ length: 20 }, (_, i) => ({ key: `key-${(round + i) % 50}`, value: `${round} ${'x'.repeat(200)}` })),
    );
  }
  await reader.caughtUp();
  expect(live.map(({ offset }) => offset)).toEqual(Array.from({ length: 4_000 }, (_, i) => i));
  const files = (await readdir(folderOf)).length;
  expect(files).toBeLessThan(20);
  await log.close();
  const again = await openFileLog({ folder, clock: systemClock, topics: [TOPIC] });
  onTestFinished(() => again.close());
  const kept = await all(again);
  expect(kept.length).toBeLessThan(2_000);
  expect(newest(kept)).toEqual(newest(live));
  const byOffset = new Map(live.map((record) => [record.offset, record]));
  for (const record of kept) expect(record).toEqual(byOffset.get(record.offset));
});

test('a reader whose place was merged away goes on behind it, and nothing is called damaged', async () => {
  const folder = await tempFolder();
  const problems: LogProblem[] = [];
  const onProblem = (problem: LogProblem): void => void problems.push(problem);
  const log = await openFileLog({ folder, clock: systemClock, topics: [TOPIC], segmentBytesMax: 1_000, tailCharactersMax: 0, onProblem });
  onTestFinished(() => log.close());
  for (let i = 0; i < 300; i++) await log.append(TOPIC, [{ key: `key-${i % 3}`, value: `${i} ${'x'.repeat(100)}` }]);
  for (const from of [0, 1, 57, 150, 290, 299, 300]) {
    const kept = await all(log, from);
    expect(kept.every(({ offset }) => offset >= from)).toBe(true);
    if (from < 298) expect(newest(kept).size).toBe(3);
  }
  expect(problems).toEqual([]);
});

test('an old file that comes back after a power loss changes nothing', async () => {
  const folder = await tempFolder();
  const disk = new MemoryDisk();
  const clock = new ManualClock();
  const log = await openFileLog({ folder, clock, topics: [TOPIC], disk, segmentBytesMax: 500 });
  const before = new Map<string, Buffer>();
  for (let i = 0; i < 40; i++) {
    for (const name of disk.names()) before.set(name, Buffer.from(disk.file(name)));
    await log.append(TOPIC, [{ key: `key-${i % 30}`, value: `${i} ${'x'.repeat(100)}` }]);
    await clock.advance(1);
  }
  const kept = await all(log);
  await log.close();
  const gone = [...before.keys()].filter((name) => !disk.names().includes(name));
  expect(gone.length).toBeGreaterThan(2);
  for (const name of gone) {
    const left = new MemoryDisk();
    for (const now of disk.names()) left.put(now, Buffer.from(disk.file(now)));
    left.put(name, before.get(name) as Buffer);
    const again = await openFileLog({ folder, clock: new ManualClock(), topics: [TOPIC], disk: left });
    expect(newest(await all(again))).toEqual(newest(kept));
    await again.close();
    expect(left.names()).toEqual(disk.names());
  }
});

test('a crash at any point of a merge keeps the newest record of each key', async () => {
  const folder = await tempFolder();
  const crash = async (operations: number, event: 'kill' | 'power-loss', seed: number): Promise<void> => {
    for (const file of await readdir(folder)) await rm(path.join(folder, file), { force: true });
    let state = seed >>> 0;
    const random = (): number => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state / 2 ** 32;
    };
    const disk: MemoryDisk = new MemoryDisk(random, { off: () => disk.operations > operations });
    const clock = new ManualClock();
    const log = await openFileLog({ folder, clock, topics: [TOPIC], disk, segmentBytesMax: 500 });
    const acknowledged = new Map<string, number>();
    for (let i = 0; i < 40; i++) {
      const key = `key-${(i * i) % 7}`;
      const done = log.append(TOPIC, [{ key, value: `${i} ${'x'.repeat(100)}` }]).then(() => acknowledged.set(key, i));
      await Promise.race([done, disk.wentOff]);
      await clock.advance(1);
    }
    await settled();
    for (const file of await readdir(folder)) await rm(path.join(folder, file), { force: true });
    const left = disk.after(event, random);
    const again = await openFileLog({ folder, clock: new ManualClock(), topics: [TOPIC], disk: left });
    const stored = await all(again);
    await again.close();
    const offsets = stored.map(({ offset }) => offset);
    expect(offsets).toEqual([...new Set(offsets)].toSorted((a, b) => a - b));
    const kept = newest(stored);
    for (const [key, i] of acknowledged) expect(Number(kept.get(key)?.split(' ')[0])).toBeGreaterThanOrEqual(i);
    expect(left.names().filter((name) => name.endsWith('.tmp'))).toEqual([]);
  };
  await fc.assert(fc.asyncProperty(fc.integer({ min: 5, max: 400 }), fc.constantFrom('kill', 'power-loss'), fc.integer(), crash), {
    numRuns: 300,
  });
}, 60_000);
