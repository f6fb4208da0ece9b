/** The machine goes off at any moment, on a disk that also fails: whatever was acknowledged is there. */
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { EventLog, StoredRecord } from '../../../platform/eventlog/eventlog.ts';
import { openFileLog } from '../../../platform/eventlog/file/file.ts';
import type { Topic } from '../../../platform/topics/topic.ts';
import { ManualClock, settled } from '../../support/clock.ts';
import { tempFolder } from './folder.ts';
import { type Faults, MemoryDisk, type Operation } from './memory-disk.ts';

const TOPIC: Topic = { name: 'events', partitions: 2, keeps: 'forever' };

interface Life {
  /** Appends, each of so many records of so many characters. */
  readonly appends: readonly {
    readonly records: number;
    readonly characters: number;
    readonly partition: number;
    readonly wait: boolean;
  }[];
  /** The machine goes off at this operation of the disk. */
  readonly operations: number;
  /** Operations that fail, by their number. */
  readonly failing: readonly number[];
  readonly event: 'kill' | 'power-loss';
}

const life: fc.Arbitrary<Life> = fc.record({
  appends: fc.array(
    fc.record({
      records: fc.integer({ min: 1, max: 4 }),
      characters: fc.integer({ min: 0, max: 300 }),
      partition: fc.integer({ min: 0, max: 1 }),
      wait: fc.boolean(),
    }),
    { minLength: 1, maxLength: 25 },
  ),
  operations: fc.integer({ min: 10, max: 150 }),
  failing: fc.array(fc.integer({ min: 8, max: 120 }), { maxLength: 3 }),
  event: fc.constantFrom('kill', 'power-loss'),
});

const FAILURES: Partial<Record<Operation, string>> = {
  write: 'EIO',
  sync: 'EIO',
  truncate: 'EIO',
  open: 'ENOSPC',
  syncFolder: 'EIO',
  remove: 'EIO',
};

/** What was tried and what was acknowledged, of one partition. */
class Ledger {
  readonly tried = new Set<string>();
  readonly acknowledged = new Map<number, string>();
}

async function live(log: EventLog, { appends }: Life, prefix: string, ledgers: readonly Ledger[]): Promise<void> {
  for (const [i, { records, characters, partition, wait }] of appends.entries()) {
    const ledger = ledgers[partition] as Ledger;
    const values = Array.from({ length: records }, (_, n) => `${prefix}/${i}/${n} ${'x'.repeat(characters)}`);
    for (const value of values) ledger.tried.add(value);
    const done = log.append(
      TOPIC,
      values.map((value) => ({ key: 'k', value, partition })),
    );
    const noted = done.then(
      (appended) => appended.forEach(({ offset }, n) => void ledger.acknowledged.set(offset, values[n] as string)),
      () => {},
    );
    if (wait) await Promise.race([noted, settled()]);
  }
  for (let i = 0; i < 3; i++) await settled();
}

async function readAll(log: EventLog): Promise<StoredRecord[]> {
  const seen: StoredRecord[] = [];
  const reader = log.read(TOPIC, new Map(), (records) => void seen.push(...records));
  await reader.caughtUp();
  await reader.stop();
  return seen;
}

function check(stored: readonly StoredRecord[], ledgers: readonly Ledger[]): void {
  for (const [partition, ledger] of ledgers.entries()) {
    const own = stored.filter((record) => record.partition === partition);
    expect(own.map(({ offset }) => offset)).toEqual(own.map((_, i) => i));
    const times = own.map(({ appendedAt }) => appendedAt);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    for (const { value } of own) expect(ledger.tried.has(value)).toBe(true);
    for (const [offset, value] of ledger.acknowledged) expect(own[offset]?.value).toBe(value);
  }
}

/** The process lives on, so its lock would be believed. */
async function unlock(folder: string): Promise<void> {
  for (const file of await readdir(folder)) await rm(path.join(folder, file), { force: true });
}

async function livesOf(folder: string, lives: readonly Life[], seed: number): Promise<void> {
  await unlock(folder);
  let state = seed >>> 0;
  const random = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  const ledgers = [new Ledger(), new Ledger()];
  let disk = new MemoryDisk(random);
  for (const [i, one] of lives.entries()) {
    let over = false;
    const faults: Faults = {
      fail: (operation) => (one.failing.includes(dying.operations) ? FAILURES[operation] : undefined),
      off: () => over || dying.operations > one.operations,
    };
    const dying = disk.after('kill', random, faults);
    const opening = openFileLog({ folder, clock: new ManualClock(), topics: [TOPIC], disk: dying, segmentBytesMax: 600 });
    const log = await Promise.race([opening.catch(() => undefined), dying.wentOff.then(() => undefined)]);
    if (log !== undefined) await live(log, one, `${i}`, ledgers);
    over = true;
    disk = dying.after(one.event, random);
    await unlock(folder);
  }
  const log = await openFileLog({ folder, clock: new ManualClock(), topics: [TOPIC], disk, tailCharactersMax: 0 });
  const stored = await readAll(log);
  await log.append(TOPIC, [{ key: 'k', value: 'goes on', partition: 0 }]);
  await log.close();
  check(stored, ledgers);
  expect(disk.openFiles).toBe(0);
}

test('whatever was acknowledged is there after any crashes on a disk that fails', async () => {
  const folder = await tempFolder();
  const lives = fc.array(life, { minLength: 1, maxLength: 3 });
  await fc.assert(
    fc.asyncProperty(lives, fc.integer(), (some, seed) => livesOf(folder, some, seed)),
    { numRuns: process.env.PLUMMET_NIGHTLY ? 20_000 : 1_000 },
  );
}, 600_000);
