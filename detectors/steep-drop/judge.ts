/** Of all pairs that are sure, the steepest that is also deep, fast and still down: that one pages. */
import { deep } from './deep.ts';
import { type Dispersion, neighbours } from './dispersion.ts';
import { fast, type Limits } from './fast.ts';
import type { PageWhen } from './page-when.ts';
import { REFERENCES, type Seconds } from './rate.ts';
import type { Pair } from './scan.ts';
import { stillDown } from './still-down.ts';

export interface Circumstances {
  readonly seconds: Seconds;
  readonly dispersion: Dispersion;
  readonly pageWhen: PageWhen;
  readonly limits: Omit<Limits, 'withinSeconds'>;
  /** Events/s, null = not known. */
  readonly hour: number | null;
  readonly day: number | null;
}

export function pagingPair(pairs: readonly Pair[], circumstances: Circumstances): Pair | null {
  let steepest: Pair | null = null;
  for (const pair of pairs) {
    if (steepest && pair.steepness >= steepest.steepness) continue;
    if (pages(pair, circumstances)) steepest = pair;
  }
  return steepest;
}

function pages(pair: Pair, { seconds, dispersion, pageWhen, limits, hour, day }: Circumstances): boolean {
  const { drop, forSeconds } = pageWhen;
  const noise = leastDispersion(dispersion, pair);
  if (!deep(pair, { hour, day }, drop, noise).holds) return false;
  const known = [hour, day].filter((normal) => normal !== null);
  const normal = known.length > 0 ? Math.min(...known) : pair.usual;
  const rate = pair.recent / pair.exposure;
  const dispersionAt = (window: number): number => dispersion.of(Math.max(0, window) * REFERENCES.length, pair.usual);
  const withinSeconds = withinAt(pair.usual, pageWhen);
  if (!fast(seconds, { ...pair, rate, normal, dispersionAt }, { ...limits, withinSeconds }).holds) return false;
  const upper = Math.min(pair.usual, ...known);
  return stillDown(seconds, { window: pair.window, rate, upper }, drop, forSeconds).holds;
}

/**
 * How long the fall may take, s. Percent mean the same at any rate; a literal derivative in events/s² does not.
 *
 * @param usual  events/s of the reference
 */
function withinAt(usual: number, { drop, withinSeconds, eventsPerSecond2 }: PageWhen): number {
  if (eventsPerSecond2 === undefined) return withinSeconds;
  return Math.max(1, Math.min(withinSeconds, (drop * usual) / -eventsPerSecond2));
}

/** The lesser of the window's two short references: their noise is known soonest. */
function leastDispersion(dispersion: Dispersion, { window, usual }: Pair): number {
  const [, longer] = neighbours(window);
  const pair = longer * REFERENCES.length;
  return Math.min(dispersion.of(pair, usual), dispersion.of(pair + 1, usual));
}
