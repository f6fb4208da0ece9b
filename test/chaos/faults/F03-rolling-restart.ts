/** SIGTERM to every process in turn: it drains, ends with 0, and is started again before the next. */
import type { WorldFault } from '../fault.ts';

const EXIT_MS = 10_000;

export const F03: WorldFault = {
  id: 'F03',
  what: 'all processes restarted in turn',
  means: 'SIGTERM of each of the six processes, the next when it is ready again',
  secondsMax: 150,
  async run(world, round) {
    const members = [...world.members.values()];
    const outageAt = Math.floor(world.between(0, members.length));
    let longestMs = 0;
    const codes = new Set<number | null>();
    for (const [i, member] of members.entries()) {
      if (i === outageAt) await round.outage();
      const since = performance.now();
      const ended = await member.kill('SIGTERM');
      longestMs = Math.max(longestMs, performance.now() - since);
      codes.add(ended?.code ?? null);
      await member.start();
    }
    await round.paged();
    const ok = longestMs <= EXIT_MS && [...codes].every((code) => code === 0);
    return { text: `exit ${[...codes].join(', ')} within ${(longestMs / 1000).toFixed(1)} s`, ok };
  },
};
