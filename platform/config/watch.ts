/** Reads the YAML again when it changed; the last good one stays in force. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { type Clock, sleep } from '../units/clock.ts';

/** The content's hash is compared, so that links swapped by an orchestrator are seen as well. */
const POLL_MS = 1000;

export interface Watch {
  /** Reads at once, without waiting for the next look. */
  now(): Promise<void>;
  stop(): Promise<void>;
}

/** Calls `changed` with the new text after each change; a file that cannot be read is left alone until it can. */
export function watchFile(path: string, { clock, changed }: { clock: Clock; changed: (text: string) => Promise<void> }): Watch {
  const stopped = new AbortController();
  let hash: string | undefined;
  async function look(): Promise<void> {
    const text = await readFile(path, 'utf8').catch(() => undefined);
    if (text === undefined) return;
    const found = createHash('sha256').update(text).digest('hex');
    if (found === hash) return;
    const first = hash === undefined;
    hash = found;
    if (!first) await changed(text);
  }
  async function poll(): Promise<void> {
    while (!stopped.signal.aborted) {
      await look();
      await sleep(clock, POLL_MS, stopped.signal);
    }
  }
  const ended = poll();
  return {
    now: look,
    async stop() {
      stopped.abort();
      await ended;
    },
  };
}
