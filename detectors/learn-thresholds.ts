/** Learns what each series' history asks of its threshold: read beside the paging path, played in slices, told to all by topic config. */
import type { EventLog } from '../platform/eventlog/eventlog.ts';
import type { StoreError } from '../platform/store/problem.ts';
import type { Telemetry } from '../platform/telemetry/catalogue.ts';
import { thresholdRecord } from '../platform/topics/thresholds.ts';
import type { Topic } from '../platform/topics/topic.ts';
import { type Clock, SteadyTime, sleep } from '../platform/units/clock.ts';
import { hash53 } from './counting/hash.ts';
import type { CountedMetric } from './counting/metric.ts';
import type { Deciding, Learner } from './deciding.ts';
import type { PastSeconds } from './past/past.ts';
import type { Fitted } from './tail/fit.ts';
import { HISTORY_DAYS_MIN } from './tail/fit.ts';
import { askedOf, isFor, learnedFrom } from './tail/learned.ts';
import { LEARNING_SECONDS, type Span, Tail } from './tail/tail.ts';

export interface HistorySeconds extends PastSeconds {
  /** The first second that Plummet counted itself after one that was counted elsewhere; null where there is none. */
  readonly joint: number | null;
  readonly startsElsewhere: boolean;
  readonly endsElsewhere: boolean;
}

/** Whoever keeps history. All may take long, or fail. Seconds since the epoch; `to` is left out. */
export interface HistorySource {
  /** The first second that is known of the range; 0: none. */
  firstOf(metric: CountedMetric, from: number, to: number): Promise<number>;
  /** As they were decided on. */
  secondsOf(metric: CountedMetric, from: number, to: number): Promise<HistorySeconds>;
  /** What is no evidence: known incidents of the series, and what was made up. */
  leftOut(metric: CountedMetric, from: number, to: number): Promise<readonly Span[]>;
}

export interface LearningOptions {
  readonly source: HistorySource;
  readonly log: EventLog;
  readonly topic: Topic;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  /** This process. */
  readonly by: string;
  readonly stopping: AbortSignal;
}

const LOOK_MS = 10_000;
/** After a start there is other work to do; each process looks at another moment, so that one of two finds it done. */
const FIRST_MS = 120_000;
const SPREAD_MS = 300_000;
/** A tail is fitted anew so often. */
const EVERY_SECONDS = 86_400;
const AGAIN_MS = 600_000;
const DAY_SECONDS = 86_400;
/** Longer ago the metric was another one. */
const HISTORY_SECONDS = 28 * DAY_SECONDS;
/** The store is behind by seconds. */
const BEHIND_SECONDS = 60;
/** Long enough that every process has read it before it holds. */
const AHEAD_SECONDS = 5;
/** Asked for at once: two milliseconds of JSON. */
const PAGE_SECONDS = 4 * 3600;
/** On one loop with what pages people: never longer at a time, and never more than half of the time. */
const WORK_MS_MAX = 4;
const STEPS_AT_ONCE = 250;
/** Tails that are kept, to go on from tomorrow; others are played anew. */
const KEPT_MAX = 100;

interface Kept {
  readonly asked: string;
  readonly tail: Tail;
  wasElsewhere: boolean;
}

export class ThresholdLearner {
  readonly #options: LearningOptions;
  readonly #time: SteadyTime;
  readonly #kept = new Map<string, Kept>();
  /** Monotonic ms from which on a series may be looked at. */
  readonly #dueAt = new Map<string, number>();
  readonly #told = new Map<string, string>();
  #isBusy = false;
  #lookAt = 0;

  constructor(options: LearningOptions) {
    this.#options = options;
    this.#time = new SteadyTime(options.clock);
  }

