/** Reads the YAML, or a calendar that it names, again when it changed, however it was saved; the last good one stays in force. */
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { type Clock, sleep } from '../units/clock.ts';

/** Asking for the file's state, by its name, needs no notifications of the system: it works through links and on network disks as well. */
const POLL_MS = 200;
/** Every so many looks it is read whatever its state says: some disks keep times by the second. */
const LOOKS_UNREAD_MAX = 5;
/** A file is whole when it reads the same after this time. Editors that empty it before they write have longer. */
const SETTLED_MS = 40;
const SETTLED_LOOKS_MAX = 10;
/** Whoever saves a file under another name and renames it leaves none for a moment. */
const LOOKS_AWAY = 2;

export interface WatchOptions {
  readonly clock: Clock;
  /** What is known of the file already: what differs from it is a change; null: there is none. */
  readonly text: string | null;
  readonly changed: () => Promise<void>;
  /** That it went away is a change, too. */
  readonly tellsGone?: boolean;
}

export interface Watch {
  stop(): Promise<void>;
}

/** Calls `changed` after each change; a file that cannot be read is left alone until it can, unless its absence is to be told. */
export function watchFile(path: string, { clock, text: known, changed, tellsGone = false }: WatchOptions): Watch {
  const stopped = new AbortController();
  let hash = known === null ? GONE : hashOf(known);
  let state = '';
  let unread = 0;
  let away = 0;
  async function look(): Promise<void> {
    const found = await stateOf(path);
    away = found === undefined ? away + 1 : 0;
    if (tellsGone && away === LOOKS_AWAY && hash !== GONE) {
      hash = GONE;
      await changed();
    }
    if (found === undefined || (found === state && unread < LOOKS_UNREAD_MAX)) {
      unread++;
      return;
    }
    state = found;
    unread = 0;
    const read = await readFile(path, 'utf8').catch(() => undefined);
    if (read === undefined || hashOf(read) === hash) return;
    hash = hashOf(await settled(read));
    if (!stopped.signal.aborted) await changed();
  }
  async function settled(first: string): Promise<string> {
    let text = first;
    for (let looks = 0; looks < SETTLED_LOOKS_MAX; looks++) {
      await sleep(clock, SETTLED_MS, stopped.signal);
      const again = await readFile(path, 'utf8').catch(() => '');
      if (again === text && text !== '') return text;
      text = again;
    }
    return text;
  }
  async function poll(): Promise<void> {
    while (!stopped.signal.aborted) {
      await look();
      await sleep(clock, POLL_MS, stopped.signal);
    }
  }
  const ended = poll();
  return {
    async stop() {
      stopped.abort();
      await ended;
    },
  };
}

/** Another file under the name, another length or another time. */
async function stateOf(path: string): Promise<string | undefined> {
  try {
    const { ino, dev, size, mtimeMs, ctimeMs } = await stat(path);
    return [dev, ino, size, mtimeMs, ctimeMs].join(' ');
  } catch {
    return undefined;
  }
}

const GONE = '';

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');
