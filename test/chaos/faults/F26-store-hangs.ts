/** The store takes connections and answers nothing: nobody waits for it, and what waits does so in bounded memory. */
import { residentMb } from '../../support/memory.ts';
import type { WorldFault } from '../fault.ts';

const HANGS_MS = 20_000;
const GROWN_MB = 50;

export const F26: WorldFault = {
  id: 'F26',
  what: 'ClickHouse answers nothing for 20 s',
  means: 'SIGSTOP and SIGCONT of the server',
  secondsMax: 180,
  async run(world, round) {
    const members = [...world.members.values()];
    const before = members.map(({ pid }) => residentMb(pid));
    let grownMb = 0;
    world.clickhouse.hang();
    try {
      await round.wait(world.between(0, 8000));
      await round.outage();
      for (const until = performance.now() + HANGS_MS; performance.now() < until; await round.wait(1000)) {
        for (const [i, { pid }] of members.entries()) grownMb = Math.max(grownMb, residentMb(pid) - (before[i] as number));
      }
    } finally {
      world.clickhouse.goOn();
    }
    await round.paged();
    // What V8 has not yet collected is not told apart from what waits.
    return { text: `+${Math.round(grownMb)} MB at most`, ok: grownMb <= 5 * GROWN_MB };
  },
};
