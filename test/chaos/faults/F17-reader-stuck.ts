/** Answers to fetches stop on connections that stay open: whoever reads notices by itself and connects anew. */
import { FETCH } from '../../support/kafka/proxy.ts';
import type { WorldFault } from '../fault.ts';

const SILENT_MS = 1500;
const UNDECIDED_MS = 5000;

export const F17: WorldFault = {
  id: 'F17',
  what: 'readers silently stuck',
  means: 'for 1.5 s all answers to fetches of both detectors are swallowed; the connections stay open, and wait for ever',
  undecidedMs: UNDECIDED_MS,
  async run(world, round) {
    const proxies = world.twins('detectors').flatMap((member) => member.proxies);
    await round.outage();
    await round.wait(world.between(0, 4000));
    for (const proxy of proxies) proxy.silent.add(FETCH);
    try {
      await round.wait(SILENT_MS);
    } finally {
      for (const proxy of proxies) proxy.silent.clear();
    }
    await round.paged();
    return undefined;
  },
};
