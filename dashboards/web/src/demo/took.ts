/** How many orders the demo shop took since it was started: asked for once, then added up as they come. */
import { signal } from '@preact/signals';
import type { RatesAnswer } from '../../../live-frames.ts';
import { hello, newest, time, tracks } from '../board/board.ts';

/** Beyond this the server has forgotten the first of them. */
const HOURS_MAX_MS = 3 * 3_600_000;

/** Events from the shop's start (ms) until `second` (epoch); null until known. */
const asked = signal<{ readonly total: number; readonly second: number; readonly startedAt: number } | null>(null);
let asking = false;

/** @returns the metric's name, how many, and in how long (ms); null where that is not known */
export function tookSince(): { readonly name: string; readonly total: number; readonly ms: number } | null {
  const startedAt = hello.value?.demo?.startedAt;
  const name = hello.value?.metrics[0]?.name;
  const track = name === undefined ? undefined : tracks.get(name);
  const until = newest.value?.second;
  if (startedAt === undefined || name === undefined || !track || until === undefined) return null;
  // Before the first second since the start is decided there is nothing to ask for.
  if (until * 1000 <= startedAt || time.now() - startedAt > HOURS_MAX_MS) return null;
  const base = asked.value;
  if (base?.startedAt !== startedAt || until - base.second > track.n.length) {
    void ask(name, startedAt, until);
    return null;
  }
  let total = base.total;
  for (let second = base.second; second <= until; second++) total += track.n[second - track.from] ?? 0;
  return { name, total, ms: (until + 1) * 1000 - startedAt };
}

async function ask(name: string, startedAt: number, until: number): Promise<void> {
  if (asking) return;
  asking = true;
  try {
    const query = new URLSearchParams({ from: new Date(startedAt).toISOString(), to: new Date(until * 1000).toISOString(), step: '10s' });
    const response = await fetch(`/api/metrics/${encodeURIComponent(name)}/rates?${query}`);
    if (!response.ok) return;
    const { counts } = (await response.json()) as RatesAnswer;
    asked.value = { total: counts.reduce<number>((sum, n) => sum + (n ?? 0), 0), second: until, startedAt };
  } catch {
    // Asked again with the next second.
  } finally {
    asking = false;
  }
}
