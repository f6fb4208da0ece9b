/** fdatasync says EIO again and again: that segment is trusted no more, a new one takes over, and what is acknowledged is on the disk. */
import { setTimeout as pause } from 'node:timers/promises';
import { eventually, temporaryFolder } from '../../support/process.ts';
import type { LoneFault } from '../fault.ts';
import { FileWorld, straced } from '../file-world.ts';

const RUNS_MS = 10_000;

export const F28: LoneFault = {
  id: 'F28',
  what: 'fdatasync fails with EIO',
  means: 'strace makes every 25th fdatasync of Plummet answer EIO for 10 s; then the process is killed and starts on a good disk',
  async runAlone(random) {
    const folder = temporaryFolder();
    const world = new FileWorld(folder.path, random);
    try {
      await world.start(straced('fdatasync:error=EIO:when=60+25'));
      world.produce();
      await pause(RUNS_MS);
      await world.kill();
      const before = world.acknowledged;
      await world.start();
      await eventually('events taken again', RUNS_MS, async () => world.acknowledged > before + 1000);
      return { ...(await world.verdict()), figure: { text: `${before} acknowledged meanwhile`, ok: before > 1000 } };
    } finally {
      await world.end();
      folder.remove();
    }
  },
};
