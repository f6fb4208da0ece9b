/** F27 disk full, F28 EIO at fsync, F29 slow disk: the operating system itself says so, to a process of its own. */
import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { Appending, expectAllThere, straced } from './appending.ts';
import { tempFolder } from './folder.ts';

/** Of util-linux, which every Linux has. */
const PRLIMIT = 'prlimit';

test('F27: a full disk refuses in words, loses nothing acknowledged, and takes appends again when there is room', async () => {
  const folder = await tempFolder();
  // A limit of file size is the full disk that needs no rights: writes are cut short, then refused.
  const limited = ['bash', '-c', 'ulimit -Sf 200; exec "$@"', 'bash'];
  const appending = new Appending({ folder, round: 0, appenders: 10, characters: 3_000 }, limited);
  await appending.until(({ refusals }) => refusals.length >= 30);
  const before = appending.acknowledged.length;
  expect(appending.refusals.every((refusal) => refusal.startsWith('full The disk is full (EFBIG)'))).toBe(true);
  expect(appending.refusals[0]).toContain('Make room on that disk');
  execFileSync(PRLIMIT, ['--pid', String(appending.pid), '--fsize=unlimited:unlimited']);
  await appending.until(({ acknowledged }) => acknowledged.length >= before + 200);
  await appending.kill();
  expect(appending.problems).toContain('full');
  expect(appending.problems).toContain('recovered');
  await expectAllThere(folder, appending.acknowledged);
}, 60_000);

test('F28: after a failed sync nothing is acknowledged that is not on the disk, and a new file takes over', async () => {
  const folder = await tempFolder();
  const strace = straced('fdatasync:error=EIO:when=15+9');
  const appending = new Appending(
    { folder, round: 0, appenders: 10, characters: 300, ...(strace.length > 0 ? {} : { failEverySync: 9 }) },
    strace,
  );
  await appending.until(({ refusals }) => refusals.length >= 40);
  await appending.kill();
  expect(appending.refusals.every((refusal) => refusal.startsWith('disk The disk answered with an error (EIO'))).toBe(true);
  expect(appending.acknowledged.length).toBeGreaterThan(20);
  await expectAllThere(folder, appending.acknowledged);
}, 60_000);

test('F29: a disk that takes 300 ms a sync holds nobody else, and groups carry the load', async () => {
  const folder = await tempFolder();
  const strace = straced('fdatasync:delay_enter=300000');
  const appending = new Appending(
    { folder, round: 0, appenders: 60, characters: 300, ...(strace.length > 0 ? {} : { syncDelayMs: 300 }) },
    strace,
  );
  await appending.until(({ lagMs }) => lagMs >= 0);
  await appending.until(({ acknowledged }) => acknowledged.length >= 200);
  await appending.kill();
  // Five times the promise of 50 ms; a loop held by a sync would show 300.
  expect(appending.lagMs).toBeLessThan(250);
  await expectAllThere(folder, appending.acknowledged);
}, 60_000);
