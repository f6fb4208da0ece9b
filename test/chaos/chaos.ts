/** A whole chaos run: the rows in the order that the seed has them, as many as fit. */
import { prng } from '../support/prng.ts';
import type { Fault, LoneFault, WorldFault } from './fault.ts';
import type { Verdict } from './judge.ts';
import { liveAlone, Run, unplayed } from './run.ts';
import { holds } from './table.ts';
import { World } from './world.ts';

export interface ChaosOptions {
  readonly faults: readonly Fault[];
  readonly seed: number;
  /** The whole takes no longer. */
  readonly seconds: number;
  readonly say: (line: string) => void;
  readonly signal?: AbortSignal;
}

export interface ChaosResult {
  readonly seed: number;
  readonly eventsPerSecond: number;
  readonly rows: readonly Verdict[];
  /** Rows that time did not allow. */
  readonly notFitting: readonly string[];
}

const ROW_SECONDS_MAX = 100;
/** For the last judgement and the end of all processes. */
export const END_SECONDS = 60;

const isAlone = (fault: Fault): fault is LoneFault => 'runAlone' in fault;

export async function chaos({ faults, seed, seconds, say, signal }: ChaosOptions): Promise<ChaosResult> {
  const deadline = performance.now() + (seconds - END_SECONDS) * 1000;
  const random = prng(seed);
  const order = faults.map((fault) => ({ fault, at: random() })).sort((a, b) => a.at - b.at);
  const notFitting: string[] = [];
  const fits = ({ id, secondsMax = ROW_SECONDS_MAX }: Fault): boolean => {
    const enough = !signal?.aborted && performance.now() + secondsMax * 1000 <= deadline;
    if (!enough) notFitting.push(id);
    return enough;
  };
  say(`seed ${seed}, ${faults.length} rows`);
  const rows: Verdict[] = [];
  for (const { fault } of order) if (isAlone(fault) && fits(fault)) rows.push(told(await liveAlone(fault, random), say));
  const together = order.flatMap(({ fault }) => (isAlone(fault) ? [] : [fault]));
  const lived = together.length > 0 ? await inWorld(together) : { rows: [], eventsPerSecond: 0 };
  const all = [...lived.rows, ...rows].sort((a, b) => a.id.localeCompare(b.id));
  return { seed, eventsPerSecond: lived.eventsPerSecond, rows: all, notFitting };

  async function inWorld(some: readonly WorldFault[]): Promise<{ rows: Verdict[]; eventsPerSecond: number }> {
    const world = await World.open(seed);
    say('the world is steady');
    const isOver = new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve()));
    try {
      const run = new Run(world, say);
      const broken: Verdict[] = [];
      for (const fault of some) {
        if (broken.length > 0) notFitting.push(fault.id);
        if (broken.length > 0 || !fits(fault)) continue;
        const verdict = await Promise.race([run.live(fault).catch((error: unknown) => unplayed(fault, error)), isOver]);
        if (verdict) told(verdict, say);
        if (verdict?.isUnplayed) broken.push(verdict);
      }
      return { rows: [...(await run.judgeAll()), ...broken], eventsPerSecond: run.eventsPerSecond };
    } finally {
      await world.close();
    }
  }
}

function told(verdict: Verdict, say: (line: string) => void): Verdict {
  const { id, delayMs, tookMs, figure, problems } = verdict;
  const delay = delayMs === null ? '' : `, paged after ${(delayMs / 1000).toFixed(1)} s`;
  say(`   ${holds(verdict) ? 'holds' : 'DOES NOT HOLD'}${delay}${figure ? `, ${figure.text}` : ''} (${Math.round(tookMs / 1000)} s)`);
  for (const problem of problems) say(`   ${id}: ${problem}`);
  return verdict;
}
