/** A metric's history from the store in stretches, for whoever plays it: read ahead, with the joint where another began to count. */
import type { Stretch } from '../../detectors/backtest/stretch.ts';
import type { CountedMetric } from '../../detectors/counting/metric.ts';
import { type As, isOurs, type StoredSeconds, secondsOf } from './past.ts';
import type { Store } from './store.ts';

export interface StretchesRange {
  /** The first and the last second. */
  readonly from: number;
  readonly to: number;
  readonly as: As;
}

export interface StoredStretch extends Stretch {
  /** Whether its first second was counted elsewhere. */
  readonly startsElsewhere: boolean;
}

/** Read ahead while what came before is played. */
export const STRETCH_SECONDS = 86_400;

/** One for each day, in order, also where nothing is known of it: then it is empty. */
export async function* stretchesOf(store: Store, metric: CountedMetric, { from, to, as }: StretchesRange): AsyncGenerator<StoredStretch> {
  const read = (at: number): Promise<StoredSeconds> =>
    secondsOf(store, metric, { from: at, to: Math.min(to + 1, at + STRETCH_SECONDS), as, atOnce: STRETCH_SECONDS });
  let coming = read(from);
  let wasElsewhere = false;
  for (let at = from; at <= to; at += STRETCH_SECONDS) {
    const page = await coming;
    if (at + STRETCH_SECONDS <= to) {
      coming = read(at + STRETCH_SECONDS);
      // It is waited for later: until then nobody hears of its failure.
      coming.catch(() => undefined);
    }
    const [first] = page.seconds;
    const joint = first !== undefined && wasElsewhere && !page.startsElsewhere ? first : page.joint;
    const anewAt = joint !== null && !(await isOurs(store, metric, joint)) ? joint : null;
    if (first !== undefined) wasElsewhere = page.endsElsewhere;
    const { seconds, counts, shares, startsElsewhere } = page;
    yield {
      seconds: Float64Array.from(seconds),
      counts: Float64Array.from(counts),
      shares: Float64Array.from(shares),
      anewAt,
      startsElsewhere,
    };
  }
}
