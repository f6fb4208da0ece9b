/** Metrics' histories from the store, played by threads: each read once, a day ahead, and shown to whoever is to judge it. */
import { type CountedMetric, seriesOf } from '../../detectors/counting/metric.ts';
import { type As, type Known, knownOf, readPast } from '../../platform/store/past.ts';
import type { Store } from '../../platform/store/store.ts';
import { STRETCH_SECONDS, stretchesOf } from '../../platform/store/stretches.ts';
import { readRaises } from '../../platform/store/thresholds.ts';
import { systemClock } from '../../platform/units/clock.ts';
import { showSecond } from './backtest-words.ts';
import { UserError } from './output.ts';
import type { Played, Question, Side } from './play-thread.ts';
import { Pool, type Thread } from './pool.ts';
import { progress } from './progress.ts';

/** What is wanted of the history: seconds since the epoch, `to` the first that is left out; null: all there is. */
export interface Wanted {
  readonly from: number | null;
  readonly to: number | null;
  readonly as: As;
}

/** One history and who judges it: the YAML in force, or it and a candidate. */
export interface Play {
  readonly metric: CountedMetric;
  /** The first and the last second. */
  readonly from: number;
  readonly to: number;
  readonly as: As;
  readonly sides: readonly Side[];
  /** Whether the seconds around pages are wanted. */
  readonly pictured: boolean;
}

/** For each play one result for each of its sides, or why there is none. */
export type Results = readonly (readonly Played[] | UserError)[];

/** Plays all of them, as many at once as there are cores. */
export async function playAll(store: Store, plays: readonly Play[], label: string): Promise<Results> {
  const pool = new Pool({ beside: import.meta.url, file: './play-thread.js' });
  const total = plays.reduce((sum, { from, to }) => sum + (to + 1 - from), 0);
  const bar = await progress(label, total);
  try {
    const playing = plays.map((play) => pool.lend((thread) => playOne(store, play, thread, bar.add)).catch(told));
    return await Promise.all(playing);
  } finally {
    bar.stop();
    await pool.close();
  }
}

/** What one history lacks hinders no other. */
function told(error: unknown): UserError {
  if (error instanceof UserError) return error;
  throw error;
}

/** @throws UserError where nothing of it is known */
async function playOne(store: Store, play: Play, thread: Thread, done: (seconds: number) => void): Promise<readonly Played[]> {
  const { metric, from, to, as, sides, pictured } = play;
  const ask = <Answer>(question: Question, transfer: ArrayBuffer[] = []): Promise<Answer> => thread.ask<Answer>(question, { transfer });
  let hasBegun = false;
  const past = await readPast(store, metric, from);
  const raises = await readRaises(store, seriesOf(metric), to + 1);
  let playing: Promise<unknown> = Promise.resolve();
  for await (const { startsElsewhere, ...stretch } of stretchesOf(store, metric, { from, to, as })) {
    // The next day is read while this one is played.
    await playing;
    const [first] = stretch.seconds;
    if (first !== undefined && !hasBegun) {
      hasBegun = true;
      await ask({ is: 'begin', sides, past, raises, first, startsElsewhere, pictured });
    }
    if (first !== undefined) playing = ask({ is: 'take', stretch }, buffersOf(stretch));
    // Whoever waits for it hears of its failure.
    playing.catch(() => undefined);
    done(Math.min(STRETCH_SECONDS, to + 1 - from));
  }
  await playing;
  if (hasBegun) return ask<readonly Played[]>({ is: 'end' });
  throw new UserError(`nothing of ${metric.name} is known in these seconds: Plummet was blind.`, { hint: 'Name others.' });
}

function buffersOf({ seconds, counts, shares }: Record<'seconds' | 'counts' | 'shares', Float64Array>): ArrayBuffer[] {
  return [seconds, counts, shares].map(({ buffer }) => buffer as ArrayBuffer);
}

/** What of the wanted seconds there is. @throws UserError where there is none */
export async function rangeOf(store: Store, metric: CountedMetric, { from, to }: Wanted): Promise<Known> {
  const end = Math.floor(systemClock.wall() / 1000);
  const all = await knownOf(store, metric, 0, end + 1);
  if (all.rows === 0) {
    const hint =
      '`plummet start` keeps it from now on; `plummet import` brings what is known elsewhere. A changed filter begins a new one.';
    throw new UserError(`there is no history of ${metric.name} as the YAML counts it.`, { hint });
  }
  const found = await knownOf(store, metric, from ?? all.from, to ?? all.to + 1);
  if (found.rows > 0) return found;
  const span = `${showSecond(from ?? all.from)} to ${showSecond(to ?? all.to)}`;
  const hint = `Its history reaches from ${showSecond(all.from)} to ${showSecond(all.to)} UTC.`;
  throw new UserError(`there is no second of ${metric.name} from ${span} UTC.`, { hint });
}
