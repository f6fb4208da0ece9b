import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { Pool, type Thread } from '../../../app/cli/pool.ts';
import { temporaryFolder } from '../../support/process.ts';
import { ROOT } from '../../support/sources.ts';

const folder = temporaryFolder();
afterAll(() => folder.remove());
const file = join(folder.path, 'thread.mjs');
const door = pathToFileURL(join(ROOT, 'dist/app/cli/pool-thread.js')).href;
writeFileSync(
  file,
  `import { answerEach } from ${JSON.stringify(door)};
import { threadId } from 'node:worker_threads';
let sum = 0;
answerEach((question, tell) => {
  if (question === 'die') process.exit(3);
  if (question === 'fail') throw new RangeError('nothing can be added');
  if (question === 'who') return threadId;
  sum += question;
  tell(sum - question);
  return sum;
});
`,
);

function pool(threads: number): Pool {
  const opened = new Pool({ beside: import.meta.url, file: pathToFileURL(file).href, threads });
  onTestFinished(() => opened.close());
  return opened;
}

test('a thread that is lent remembers what it was told, says what comes before its answer, and is nobody else’s meanwhile', async () => {
  const two = pool(2);
  const add = (numbers: number[]) =>
    two.lend(async (thread) => {
      const heard: unknown[] = [];
      const sums: number[] = [];
      for (const number of numbers) sums.push(await thread.ask<number>(number, { news: (news) => heard.push(news) }));
      expect(heard).toEqual([0, ...sums].slice(0, -1));
      return sums;
    });
  expect(await Promise.all([add([1, 2, 3]), add([10, 20])])).toEqual([
    [1, 3, 6],
    [10, 30],
  ]);
});

test('no more threads are started than are wanted; who finds none waits', async () => {
  const two = pool(2);
  const ids = await Promise.all(Array.from({ length: 6 }, () => two.lend((thread) => thread.ask<number>('who'))));
  expect(new Set(ids).size).toBe(2);
});

test('what fails in a thread reaches who asked, and the thread goes on', async () => {
  await pool(1).lend(async (thread) => {
    await expect(thread.ask('fail')).rejects.toThrow('nothing can be added');
    expect(await thread.ask<number>(4)).toBe(4);
  });
});

test('a thread that ends fails all that it was asked, and the next borrower has another', async () => {
  const one = pool(1);
  const dying = one.lend(async (thread: Thread) => {
    const answers = await Promise.allSettled([thread.ask('die'), thread.ask(1)]);
    expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await expect(thread.ask(2)).rejects.toThrow('ended');
  });
  const after = one.lend((thread) => thread.ask<number>(5));
  await dying;
  expect(await after).toBe(5);
});
