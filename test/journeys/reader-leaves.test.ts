/** Whoever reads the command line's output may have enough of it, as `| head` has: nothing breaks of that. */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort } from '../support/ports.ts';
import { type Ended, temporaryFolder } from '../support/process.ts';
import { ROOT } from '../support/sources.ts';

const FROM = 1_767_225_600;
const folder = temporaryFolder();
const csv = join(folder.path, 'orders.csv');
const short = join(folder.path, 'short.csv');
const config = join(folder.path, 'plummet.yaml');

beforeAll(() => {
  const lines = Array.from({ length: 5000 }, (_, i) => `${FROM + i},9\n`);
  writeFileSync(csv, lines.join(''));
  writeFileSync(short, lines.slice(0, 100).join(''));
  const yaml = 'metrics:\n  orders: { event: order.placed, kind: write, critical: true }\npeople: { ana: { email: a@example.com } }\n';
  writeFileSync(config, `${yaml}mail: { smtp: "smtp://127.0.0.1:9", from: p@example.com }\nserver: { port: 9 }\n`);
});
afterAll(() => folder.remove());

/** Runs a command whose output nobody takes: the first line of it cannot be written. */
async function unread(args: readonly string[], leaves: 'stdout' | 'stderr'): Promise<Ended> {
  const child = spawn(process.execPath, [join(ROOT, 'dist/app/cli/main.js'), ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  child[leaves].destroy();
  const heard = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    if (name !== leaves) child[name].on('data', (chunk: Buffer) => (heard[name] += chunk.toString()));
  }
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, ...heard };
}

test('a command ends quietly when its reader has gone', async () => {
  const commands = [
    ['backtest', '--csv', csv],
    ['explain', '--csv', csv, String(FROM + 900)],
    ['explain', '--csv', csv, String(FROM + 900), '--json'],
    ['check', '--config', config],
    ['check', '--config', config, '--csv', `orders=${csv}`, '--json'],
    ['--help'],
    ['check', '--help'],
  ];
  for (const args of commands) {
    expect({ args, ...(await unread(args, 'stdout')) }).toEqual({ args, code: 0, stdout: '', stderr: '' });
  }
}, 60_000);

test('a service watches on when nobody reads its screen', async () => {
  const port = await freePort();
  const args = ['start', '--config', config, '--data', join(folder.path, 'data'), '--port', String(port)];
  const child = spawn(process.execPath, [join(ROOT, 'dist/app/cli/main.js'), ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  child.stdout.destroy();
  child.stderr.destroy();
  const isLive = async (): Promise<boolean> => (await fetch(`http://127.0.0.1:${port}/livez`).catch(() => null))?.ok === true;
  await expect.poll(isLive, { timeout: 30_000 }).toBe(true);
  await setTimeout(1000);
  expect(await isLive()).toBe(true);
  child.kill('SIGTERM');
  expect(await ended).toBe(0);
}, 60_000);

test('talk that nobody hears changes neither the answer nor the exit code', async () => {
  // So short a file has its doubts told on stderr.
  const { code, stdout } = await unread(['backtest', '--csv', short], 'stderr');
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/100 seconds[\s\S]*No page/) });
}, 60_000);
