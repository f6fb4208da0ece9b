/** Counts in, signals out, for the series of one partition of `counts`: closed seconds are shown to each series' detector. */
import { type CountsRecord, isSegment, wholeOf } from '../platform/topics/counts.ts';
import type { Signal } from '../platform/topics/signals.ts';
import type { SavedSeries } from '../platform/topics/state.ts';
import type { LearnedThreshold } from '../platform/topics/thresholds.ts';
import type { ClosedSecond } from './counting/closing.ts';
import { seriesOf } from './counting/metric.ts';
import { Readings } from './counting/readings.ts';
import type { Training } from './past/training.ts';
import { type SegmentedMetric, SegmentFalls } from './segment-falls.ts';
import { Raises } from './tail/raises.ts';
import { type DetectedMetric, type Failed, Watched } from './watched.ts';

export interface Decided {
  readonly closed: ClosedSecond;
  readonly noneSpeaksSince: number | null;
  /** Of the series that had not decided on this second before; null where nobody asked for them. */
  readonly signals: readonly Signal[] | null;
  readonly blind: number;
}

export interface DecidingOptions {
  /** Of `events`. */
  readonly partitions: number;
  /** Are the signals of this second wanted? History is only learned from. */
  readonly wanted: (second: number) => boolean;
  readonly failed: Failed;
  /** Whether somebody gives a series its past later: the newest seconds of those that lack it are kept. */
  readonly hasPasts?: boolean;
}

/** A series that knows too little: it is new, or was away for longer than its windows reach. */
export interface Lacking {
  readonly series: string;
  readonly metric: DetectedMetric;
  /** Its past ends before this second (since the epoch). */
  readonly before: number;
}

/** A series whose threshold may be raised. */
export interface Learner {
  readonly series: string;
  readonly metric: DetectedMetric;
  /** Undefined: nothing yet. */
  readonly known: LearnedThreshold | undefined;
}

/** Seconds that nobody could read are told of if they are no older than this. */
const UNREAD_TOLD_MS = 60_000;
/** A saved second so far ahead of the counts was saved under a clock that was wrong. */
const AHEAD_SECONDS_MAX = 60;
/** Series that left the configuration and may come back, with all they had learned. */
const LEFT_MAX = 1000;
/** A configuration was read late: rows of a new series from before are under way for so long, and a second without them looks fallen. */
const LATE_SECONDS = 5;

/** Deterministic: the same counts in the same order give the same signals, wherever reading began two minutes before. */
export class Deciding {
  readonly #options: DecidingOptions;
  readonly #readings: Readings;
  #watched: Watched[] = [];
  /** Of metrics that have some, by the series of the whole. */
  readonly #segments = new Map<string, SegmentFalls>();
  readonly #left = new Map<string, SavedSeries>();
  /** Metrics that hold from a later second on, the earliest first. */
  readonly #later: { readonly from: number; readonly metrics: readonly DetectedMetric[] }[] = [];
  readonly #raises = new Raises();
  #second = 0;
  #isNow = false;

  constructor(options: DecidingOptions) {
    this.#options = options;
    this.#readings = new Readings(options.partitions);
  }

  get size(): number {
    return this.#watched.length + this.#segmentSeries.length;
  }

  /** The last second that closed; 0 before the first. */
  get second(): number {
    return this.#second;
  }

  /** See `Readings`. */
  get front(): number {
    return this.#readings.front;
  }

  get passed(): number {
    return this.#readings.passed;
  }

  /** From here on seconds close as they pass. */
  now(): void {
    this.#isNow = true;
  }

  /**
   * The metrics to watch from second `from` on, now where it is left out. A new threshold keeps the series and its windows; a new filter
   * is a new series. Read in time, what is new is added up at once, so that its first second is whole.
   */
  retune(metrics: readonly DetectedMetric[], saved: ReadonlyMap<string, SavedSeries> = this.#left, from = 0): void {
    if (from <= this.#second + 1) {
      this.#switch(metrics, saved, from === 0 ? 0 : Math.max(from, this.#second + 1) + LATE_SECONDS);
      return;
    }
    const known = new Set(this.#watched.map(({ series }) => series));
    for (const metric of metrics) {
      const series = seriesOf(metric);
      if (!known.has(series)) this.#watched.push(this.#watch(metric, series, saved, from));
    }
    this.#later.push({ from, metrics });
    this.#later.sort((a, b) => a.from - b.from);
  }

  #switch(metrics: readonly DetectedMetric[], saved: ReadonlyMap<string, SavedSeries>, from: number): void {
    const before = new Map(this.#watched.map((one) => [one.series, one]));
    this.#watched = metrics.map((metric) => {
      const series = seriesOf(metric);
      const known = before.get(series);
      before.delete(series);
      if (!known) return this.#watch(metric, series, saved, from);
      known.tune(this.#raises.tuned(metric, series, this.#second + 1));
      this.#part(metric, series, saved);
      return known;
    });
    for (const left of before.values()) this.#leave(left);
  }

