/** A disk that takes 300 ms for each sync: groups carry the load, and nothing else waits. */
import { setTimeout as pause } from 'node:timers/promises';
import { temporaryFolder } from '../../support/process.ts';
import type { LoneFault } from '../fault.ts';
import { FileWorld, straced } from '../file-world.ts';

const LOOKS = 20;
const EACH_MS = 500;
const LAG_MS = 50;
/** An app has one batch under way, so that each waits for a sync. */
const EVENTS_PER_SECOND = 1200;

export const F29: LoneFault = {
  id: 'F29',
  what: 'a sync takes 300 ms',
  means: 'strace delays every fdatasync of Plummet by 300 ms',
  async runAlone(random) {
    const folder = temporaryFolder();
    const world = new FileWorld(folder.path, random);
    try {
      await world.start(straced('fdatasync:delay_enter=300000'));
      world.produce(EVENTS_PER_SECOND);
      const lags: number[] = [];
      for (let look = 0; look < LOOKS; look++) {
        await pause(EACH_MS);
        const text = await (await world.get('/metrics')).text();
        lags.push(Number(/^plummet_eventloop_lag_seconds (\S+)$/m.exec(text)?.[1]) * 1000);
      }
      // The process's own start is the worst of it.
      const lagMs = lags.sort((a, b) => a - b)[Math.floor(LOOKS * 0.9)] as number;
      const taken = world.acknowledged;
      const figure = { text: `loop late by ${Math.round(lagMs)} ms, ${taken} acknowledged`, ok: lagMs < 5 * LAG_MS && taken > 3000 };
      return { ...(await world.verdict()), figure };
    } finally {
      await world.end();
      folder.remove();
    }
  },
};
