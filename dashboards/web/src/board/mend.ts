/** Holes in the picture are filled from the history: seconds that no stream told, because no server that was asked remembered them. */
import type { MetricInfo, RatesAnswer } from '../../../live-frames.ts';
import { spanOf } from '../picture/span.ts';
import type { Track } from './track.ts';

/** A second that was not told so long after its neighbours is not coming by itself. */
const AWAITED_SECONDS = 10;
/** What the history does not know now it may know later; after so many times it never will. */
const ASKED_TIMES_MAX = 4;
const AGAIN_MS = 4000;
const ANSWER_MS = 10_000;

export class Mending {
  readonly #tracks: ReadonlyMap<string, Track>;
  readonly #filled: () => void;
  /** By metric and second: how often it was asked for, and from when on (steady ms) it may be again. */
  readonly #asked = new Map<string, Map<number, { times: number; nextAt: number }>>();
  #isBusy = false;

  /** @param filled  called when pictures have changed */
  constructor(tracks: ReadonlyMap<string, Track>, filled: () => void) {
    this.#tracks = tracks;
    this.#filled = filled;
  }

  /** Asks for what is missing. @param from  no stream tells anything before this second (epoch); null: who knows */
  async mend(from: number | null): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    try {
      for (const track of [...this.#tracks.values()]) await this.#fill(track, from);
    } finally {
      this.#isBusy = false;
    }
  }

  async #fill(track: Track, from: number | null): Promise<void> {
    const { name } = track.info;
    const missing = this.#worthAsking(name, track, from);
    const [first] = missing;
    const last = missing.at(-1);
    if (first === undefined || last === undefined) return;
    const answer = await ratesOf(track.info, first, last + 1);
    const now = this.#tracks.get(name);
    if (!answer || !now) return;
    const span = spanOf(answer);
    span.n.forEach((_, i) => {
      now.fill(span.from + i, span, i);
    });
    this.#filled();
  }

  #worthAsking(name: string, track: Track, from: number | null): number[] {
    const now = performance.now();
    const known = this.#asked.get(name);
    const asked = new Map<number, { times: number; nextAt: number }>();
    const missing: number[] = [];
    for (const second of track.holes(Math.max(from ?? 0, track.newest - AWAITED_SECONDS))) {
      const before = known?.get(second) ?? { times: 0, nextAt: 0 };
      const isDue = before.times < ASKED_TIMES_MAX && now >= before.nextAt;
      if (isDue) missing.push(second);
      asked.set(second, isDue ? { times: before.times + 1, nextAt: now + AGAIN_MS * 2 ** before.times } : before);
    }
    this.#asked.set(name, asked);
    return missing;
  }
}

async function ratesOf({ name }: MetricInfo, from: number, to: number): Promise<RatesAnswer | null> {
  const query = new URLSearchParams({ from: new Date(from * 1000).toISOString(), to: new Date(to * 1000).toISOString(), step: '1s' });
  try {
    const response = await fetch(`/api/metrics/${encodeURIComponent(name)}/rates?${query}`, { signal: AbortSignal.timeout(ANSWER_MS) });
    return response.ok ? ((await response.json()) as RatesAnswer) : null;
  } catch {
    return null;
  }
}