  /** @returns the seconds that closed by it, in order */
  take(record: CountsRecord): Decided[] {
    if (this.#segments.size > 0) {
      for (const [series] of record.rows) if (isSegment(series)) this.#segments.get(wholeOf(series))?.discover(series);
    }
    this.#readings.take(record);
    const decided: Decided[] = [];
    for (let closed = this.#readings.close(); closed; closed = this.#readings.close()) decided.push(this.#decide(closed));
    return decided;
  }

  /** What is said of a second that cannot be closed: nothing comes any more. */
  blind(): Signal[] {
    return this.#watched.filter(({ from }) => from <= this.#second).map(({ series }) => blindSignal(series));
  }

  /** The last second that each series decided on; 0: none yet. */
  get seconds(): number[] {
    return this.#watched.map(({ second }) => second);
  }

  /** Series that lack nothing. */
  get healthy(): string[] {
    return this.#watched.filter(({ lack }) => !lack).map(({ series }) => series);
  }

  /** Those that know too little; none where nobody can give them their past. */
  get lacking(): Lacking[] {
    return [...this.#watched, ...this.#segmentSeries].flatMap(({ series, metric, lack }) =>
      lack ? [{ series, metric, before: lack.before }] : [],
    );
  }

  /** What the tail of a series' history asks of its threshold, from its second on. */
  learned(learned: LearnedThreshold): void {
    this.#raises.add(learned, this.#second);
    this.#tune(learned.series, this.#second + 1);
  }

  /** Those whose history may raise their threshold, with what was learned of it last. */
  get learners(): Learner[] {
    const known = (series: string) => this.#raises.newest(series);
    return this.#watched.flatMap(({ series, metric }) => (metric.learns ? [{ series, metric, known: known(series) }] : []));
  }

  /** Puts a detector that has learned the past in the place of the one that lacks it. @returns whether it has its place now */
  succeed(series: string, training: Training): boolean {
    const watched = [...this.#watched, ...this.#segmentSeries].find((one) => one.series === series);
    return watched?.succeed(training) ?? false;
  }

  /** @returns null while the series has nothing to be saved */
  save(place: number): SavedSeries | null {
    if (place < this.#watched.length) return this.#watched[place]?.save() ?? null;
    let rest = place - this.#watched.length;
    for (const segments of this.#segments.values()) {
      if (rest < segments.watched.length) return segments.save(rest);
      rest -= segments.watched.length;
    }
    return null;
  }

  #watch(metric: DetectedMetric, series: string, saved: ReadonlyMap<string, SavedSeries>, from: number): Watched {
    this.#part(metric, series, saved);
    const known = saved.get(series);
    this.#left.delete(series);
    const { failed, hasPasts = false } = this.#options;
    const tuned = this.#raises.tuned(metric, series, this.#second + 1);
    return new Watched(tuned, { series, saved: known, from, readings: this.#readings, failed, hasPasts });
  }

  #tune(series: string, second: number): void {
    for (const one of this.#watched) if (one.series === series) one.tune(this.#raises.tuned(one.metric, series, second));
  }

  /** Watches the metric's segments, where it has any, from now on. */
  #part(metric: DetectedMetric, series: string, saved: ReadonlyMap<string, SavedSeries>): void {
    const known = this.#segments.get(series);
    if (known && known.field === metric.by?.field) {
      known.tune(metric as SegmentedMetric);
      return;
    }
    this.#partNoMore(series);
    if (!metric.by) return;
    const { failed, hasPasts = false } = this.#options;
    // Segments by another field come no more: each of them would look lost.
    const own = [...saved.values()].filter((one) => one.by === metric.by?.field && isSegment(one.series) && wholeOf(one.series) === series);
    for (const one of own) this.#left.delete(one.series);
    this.#segments.set(series, new SegmentFalls(metric as SegmentedMetric, { readings: this.#readings, failed, hasPasts, saved: own }));
  }

  #partNoMore(series: string): void {
    for (const left of this.#segments.get(series)?.leave() ?? []) this.#keep(left);
    this.#segments.delete(series);
  }

  #leave(one: Watched): void {
    this.#partNoMore(one.series);
    const left = one.leave();
    if (left) this.#keep(left);
  }

  #keep(left: SavedSeries): void {
    if (this.#left.size >= LEFT_MAX) this.#left.delete(this.#left.keys().next().value as string);
    this.#left.set(left.series, left);
  }

  get #segmentSeries(): Watched[] {
    return [...this.#segments.values()].flatMap(({ watched }) => watched);
  }

  #decide(closed: ClosedSecond): Decided {
    const { second, leftOut, missing } = closed;
    while (this.#later[0] && this.#later[0].from <= second) this.#switch(this.#later.shift()?.metrics ?? [], this.#left, 0);
    this.#second = second;
    for (const series of this.#raises.dueAt(second)) this.#tune(series, second);
    const isWanted = this.#options.wanted(second);
    const signals: Signal[] = [];
    const noneSpeaksSince = this.#readings.isEmpty ? closed.noneSpeaksSince : null;
    // After a long absence there are thousands of them: no series has anything to learn from one, and nobody from hearing of it.
    const isUnread = missing === leftOut.length && this.front - second * 1000 > UNREAD_TOLD_MS;
    if (isUnread) return { closed, noneSpeaksSince, signals: null, blind: this.#watched.length };
    let blind = 0;
    for (const one of this.#watched) {
      if (this.#isNow && one.second > this.front / 1000 + AHEAD_SECONDS_MAX) one.learnAnew();
      if (second <= one.second || second < one.from) continue;
      const finding = one.next(second, this.#isNow);
      const segments = this.#segments.get(one.series);
      segments?.next(second, one.index, finding, this.#isNow);
      if (!finding) blind++;
      if (!isWanted) continue;
      const signal = finding ? this.#raises.told(one.signal(finding)) : blindSignal(one.series);
      signals.push(segments && finding ? segments.tell(signal, finding) : signal);
    }
    return { closed, noneSpeaksSince, signals: isWanted ? signals : null, blind };
  }
}

function blindSignal(series: string): Signal {
  return { series, state: 'blind', n: null, rate: null, usual: null, derivative: null, steepness: null, drop: null };
}
