/** The files of an event log cut short and with flipped bits at any place: what is whole is read, what is not is said, nothing throws. */
import { cpSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { topics } from '../../../platform/topics/topic.ts';
import { inEventLog, recordsOf } from '../../support/books.ts';
import { temporaryFolder } from '../../support/process.ts';
import type { LoneFault } from '../fault.ts';
import { FileWorld } from '../file-world.ts';

const RUNS_MS = 3000;
const DAMAGES = 100;

export const F30: LoneFault = {
  id: 'F30',
  what: 'files of the event log damaged',
  means: `${DAMAGES} copies of the files of a process that was killed, each cut or with a flipped bit at a random place`,
  async runAlone(random) {
    const folder = temporaryFolder();
    const world = new FileWorld(folder.path, random);
    const copy = join(folder.path, 'copy');
    const problems: string[] = [];
    try {
      await world.start();
      world.produce();
      await pause(RUNS_MS);
      const verdict = await world.verdict();
      const all = await read(world.data);
      let fewer = 0;
      for (let damage = 0; damage < DAMAGES; damage++) {
        rmSync(copy, { recursive: true, force: true });
        cpSync(world.data, copy, { recursive: true });
        const what = damaged(join(copy, 'log'), random);
        try {
          const found = await read(copy);
          const strange = [...found].filter(([place, value]) => all.get(place) !== value);
          if (strange.length > 0) problems.push(`${what}: ${strange.length} records that nobody appended`);
          if (found.size < all.size) fewer++;
        } catch (error) {
          problems.push(`${what}: ${String(error)}`);
        }
      }
      return { ...verdict, problems, figure: { text: `${DAMAGES} damages, ${fewer} cost records`, ok: problems.length === 0 } };
    } finally {
      await world.end();
      folder.remove();
    }
  },
};

async function read(data: string): Promise<Map<string, string>> {
  const { events } = topics();
  const records = await inEventLog(data, (log) => recordsOf(log, events));
  return new Map(records.map(({ partition, offset, value }) => [`${partition}@${offset}`, value]));
}

/** Of one segment of topic `events`. */
function damaged(folder: string, random: () => number): string {
  const files = readdirSync(folder, { recursive: true })
    .map(String)
    .filter((name) => /events/.test(name) && /\d/.test(name));
  const sized = files.map((name) => join(folder, name)).filter((path) => isFile(path));
  const path = sized[Math.floor(random() * sized.length)] as string;
  const bytes = readFileSync(path);
  const at = Math.floor(random() * bytes.length);
  if (random() < 0.5) truncateSync(path, at);
  else writeFileSync(path, bytes.with(at, (bytes[at] as number) ^ (1 << Math.floor(random() * 8))));
  return `${path.slice(folder.length + 1)} at ${at}`;
}

function isFile(path: string): boolean {
  try {
    return readFileSync(path).length > 0;
  } catch {
    return false;
  }
}
