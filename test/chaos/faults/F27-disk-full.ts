/** The disk under the file event log is full: nothing is acknowledged that is not on it, and with room it goes on by itself. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { eventually, temporaryFolder } from '../../support/process.ts';
import type { LoneFault } from '../fault.ts';
import { FileWorld } from '../file-world.ts';

const DISK = '4m';
const FILLED_BYTES = 2_500_000;
const WITHIN_MS = 60_000;
const FULL_MS = 3000;

export const F27: LoneFault = {
  id: 'F27',
  what: 'disk full under the file event log',
  means: 'a tmpfs of 4 MB (root mounts it), partly filled, until nothing is taken; then room is made',
  async runAlone(random) {
    const folder = temporaryFolder();
    const disk = join(folder.path, 'disk');
    mkdirSync(disk);
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK}`, 'tmpfs', disk]);
    const world = new FileWorld(disk, random);
    try {
      await world.start();
      writeFileSync(join(disk, 'filler'), Buffer.alloc(FILLED_BYTES));
      world.produce();
      await eventually('a full disk', WITHIN_MS, async () => (await world.get('/readyz')).status === 503);
      const [full, before] = [await (await world.get('/readyz')).text(), world.acknowledged];
      await pause(FULL_MS);
      rmSync(join(disk, 'filler'));
      await eventually('events taken again', WITHIN_MS, async () => world.acknowledged > before + 1000);
      const verdict = await world.verdict();
      return { ...verdict, figure: { text: /full/i.test(full) ? 'says so, and goes on by itself' : full, ok: /full/i.test(full) } };
    } finally {
      await world.end();
      execFileSync('umount', ['-l', disk]);
      folder.remove();
    }
  },
};
