/** The store as screens ask it: a few questions at once, each answered in time or not at all, and in words why not. */
import { type HistorySteps, historyOf } from '../../platform/store/metric-history.ts';
import type { Store } from '../../platform/store/store.ts';
import type { Telemetry } from '../../platform/telemetry/catalogue.ts';
import { atMost } from '../../platform/units/at-most.ts';
import type { Clock } from '../../platform/units/clock.ts';
import type { Unread } from './joined.ts';
import type { RatesRange } from './rates.ts';

export interface PastOptions {
  /** Null where no history is kept. */
  readonly store: Store | null;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  readonly isSum: (series: string) => boolean;
}

/** A screen waits no longer for history; what memory knows is drawn then. */
const ANSWER_MS_MAX = 2000;
/** What fills the store uses the same connections. */
const READS_MAX = 2;
const NONE = 'No history is kept (`store: none`): this is what has been seen in the last three hours.';
const SLOW = `History did not answer within ${ANSWER_MS_MAX / 1000} s: this is what has been seen in the last three hours. Ask again.`;

export class Past {
  readonly #options: PastOptions;
  readonly #waiting: (() => void)[] = [];
  #reads = 0;
  /** Reads that nobody waits for any more: while all places are theirs, nobody waits at all. */
  #late = 0;

  constructor(options: PastOptions) {
    this.#options = options;
  }

  /** Never rejects, and never takes longer than two seconds. */
  async read(metric: string, range: Pick<RatesRange, 'from' | 'to' | 'stepSeconds'>): Promise<HistorySteps | Unread> {
    const { store, clock, telemetry, isSum } = this.#options;
    if (!store) return { unread: NONE };
    if (this.#late >= READS_MAX) return this.#unread('busy', SLOW);
    const asked = { isOver: false, isRead: false };
    let found: HistorySteps | Unread = { unread: SLOW };
    const reading = this.#inTurn(asked, async () => {
      found = await historyOf(store, { metric, ...range, isSum }).catch((error: Error) => {
        telemetry.historyIncomplete({ why: 'away' });
        return { unread: `History cannot be reached: this is what has been seen in the last three hours. ${error.message}` };
      });
    });
    if (await atMost(clock, ANSWER_MS_MAX, reading)) return found;
    asked.isOver = true;
    if (asked.isRead) {
      this.#late++;
      void reading.finally(() => this.#late--);
    }
    return this.#unread('slow', SLOW);
  }

  #unread(why: 'busy' | 'slow', unread: string): Unread {
    this.#options.telemetry.historyIncomplete({ why });
    return { unread };
  }

  async #inTurn(asked: { readonly isOver: boolean; isRead: boolean }, work: () => Promise<void>): Promise<void> {
    while (this.#reads >= READS_MAX) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    if (asked.isOver) return this.#waiting.shift()?.();
    asked.isRead = true;
    this.#reads++;
    try {
      await work();
    } finally {
      this.#reads--;
      this.#waiting.shift()?.();
    }
  }
}
