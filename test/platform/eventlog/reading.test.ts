/** How readers of the file event log are served: from memory at the end, in bounded batches, past a disk that fails. */
import { expect, onTestFinished, test } from 'vitest';
import type { EventLog, StoredRecord } from '../../../platform/eventlog/eventlog.ts';
import { type FileLogOptions, openFileLog } from '../../../platform/eventlog/file/file.ts';
import type { LogProblem } from '../../../platform/eventlog/problem.ts';
import type { Topic } from '../../../platform/topics/topic.ts';
import { ManualClock, settled } from '../../support/clock.ts';
import { tempFolder } from './folder.ts';
import { type Faults, MemoryDisk } from './memory-disk.ts';

const TOPIC: Topic = { name: 'events', partitions: 1, keeps: 'forever' };

async function open(options: Partial<FileLogOptions> = {}): Promise<EventLog> {
  const log = await openFileLog({
    folder: await tempFolder(),
    clock: new ManualClock(),
    topics: [TOPIC],
    disk: new MemoryDisk(),
    ...options,
  });
  onTestFinished(() => log.close());
  return log;
}

async function append(log: EventLog, count: number, characters = 10): Promise<void> {
  await log.append(
    TOPIC,
    Array.from({ length: count }, (_, i) => ({ key: 'k', value: `${i} `.padEnd(characters, '.') })),
  );
}

async function until(is: () => boolean, meanwhile: () => Promise<void> = settled): Promise<void> {
  for (let tries = 0; !is(); tries++) {
    if (tries > 5_000) throw new Error('it did not come to pass');
    await meanwhile();
  }
}

test('readers at the end get their records without the disk', async () => {
  let reads = 0;
  const disk = new MemoryDisk(undefined, { fail: (operation) => (operation === 'read' && reads++ < 0 ? 'EIO' : undefined) });
  const log = await open({ disk });
  const seen: StoredRecord[][] = [[], [], []];
  for (const own of seen) log.read(TOPIC, new Map(), (records) => void own.push(...records));
  for (let i = 0; i < 50; i++) await append(log, 20, 1_000);
  await until(() => seen.every((own) => own.length === 1_000));
  expect(reads).toBe(0);
});

test('what memory has let go comes from the files, and the rest from memory again', async () => {
  const log = await open({ tailCharactersMax: 20_000, segmentBytesMax: 50_000 });
  for (let i = 0; i < 50; i++) await append(log, 20, 300);
  const seen: StoredRecord[] = [];
  const reader = log.read(TOPIC, new Map(), (records) => void seen.push(...records));
  await reader.caughtUp();
  await append(log, 5);
  await until(() => seen.length === 1_005);
  expect(seen.every(({ offset }, i) => offset === i)).toBe(true);
});

test('a batch has at most 500 records and about a million characters, from memory and from files', async () => {
  for (const tailCharactersMax of [0, 100_000_000]) {
    const log = await open({ tailCharactersMax });
    await append(log, 1_200);
    await append(log, 12, 300_000);
    await append(log, 1, 3_000_000);
    const batches: (readonly StoredRecord[])[] = [];
    const reader = log.read(TOPIC, new Map(), (records) => void batches.push(records));
    await reader.caughtUp();
    expect(batches.flat()).toHaveLength(1_213);
    expect(Math.max(...batches.map((batch) => batch.length))).toBe(tailCharactersMax === 0 ? batches[0]?.length : 500);
    for (const batch of batches) {
      expect(batch.length).toBeLessThanOrEqual(500);
      const characters = batch.reduce((sum, { value }) => sum + value.length, 0);
      if (batch.length > 1) expect(characters).toBeLessThanOrEqual(1024 * 1024);
    }
  }
});

test('a reader goes on by itself when the disk reads again', async () => {
  const faults: Faults = {};
  const clock = new ManualClock();
  const problems: LogProblem[] = [];
  const disk = new MemoryDisk(undefined, faults);
  const log = await open({ clock, disk, tailCharactersMax: 0, onProblem: (problem) => void problems.push(problem) });
  await append(log, 3);
  await append(log, 1);
  faults.fail = (operation) => (operation === 'open' ? 'EMFILE' : undefined);
  const seen: StoredRecord[] = [];
  log.read(TOPIC, new Map(), (records) => void seen.push(...records));
  await until(
    () => problems.length >= 3,
    () => clock.advance(250),
  );
  expect(seen).toEqual([]);
  expect(problems[0]).toMatchObject({ kind: 'disk', message: expect.stringContaining('EMFILE') });
  delete faults.fail;
  await until(
    () => seen.length === 4,
    () => clock.advance(250),
  );
});

test('a place that the disk cannot read costs the records on it, and no more', async () => {
  const folder = await tempFolder();
  const whole = new MemoryDisk();
  const first = await open({ folder, disk: whole });
  await append(first, 100, 400);
  await first.close();
  // A sector in the middle that always fails: the whole stretch is refused, then its pages one by one.
  const bad = { from: 21_000, to: 21_512 };
  class BadSector extends MemoryDisk {
    override async read(handle: number, buffer: Uint8Array, from: number, bytes: number, position: number): Promise<number> {
      if (position < bad.to && position + bytes > bad.from) throw Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO' });
      return super.read(handle, buffer, from, bytes, position);
    }
  }
  const disk = new BadSector();
  for (const name of whole.names()) disk.put(name, whole.file(name));
  const problems: LogProblem[] = [];
  const log = await open({ folder, disk, onProblem: (problem) => void problems.push(problem) });
  const seen: StoredRecord[] = [];
  await log.read(TOPIC, new Map(), (records) => void seen.push(...records)).caughtUp();
  expect(seen.length).toBeGreaterThan(87);
  expect(seen.at(-1)?.offset).toBe(99);
  expect(problems.map(({ kind }) => kind)).toEqual(['damaged']);
});

test('a handler that fails is called again after a quarter of a second, and that is reported', async () => {
  const clock = new ManualClock();
  const problems: LogProblem[] = [];
  const log = await open({ clock, onProblem: (problem) => void problems.push(problem) });
  await append(log, 1);
  const at: number[] = [];
  log.read(TOPIC, new Map(), () => {
    at.push(clock.monotonic());
    if (at.length < 3) throw new Error('the store is away');
  });
  await until(
    () => at.length === 3,
    () => clock.advance(10),
  );
  expect(at.map((time) => time - (at[0] as number))).toEqual([0, 250, 500]);
  expect(problems.map(({ kind }) => kind)).toEqual(['handler', 'handler']);
  expect(problems[0]?.message).toContain('the store is away');
});

test('a position beyond the end is reported', async () => {
  const problems: LogProblem[] = [];
  const log = await open({ onProblem: (problem) => void problems.push(problem) });
  log.read(TOPIC, new Map([[0, 7]]), () => {});
  expect(problems).toEqual([{ kind: 'beyond-end', message: expect.stringContaining('waits for offset 7, but the end is 0') }]);
});

test('a listener of problems that throws stops nothing', async () => {
  const log = await open({
    onProblem: () => {
      throw new Error('no');
    },
  });
  log.read(TOPIC, new Map([[0, 7]]), () => {});
  await append(log, 1);
});
