import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { appendFile, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Watch, watchFile } from '../../../platform/config/watch.ts';
import { systemClock } from '../../../platform/units/clock.ts';
import { eventually } from '../../support/process.ts';

/** Five times the promise of a quarter of a second. */
const SEEN_WITHIN_MS = 1300;
const QUIET_MS = 600;

let folder = '';
let file = '';
let watch: Watch;
let read: string[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'plummet-watch-'));
  file = join(folder, 'plummet.yaml');
  read = [];
});
afterEach(async () => {
  await watch.stop();
  rmSync(folder, { recursive: true });
});

function begin(text: string): void {
  const changed = async (): Promise<void> => void read.push(await readFile(file, 'utf8'));
  watch = watchFile(file, { clock: systemClock, text, changed });
}

const sees = (text: string): Promise<unknown> => eventually(text, SEEN_WITHIN_MS, async () => read.at(-1) === text);

test('a file that is written over itself is read', async () => {
  writeFileSync(file, 'one');
  begin('one');
  await pause(QUIET_MS);
  expect(read).toEqual([]);
  writeFileSync(file, 'two');
  await sees('two');
});

test('a file that an editor renames into its place is read, and gone for a moment it is left alone', async () => {
  writeFileSync(file, 'one');
  begin('one');
  writeFileSync(`${file}.swp`, 'nothing of ours');
  writeFileSync(`${file}~`, 'two');
  renameSync(file, `${file}.bak`);
  await pause(QUIET_MS);
  expect(read).toEqual([]);
  renameSync(`${file}~`, file);
  await sees('two');
  expect(read).toEqual(['two']);
});

test('a file that is emptied and then written bit by bit is read once it is whole', async () => {
  writeFileSync(file, 'one');
  begin('one');
  truncateSync(file);
  await pause(60);
  for (const part of ['t', 'w', 'o']) {
    await appendFile(file, part);
    await pause(15);
  }
  await sees('two');
  expect(read).toEqual(['two']);
});

test('the links of a ConfigMap are swapped and what they lead to now is read', async () => {
  const version = (name: string, text: string): void => {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, 'plummet.yaml'), text);
    utimesSync(join(folder, name, 'plummet.yaml'), 1, 1);
    symlinkSync(name, join(folder, '..data_tmp'));
    renameSync(join(folder, '..data_tmp'), join(folder, '..data'));
  };
  version('..v1', 'one');
  symlinkSync(join('..data', 'plummet.yaml'), file);
  begin('one');
  await pause(QUIET_MS);
  version('..v2', 'two');
  await sees('two');
  rmSync(join(folder, '..v1'), { recursive: true });
  await pause(QUIET_MS);
  expect(read).toEqual(['two']);
});

test('another text of the same length and time is read all the same', async () => {
  writeFileSync(file, 'one');
  utimesSync(file, 1000, 1000);
  begin('one');
  await pause(QUIET_MS);
  writeFileSync(file, 'two');
  utimesSync(file, 1000, 1000);
  await eventually('two', 5 * SEEN_WITHIN_MS, async () => read.at(-1) === 'two');
});

test('what was edited between the reading at the start and the first look is read', async () => {
  writeFileSync(file, 'edited meanwhile');
  begin('as it was read');
  await sees('edited meanwhile');
});

test('a touch without a change is nothing', async () => {
  writeFileSync(file, 'one');
  begin('one');
  utimesSync(file, 5, 5);
  await pause(QUIET_MS);
  expect(read).toEqual([]);
});

test('where its absence is to be told, that it went away is a change, and that it is back another', async () => {
  writeFileSync(file, 'one');
  let changes = 0;
  watch = watchFile(file, { clock: systemClock, text: 'one', changed: async () => void changes++, tellsGone: true });
  renameSync(file, `${file}.bak`);
  await eventually('gone', 2 * SEEN_WITHIN_MS, async () => changes === 1);
  renameSync(`${file}.bak`, file);
  await eventually('back', 2 * SEEN_WITHIN_MS, async () => changes === 2);
});
