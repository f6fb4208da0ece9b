/** F30: files cut, overwritten and with flipped bits at any place. What is whole is read, what is not is said, nothing hangs or throws. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { StoredRecord } from '../../../platform/eventlog/eventlog.ts';
import { openFileLog } from '../../../platform/eventlog/file/file.ts';
import { frameBytes, frameOffset } from '../../../platform/eventlog/file/frame.ts';
import { RUN_BYTES } from '../../../platform/eventlog/file/run.ts';
import { SEGMENT_HEAD_BYTES } from '../../../platform/eventlog/file/segment.ts';
import type { LogProblem } from '../../../platform/eventlog/problem.ts';
import type { Topic } from '../../../platform/topics/topic.ts';
import { ManualClock } from '../../support/clock.ts';
import { MemoryDisk } from './memory-disk.ts';

const TOPIC: Topic = { name: 'events', partitions: 1, keeps: 'forever' };
const RECORDS = 80;
const RUNS = process.env.PLUMMET_NIGHTLY ? 20_000 : 1_000;

interface Place {
  readonly file: number;
  readonly from: number;
  readonly to: number;
}

/** The undamaged files in order, what they hold, and where. */
let files: [name: string, bytes: Buffer][] = [];
let records: StoredRecord[] = [];
const places: Place[] = [];
let folder = '';

async function open(disk: MemoryDisk, problems: LogProblem[] = []) {
  const onProblem = (problem: LogProblem): void => void problems.push(problem);
  return openFileLog({ folder, clock: new ManualClock(), topics: [TOPIC], disk, segmentBytesMax: 3_000, tailCharactersMax: 0, onProblem });
}

async function read(log: Awaited<ReturnType<typeof open>>): Promise<StoredRecord[]> {
  const seen: StoredRecord[] = [];
  const reader = log.read(TOPIC, new Map(), (some) => void seen.push(...some));
  await reader.caughtUp();
  await reader.stop();
  return seen;
}

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'plummet-eventlog-'));
  const disk = new MemoryDisk();
  const log = await open(disk);
  for (let i = 0; i < RECORDS; i++) {
    const headers: Record<string, string> = i % 3 === 0 ? { 'content-type': 'text/plain' } : {};
    await log.append(TOPIC, [{ key: `key-${i}`, value: `${i} ${'ü'.repeat((i * 37) % 150)}`, headers }]);
  }
  records = await read(log);
  await log.close();
  files = disk.names().map((name) => [name, Buffer.from(disk.file(name))]);
  for (const [file, [, bytes]] of files.entries()) {
    for (let from = SEGMENT_HEAD_BYTES; from < bytes.length; ) {
      const to = from + frameBytes(bytes, from, bytes.length);
      places[frameOffset(bytes, from)] = { file, from, to };
      from = to;
    }
  }
});

afterAll(() => rm(folder, { recursive: true, force: true }));

function diskOf(changed: ReadonlyMap<number, Buffer>): MemoryDisk {
  const disk = new MemoryDisk();
  for (const [i, [name, bytes]] of files.entries()) disk.put(name, changed.get(i) ?? Buffer.from(bytes));
  return disk;
}

/** It can be appended to and read, now and after another opening. */
async function goesOn(disk: MemoryDisk, log: Awaited<ReturnType<typeof open>>, before: readonly StoredRecord[]): Promise<void> {
  const [appended] = await log.append(TOPIC, [{ key: 'k', value: 'goes on' }]);
  expect(appended?.offset).toBeGreaterThan(before.at(-1)?.offset ?? -1);
  await log.close();
  const again = await open(disk);
  const after = await read(again);
  await again.close();
  expect(after.slice(0, -1)).toEqual(before);
  expect(after.at(-1)).toMatchObject({ value: 'goes on', offset: appended?.offset });
}

test('several files are there to be damaged', () => {
  expect(files.length).toBeGreaterThan(3);
  expect(records).toHaveLength(RECORDS);
  expect(places).toHaveLength(RECORDS);
});

