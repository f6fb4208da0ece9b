/** What was learned of the thresholds of many series, and from which second each of it holds. */
import type { Signal } from '../../platform/topics/signals.ts';
import type { LearnedThreshold } from '../../platform/topics/thresholds.ts';
import type { PageWhen } from '../steep-drop/page-when.ts';
import { historyFacts, isFor, raisedAt } from './learned.ts';

export class Raises {
  readonly #newest = new Map<string, LearnedThreshold>();
  /** Those that hold from a later second on. */
  #coming: LearnedThreshold[] = [];

  /** @param second  the last one that was decided on */
  add(learned: LearnedThreshold, second: number): void {
    this.#newest.set(learned.series, learned);
    this.#coming = this.#coming.filter(({ series }) => series !== learned.series);
    if (learned.from > second + 1) this.#coming.push(learned);
  }

  newest(series: string): LearnedThreshold | undefined {
    return this.#newest.get(series);
  }

  /** Series whose threshold may be another one from this second on; each once. */
  dueAt(second: number): string[] {
    if (this.#coming.length === 0) return NONE;
    const due = this.#coming.filter(({ from }) => from <= second).map(({ series }) => series);
    if (due.length > 0) this.#coming = this.#coming.filter(({ from }) => from > second);
    return due;
  }

  /** The metric as its detector is tuned in a second. */
  tuned<T extends { readonly pageWhen: PageWhen; readonly learns?: boolean }>(metric: T, series: string, second: number): T {
    const learned = metric.learns ? this.#newest.get(series) : undefined;
    return { ...metric, pageWhen: raisedAt(metric.pageWhen, learned, second) };
  }

  /** Beside its outlook a signal tells what was learned for these limits. */
  told(signal: Signal): Signal {
    const { outlook, series } = signal;
    const learned = this.#newest.get(series);
    if (!outlook || !isFor(learned, outlook.pageWhen as unknown as PageWhen)) return signal;
    return { ...signal, outlook: { ...outlook, history: historyFacts(learned) } };
  }
}

const NONE: string[] = [];