  /** To be called often; it waits for nothing. One series at a time. */
  look(deciders: readonly Deciding[]): void {
    const now = this.#options.clock.monotonic();
    if (this.#isBusy || now < this.#lookAt) return;
    this.#lookAt = now + LOOK_MS;
    const second = Math.floor(this.#time.now() / 1000);
    for (const { learners } of deciders) {
      const due = learners.find((learner) => this.#isDue(learner, second, now));
      if (!due) continue;
      void this.#learn(due);
      return;
    }
  }

  #isDue({ series, metric, known }: Learner, second: number, now: number): boolean {
    if (isFor(known, metric.pageWhen) && second - known.from < EVERY_SECONDS) return false;
    const dueAt = this.#dueAt.get(series);
    if (dueAt !== undefined) return dueAt <= now;
    this.#dueAt.set(series, now + FIRST_MS + (hash53(`${series} ${this.#options.by}`) % SPREAD_MS));
    return false;
  }

  /** Never rejects. */
  async #learn(learner: Learner): Promise<void> {
    const { clock, telemetry } = this.#options;
    const { series, metric } = learner;
    this.#isBusy = true;
    try {
      await this.#tryToLearn(learner);
      this.#told.delete(series);
    } catch (error) {
      const { kind = 'failed' } = error as Partial<StoreError>;
      if (kind !== 'starting' && kind !== this.#told.get(series)) telemetry.thresholdUnknown({ metric: metric.name, series, error });
      this.#told.set(series, kind);
    }
    this.#dueAt.set(series, clock.monotonic() + AGAIN_MS);
    this.#isBusy = false;
  }

  async #tryToLearn({ series, metric, known }: Learner): Promise<void> {
    const { log, topic, by, telemetry, stopping } = this.#options;
    const fitted = await this.#fit(series, metric);
    if (stopping.aborted) return;
    const from = Math.floor(this.#time.now() / 1000) + 1 + AHEAD_SECONDS;
    const learned = learnedFrom(fitted, { series, by, from, pageWhen: metric.pageWhen, known });
    await log.append(topic, [thresholdRecord(learned)]);
    const { raised, formula, days, peaks } = learned;
    telemetry.thresholdLearned({ metric: metric.name, series, formula: Number(formula.toFixed(2)), raised, days, peaks });
  }

  async #fit(series: string, metric: Learner['metric']): Promise<Fitted> {
    const { source } = this.#options;
    const to = Math.floor(this.#time.now() / 1000) - BEHIND_SECONDS;
    const first = to - HISTORY_SECONDS - LEARNING_SECONDS;
    const begins = await source.firstOf(metric, first, to);
    const days = Math.max(0, begins === 0 ? 0 : to - begins - LEARNING_SECONDS) / DAY_SECONDS;
    if (days < HISTORY_DAYS_MIN) return { is: 'too short', days, ofDays: HISTORY_DAYS_MIN };
    const kept = this.#keptOf(series, metric);
    await this.#play(kept, metric, Math.max(kept.tail.last + 1, begins), to);
    kept.tail.forget(to - HISTORY_SECONDS);
    return kept.tail.fit(await source.leftOut(metric, to - HISTORY_SECONDS, to));
  }

  #keptOf(series: string, metric: Learner['metric']): Kept {
    const asked = askedOf(metric.pageWhen);
    const before = this.#kept.get(series);
    if (before?.asked === asked) return before;
    const kept = { asked, tail: new Tail(metric), wasElsewhere: false };
    if (this.#kept.size < KEPT_MAX || before) this.#kept.set(series, kept);
    return kept;
  }

  async #play(kept: Kept, metric: Learner['metric'], from: number, to: number): Promise<void> {
    const { source, clock, stopping } = this.#options;
    const { tail } = kept;
    let began = clock.monotonic();
    for (let at = from; at < to && !stopping.aborted; at += PAGE_SECONDS) {
      const page = await source.secondsOf(metric, at, Math.min(to, at + PAGE_SECONDS));
      const [first] = page.seconds;
      if (first === undefined) continue;
      const joint = kept.wasElsewhere && !page.startsElsewhere ? first : page.joint;
      kept.wasElsewhere = page.endsElsewhere;
      for (let step = 0; step < page.seconds.length && !stopping.aborted; step += STEPS_AT_ONCE) {
        tail.take(page, joint, step, Math.min(page.seconds.length, step + STEPS_AT_ONCE));
        const worked = clock.monotonic() - began;
        if (worked < WORK_MS_MAX) continue;
        await sleep(clock, worked, stopping);
        began = clock.monotonic();
      }
    }
  }
}