test('the newest file cut at any place gives back the records before the cut', async () => {
  const newest = files.length - 1;
  const bytes = files[newest]?.[1] as Buffer;
  for (let length = 0; length <= bytes.length; length++) {
    const problems: LogProblem[] = [];
    const disk = diskOf(new Map([[newest, Buffer.from(bytes.subarray(0, length))]]));
    const log = await open(disk, problems);
    const seen = await read(log);
    expect(seen).toEqual(records.filter(({ offset }) => (places[offset] as Place).file < newest || (places[offset] as Place).to <= length));
    const whole = length <= SEGMENT_HEAD_BYTES || places.some(({ file, to }) => file === newest && to === length);
    expect(problems.map(({ kind }) => kind)).toEqual(whole ? [] : ['torn-tail']);
    if (length % 50 === 0) await goesOn(disk, log, seen);
    else await log.close();
  }
}, 60_000);

interface Damage {
  readonly file: number;
  readonly at: number;
  readonly bytes: Buffer;
}

/** A flipped bit, or a stretch of zeros or of noise, anywhere. */
const damage: fc.Arbitrary<Damage> = fc
  .tuple(fc.nat(), fc.nat(), fc.oneof(fc.nat(7), fc.uint8Array({ minLength: 1, maxLength: 200 }), fc.integer({ min: -600, max: -1 })))
  .map(([fileSeed, atSeed, how]) => {
    const file = fileSeed % files.length;
    const original = files[file]?.[1] as Buffer;
    const at = atSeed % original.length;
    if (typeof how !== 'number') return { file, at, bytes: Buffer.from(how.subarray(0, original.length - at)) };
    if (how < 0) return { file, at, bytes: Buffer.alloc(Math.min(-how, original.length - at)) };
    return { file, at, bytes: Buffer.from([(original[at] as number) ^ (1 << how)]) };
  });

test('every record that is not damaged itself is read unchanged, and the loss of others is reported', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(damage, { minLength: 1, maxLength: 4 }), async (damages) => {
      const changed = new Map<number, Buffer>();
      for (const { file, at, bytes } of damages) {
        const copy = changed.get(file) ?? Buffer.from(files[file]?.[1] as Buffer);
        bytes.copy(copy, at);
        changed.set(file, copy);
      }
      const hurt = (offset: number): boolean => {
        const { file, from, to } = places[offset] as Place;
        const original = files[file]?.[1] as Buffer;
        return original.compare(changed.get(file) ?? original, from, to, from, to) !== 0;
      };
      const problems: LogProblem[] = [];
      const disk = diskOf(changed);
      const log = await open(disk, problems);
      const seen = await read(log);
      expect(seen).toEqual(records.filter(({ offset }) => !hurt(offset)));
      const kinds = problems.map(({ kind }) => kind);
      if (records.some(({ offset }) => hurt(offset) && offset < (seen.at(-1)?.offset ?? 0))) expect(kinds).toContain('damaged');
      else if (seen.length < RECORDS) expect(kinds).not.toEqual([]);
      await goesOn(disk, log, seen);
    }),
    { numRuns: RUNS },
  );
}, 600_000);

test('a record that begins in the last bytes of a stretch of reading is found behind a damaged one', async () => {
  const frame = 100;
  const end = SEGMENT_HEAD_BYTES + RUN_BYTES;
  for (let before = 0; before <= 50; before++) {
    const disk = new MemoryDisk();
    const options = { folder, clock: new ManualClock(), topics: [TOPIC], disk, tailCharactersMax: 0 };
    const log = await openFileLog(options);
    // The first frame is so long that another begins `before` bytes before the end of the stretch.
    const first = ((RUN_BYTES - before) % frame) + frame;
    const values = Array.from({ length: RUN_BYTES / frame + 20 }, (_, i) => 'y'.repeat((i === 0 ? first : frame) - 36));
    await log.append(
      TOPIC,
      values.map((value) => ({ key: '', value })),
    );
    await log.close();
    const bytes = disk.file(disk.names()[0] as string);
    const start = end - before - frame;
    expect(frameBytes(bytes, start, bytes.length)).toBe(frame);
    bytes.fill(0x55, start, start + frame);
    const again = await openFileLog(options);
    const offsets = (await read(again)).map(({ offset }) => offset);
    await again.close();
    const hurt = 1 + (start - SEGMENT_HEAD_BYTES - first) / frame;
    expect(offsets).toEqual(values.map((_, i) => i).filter((i) => i !== hurt));
  }
}, 60_000);
