/** The journal takes the opening and then nothing more: the page is sent after a second all the same. */
import { PRODUCE } from '../../support/kafka/proxy.ts';
import type { WorldFault } from '../fault.ts';

const HANGS_MS = 12_000;
const AFTER_SURE_MS = 5000;
const KIND_AT = 4;

export const F09: WorldFault = {
  id: 'F09',
  what: 'appending what is intended hangs',
  means: 'from the opening on, no append to the journal reaches its broker for 12 s',
  mayRepeat: true,
  async run(world, round) {
    const journal = Buffer.from(`${world.topicPrefix}incidents`);
    const proxies = world.twins('alerting').flatMap((member) => member.proxies);
    let opened = false;
    for (const proxy of proxies) {
      proxy.drops = (frame) => {
        if (frame.readInt16BE(KIND_AT) !== PRODUCE || !frame.includes(journal)) return false;
        if (opened) return true;
        opened = true;
        return false;
      };
    }
    try {
      await round.outage();
      await round.paged(HANGS_MS);
    } finally {
      for (const proxy of proxies) proxy.drops = null;
    }
    await round.paged();
    return round.afterSure(AFTER_SURE_MS);
  },
};
