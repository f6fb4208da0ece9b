/** kill -9 one detector while a metric drops: its twin pages, nobody waits. */
import type { WorldFault } from '../fault.ts';

/** From the fall being sure to the mail server's yes. */
const AFTER_SURE_MS = 3000;

export const F04: WorldFault = {
  id: 'F04',
  what: 'one detector killed during the drop',
  means: 'kill -9 of one of two detectors processes 0 to 3 s after the outage began',
  async run(world, round) {
    const victim = world.pick(world.twins('detectors'));
    await round.outage();
    await round.wait(world.between(0, 3000));
    await victim.kill();
    const paged = await round.paged();
    await victim.start();
    return paged ? round.afterSure(AFTER_SURE_MS) : undefined;
  },
};
