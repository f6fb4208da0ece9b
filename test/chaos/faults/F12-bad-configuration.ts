/** A YAML that is wrong: refused by those that run, which go on with the old one; a start with it ends at once. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { plummet } from '../../support/process.ts';
import type { WorldFault } from '../fault.ts';

const WRONG_MS = 6000;
const EXIT_MS = 1000;

export const F12: WorldFault = {
  id: 'F12',
  what: 'a wrong configuration',
  means: 'the YAML of all processes is spoilt for some seconds, and a process is started with it three times',
  async run(world, round) {
    const path = join(world.folder.path, 'plummet.yaml');
    const right = readFileSync(path, 'utf8');
    const codes: (number | null)[] = [];
    let longestMs = 0;
    writeFileSync(path, right.replace('kind: write', 'kind: wrote'));
    try {
      await round.outage();
      for (let start = 0; start < 3; start++) {
        const since = performance.now();
        const { code } = await plummet(['start', '--config', path, '--data', join(world.folder.path, 'none'), '--port', '0']);
        codes.push(code);
        longestMs = Math.max(longestMs, performance.now() - since);
      }
      await round.wait(WRONG_MS);
    } finally {
      writeFileSync(path, right);
    }
    await round.paged();
    const running = [...world.members.values()].filter(({ lives }) => lives).length;
    const ok = codes.every((code) => code === 1) && longestMs <= 5 * EXIT_MS && running === world.members.size;
    return { text: `exit ${[...new Set(codes)].join(', ')} in ${(longestMs / 1000).toFixed(1)} s, ${running} go on`, ok };
  },
};
