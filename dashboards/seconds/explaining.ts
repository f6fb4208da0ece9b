/** Why a second paged or not, from memory and the store: one question at a time, worked on beside what pages people. */
import { seriesOf } from '../../detectors/counting/metric.ts';
import type { PastSeconds } from '../../detectors/past/past.ts';
import { type AskedMetric, explainSecond, type Memory, type SecondExplained } from '../../platform/store/explain-second.ts';
import type { Store } from '../../platform/store/store.ts';
import { atMost } from '../../platform/units/at-most.ts';
import type { Clock } from '../../platform/units/clock.ts';
import { inSlices } from '../../platform/units/slices.ts';
import type { SeriesSeconds } from './series-seconds.ts';

export interface ExplainingOptions {
  readonly clock: Clock;
  /** Null where no history is kept: memory alone is asked. */
  readonly store: Store | null;
  /** What was decided of a series lately; null: nothing. */
  readonly decided: (series: string) => SeriesSeconds | null;
}

/** Why there is no answer. */
export interface Unanswered {
  readonly is: 'busy' | 'slow' | 'away';
  readonly why: string;
}

/** Each takes a quarter of a second of work, and twice that in time. */
const WAITING_MAX = 8;
/** Well before a connection on which nothing went for 10 s is ended: whoever asks is told why, not cut off. */
const ANSWER_MS_MAX = 8000;

export class Explaining {
  readonly #options: ExplainingOptions;
  #waiting = 0;
  #before: Promise<unknown> = Promise.resolve();

  constructor(options: ExplainingOptions) {
    this.#options = options;
  }

  /** Never rejects, and never takes longer than 8 s. */
  async explain(metric: AskedMetric, second: number): Promise<SecondExplained | Unanswered> {
    const { clock } = this.#options;
    if (this.#waiting >= WAITING_MAX) return { is: 'busy', why: `${WAITING_MAX} others ask already. Ask again in some seconds.` };
    this.#waiting++;
    const given = new AbortController();
    let found: SecondExplained | Unanswered = { is: 'slow', why: `History did not answer within ${ANSWER_MS_MAX / 1000} s. Ask again.` };
    const asked = this.#before
      .then(async () => {
        if (!given.signal.aborted) found = await this.#ask(metric, second, given.signal);
      })
      .finally(() => this.#waiting--);
    this.#before = asked;
    await atMost(clock, ANSWER_MS_MAX, asked);
    given.abort();
    return found;
  }

  async #ask(metric: AskedMetric, second: number, given: AbortSignal): Promise<SecondExplained | Unanswered> {
    const { clock, store, decided } = this.#options;
    const seconds = decided(seriesOf(metric));
    const work = (step: () => boolean): Promise<void> => inSlices(clock, step, given);
    try {
      return await explainSecond({ metric, second, store, work, ...(seconds && { memory: memoryOf(seconds) }) });
    } catch (error) {
      return { is: 'away', why: `History cannot be reached, and without it nobody knows what was usual. ${(error as Error).message}` };
    }
  }
}

function memoryOf(seconds: SeriesSeconds): Memory {
  return {
    shown(from, to) {
      const { span } = seconds;
      const known: { seconds: number[]; counts: number[]; shares: number[] } & PastSeconds = { seconds: [], counts: [], shares: [] };
      for (let second = Math.max(from, span.from); second < Math.min(to, span.to); second++) {
        const shown = seconds.shown(second);
        if (!shown) continue;
        known.seconds.push(second);
        known.counts.push(shown.n);
        known.shares.push(shown.share);
      }
      return known;
    },
    decided(second) {
      const { state, steepness, derivative } = seconds.at(second, null);
      return state && { state, steepness, derivative };
    },
  };
}
