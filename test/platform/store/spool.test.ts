import { mkdirSync, readdirSync, rmdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { OpenSlice, type Slice } from '../../../platform/store/slice.ts';
import { Spool, spoolLimits } from '../../../platform/store/spool.ts';
import { writeSlice } from '../../../platform/store/spool-file.ts';
import { temporaryFolder } from '../../support/process.ts';

const TABLE = { name: 'rates', columns: ['series', 'second'] };

function slice(text: string, offset = 1, table = TABLE): Slice {
  const open = new OpenSlice();
  open.add(table, `["${text}",1]\n`, 1);
  open.position({ partition: 0, part: '', offset, memory: '' });
  return open.take();
}

function folder(): string {
  const { path, remove } = temporaryFolder();
  onTestFinished(remove);
  return path;
}

const texts = (found: Slice | null): string[] => found?.rows.map(({ text }) => text.join('')) ?? [];

test('gives back what waited in its order, as one insert a table, with the newest positions', async () => {
  const spool = await Spool.open(folder());
  await spool.push(slice('a', 1));
  await spool.push(slice('é🙂', 2));
  await spool.push(slice('c', 3, { ...TABLE, name: 'events' }));
  const oldest = await spool.oldest();
  expect(texts(oldest)).toEqual(['["a",1]\n["é🙂",1]\n', '["c",1]\n']);
  expect(oldest?.rows.map(({ count }) => count)).toEqual([2, 1]);
  expect(oldest?.positions).toEqual([{ partition: 0, part: '', offset: 3, memory: '' }]);
  await spool.drop(oldest?.files ?? []);
  expect(spool.isEmpty).toBe(true);
  expect(spool.bytes).toBe(0);
  expect(await spool.oldest()).toBeNull();
});

test('gives a slice that waited alone under the name that it was tried under before', async () => {
  const spool = await Spool.open(folder());
  const waiting = slice('a');
  await spool.push(waiting);
  expect((await spool.oldest())?.rows[0]?.token).toBe(waiting.rows[0]?.token);
});

test('takes as much as may wait, and not a slice more', async () => {
  const path = folder();
  const first = await Spool.open(path);
  await first.push(slice('a'));
  const { bytes } = first;
  const next = slice('b');
  expect(await (await Spool.open(path, bytes + next.size)).push(next)).toBe(true);
  expect(await (await Spool.open(path, bytes + next.size)).push(next)).toBe(false);
});

test('is found again after a crash, with how far it goes, and goes on behind it', async () => {
  const path = folder();
  const before = await Spool.open(path);
  await before.push(slice('a', 7));
  await before.push(slice('b', 9));
  writeFileSync(join(path, '000000000007.slice.part'), '{"rows":');
  const after = await Spool.open(path);
  expect(after.bytes).toBe(before.bytes);
  expect(after.positions).toEqual([{ partition: 0, part: '', offset: 9, memory: '' }]);
  await after.push(slice('c', 11));
  expect(texts(await after.oldest())).toEqual(['["a",1]\n["b",1]\n["c",1]\n']);
});

test('puts a file aside that a bad disk has cut, and gives the others', async () => {
  const path = folder();
  const before = await Spool.open(path);
  for (const text of ['a', 'b', 'c']) await before.push(slice(text));
  const cut = readdirSync(path).toSorted()[1] as string;
  truncateSync(join(path, cut), 40);
  const after = await Spool.open(path);
  expect(texts(await after.oldest())).toEqual(['["a",1]\n["c",1]\n']);
  expect(readdirSync(join(path, 'refused'))).toEqual([cut]);
});

test('keeps for people what the store cannot read, up to a number of files', async () => {
  const path = folder();
  const spool = await Spool.open(path);
  for (let i = 0; i < spoolLimits.refusedMax + 1; i++) await spool.putAside(slice('x'));
  expect(readdirSync(join(path, 'refused'))).toHaveLength(spoolLimits.refusedMax);
});

test('joins no more than one insert should hold', async () => {
  const spool = await Spool.open(folder());
  const large = 'x'.repeat(spoolLimits.joinedMax / 2);
  for (let i = 0; i < 3; i++) await spool.push(slice(large));
  expect((await spool.oldest())?.files).toHaveLength(1);
  await spool.drop((await spool.oldest())?.files ?? []);
  await spool.push(slice('small'));
  expect((await spool.oldest())?.files).toHaveLength(1);
});

test('leaves nothing of a slice that could not be written, nor of one over which a process died', async () => {
  const path = folder();
  const taken = join(path, 'taken.slice');
  // In place of a disk that is full: the name is taken.
  mkdirSync(taken);
  await expect(writeSlice(taken, slice('a'))).rejects.toThrow();
  expect(readdirSync(path)).toEqual(['taken.slice']);
  rmdirSync(taken);
  writeFileSync(join(path, '000000000007.slice.part'), 'half of i');
  await Spool.open(path);
  expect(readdirSync(path)).toEqual(['refused']);
});

test('two processes with one folder write over nothing, and neither waits for what the other has brought', async () => {
  const path = folder();
  const [one, other] = [await Spool.open(path), await Spool.open(path)];
  await one.push(slice('a', 1));
  await other.push(slice('b', 2));
  const later = await Spool.open(path);
  expect(
    texts(await later.oldest())
      .join('')
      .split('\n')
      .toSorted(),
  ).toEqual(['', '["a",1]', '["b",1]']);
  await later.drop((await later.oldest())?.files ?? []);
  expect(await one.oldest()).toBeNull();
  expect([one.isEmpty, one.bytes]).toEqual([true, 0]);
});
