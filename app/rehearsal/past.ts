/** A past for the demo, once: decided before anything runs, and written down so that a restart goes on where it stopped. */

import type { People } from '../../alerting/oncall/contact.ts';
import { seriesOf } from '../../detectors/counting/metric.ts';
import type { ConfiguredMetric } from '../../platform/config/load.ts';
import type { EventLog } from '../../platform/eventlog/eventlog.ts';
import type { Store } from '../../platform/store/store.ts';
import { journalRecord } from '../../platform/topics/incidents.ts';
import type { Topics } from '../../platform/topics/topic.ts';
import type { Clock } from '../../platform/units/clock.ts';
import { rehearse, weeksToShown } from '../rehearsal.ts';
import { fillWeeks } from './fill.ts';
import { outageJournal, type Rehearsed } from './journal.ts';
import { keepMadeUp, type MadeUp, readMadeUp } from './record.ts';

/** Types of the events that the shop sends. */
const SHOP: ReadonlySet<string> = new Set(['order.placed', 'payment.taken', 'user.registered', 'search.run']);

export interface PastOptions {
  /** The data folder. */
  readonly folder: string;
  readonly metrics: readonly ConfiguredMetric[];
  readonly people: People;
  readonly clock: Clock;
}

export class DemoPast {
  readonly #options: PastOptions;
  #isNew = false;
  #madeUp: MadeUp = { weeks: null, journal: null, shown: [] };

  constructor(options: PastOptions) {
    this.#options = options;
  }

  /** Before any step reads. @param now  milliseconds since the epoch */
  async rehearse(log: EventLog, topics: Topics, now: number): Promise<void> {
    const { folder, metrics } = this.#options;
    // What is made up is written down before it is told.
    await this.#keep((await readMadeUp(folder)) ?? (await this.#begin(log, topics, now)));
    await rehearse({ log, topics, metrics, now, about: (span) => this.#keep({ ...this.#madeUp, shown: [...this.#madeUp.shown, span] }) });
    await this.#tellOutage(log, topics);
  }

  /** Of history, for a person: while it is being written there is no size to tell. */
  get said(): { past?: string } {
    return this.#isNew && this.#madeUp.weeks ? { past: 'two weeks are being rehearsed' } : {};
  }

  /** Resolves when the weeks are in the store, or `signal` aborts. */
  fill(store: Store, signal: AbortSignal): Promise<void> {
    const { metrics, clock } = this.#options;
    const series = wholeTypes(metrics).map((metric) => ({ series: seriesOf(metric), event: metric.event }));
    return fillWeeks({ store, madeUp: this.#madeUp, series, clock, signal });
  }

  /** Only where nobody ever counted or paged there are weeks to make up. */
  async #begin(log: EventLog, topics: Topics, now: number): Promise<MadeUp> {
    const ends = await Promise.all([topics.signals, topics.incidents].map((topic) => log.ends(topic)));
    this.#isNew = ends.every((byPartition) => [...byPartition.values()].every((end) => end === 0));
    return { weeks: this.#isNew ? weeksToShown(Math.floor(now / 1000)) : null, journal: null, shown: [] };
  }

  /** Where a start was killed among these lines the rest follows now, so that the incident is over for everybody who reads. */
  async #tellOutage(log: EventLog, topics: Topics): Promise<void> {
    const { weeks } = this.#madeUp;
    if (weeks === null) return;
    const { metrics, people } = this.#options;
    const journal = this.#madeUp.journal ?? outageJournal(weeks, watched(metrics), Object.keys(people)[0]);
    if (this.#madeUp.journal === null) await this.#keep({ ...this.#madeUp, journal });
    const told = (await log.ends(topics.incidents)).get(0) ?? 0;
    const untold = journal.slice(told);
    if (untold.length > 0) await log.append(topics.incidents, untold.map(journalRecord));
  }

  async #keep(madeUp: MadeUp): Promise<void> {
    this.#madeUp = madeUp;
    await keepMadeUp(this.#options.folder, madeUp);
  }
}

/** Those that wake people and fall with the orders, which come first. */
function watched(metrics: readonly ConfiguredMetric[]): Rehearsed[] {
  const fallen = ['order.placed', 'payment.taken'].flatMap((type) =>
    wholeTypes(metrics).filter(({ event, critical }) => critical && event === type),
  );
  return fallen.map((metric) => ({ ...metric, series: seriesOf(metric) }));
}

/** Metrics of which whole types of the shop's events are counted. */
function wholeTypes(metrics: readonly ConfiguredMetric[]): ConfiguredMetric[] {
  return metrics.filter(({ event, where, value }) => SHOP.has(event) && where === undefined && value === undefined);
}
