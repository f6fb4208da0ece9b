/** Counts in, signals out, for the series of one partition of `counts`: closed seconds are shown to each series' detector. */
import type { CountsRecord } from '../platform/topics/counts.ts';
import type { Signal } from '../platform/topics/signals.ts';
import type { SavedSeries } from '../platform/topics/state.ts';
import type { ClosedSecond } from './counting/closing.ts';
import { hash53 } from './counting/hash.ts';
import { type CountedMetric, seriesOf } from './counting/metric.ts';
import { Readings } from './counting/readings.ts';
import { Lack } from './past/lack.ts';
import type { Training } from './past/training.ts';
import type { Count } from './steep-drop/finding.ts';
import { round, SECONDS_KEPT } from './steep-drop/rate.ts';
import { type Finding, type PageWhen, type SavedSteepDrop, type SteepDrop, steepDrop } from './steep-drop/steep-drop.ts';

export interface DetectedMetric extends CountedMetric {
  readonly pageWhen: PageWhen;
  /** Whether a planned closing holds in a second (since the epoch). */
  readonly closed?: (second: number) => boolean;
}

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
  /** A detector or its saved state that fails hurts its own series only. */
  readonly failed: (what: 'saved' | 'detector', series: string, error: unknown) => void;
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

interface Watched {
  readonly series: string;
  readonly index: number;
  detector: SteepDrop;
  metric: DetectedMetric;
  /** The last second decided on; 0 before the first. */
  second: number;
  /** The first second to decide on. */
  readonly from: number;
  /** The second of each minute in which its outlook is told: not that of all the others. */
  readonly outlookAt: number;
  /** Its outlook at these thresholds was told by this process. */
  hasOutlook: boolean;
  /** It goes on from what was saved. */
  readonly wasSaved: boolean;
  /** Is counted for sure: what was counted before the series was known says nothing of it. */
  isCounted: boolean;
  lack: Lack | null;
}

/** Seconds that nobody could read are told of if they are no older than this. */
const UNREAD_TOLD_MS = 60_000;
/** A saved second so far ahead of the counts was saved under a clock that was wrong. */
const AHEAD_SECONDS_MAX = 60;
/** Series that left the configuration and may come back, with all they had learned. */
const LEFT_MAX = 1000;
/** A configuration was read late: rows of a new series from before are under way for so long, and a second without them looks fallen. */
const LATE_SECONDS = 5;
/** A metric's outlook changes slowly and takes longer to work out than a decision. */
const OUTLOOK_SECONDS = 60;

/** Deterministic: the same counts in the same order give the same signals, wherever reading began two minutes before. */
export class Deciding {
  readonly #options: DecidingOptions;
  readonly #readings: Readings;
  #watched: Watched[] = [];
  readonly #left = new Map<string, SavedSeries>();
  /** Metrics that hold from a later second on, the earliest first. */
  readonly #later: { readonly from: number; readonly metrics: readonly DetectedMetric[] }[] = [];
  #second = 0;
  #isNow = false;

  constructor(options: DecidingOptions) {
    this.#options = options;
    this.#readings = new Readings(options.partitions);
  }

  get size(): number {
    return this.#watched.length;
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
      if (!known.has(series)) this.#watched.push(this.#watch(metric, series, saved.get(series), from));
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
      if (!known) return this.#watch(metric, series, saved.get(series), from);
      known.metric = metric;
      known.detector.tune(metric.pageWhen);
      known.hasOutlook = false;
      return known;
    });
    for (const left of before.values()) this.#leave(left);
  }

  /** @returns the seconds that closed by it, in order */
  take(record: CountsRecord): Decided[] {
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
    return this.#watched.flatMap(({ series, metric, lack }) => (lack ? [{ series, metric, before: lack.before }] : []));
  }

  /** Puts a detector that has learned the past in the place of the one that lacks it. @returns whether it has its place now */
  succeed(series: string, training: Training): boolean {
    const one = this.#watched.find((watched) => watched.series === series);
    const found = one?.lack?.filledBy(training);
    if (one?.lack?.isAway) one.lack = null;
    if (!one || !found) return false;
    found.detector.tune(one.metric.pageWhen);
    Object.assign(one, { detector: found.detector, hasOutlook: false, lack: found.isWarm ? null : one.lack });
    return true;
  }

  /** @returns null while the series has nothing to be saved */
  save(place: number): SavedSeries | null {
    const one = this.#watched[place];
    if (!one || one.second === 0) return null;
    const { series, detector, index, second } = one;
    return { series, second, detector: detector.save(), ...this.#readings.save(index) };
  }

  #watch(metric: DetectedMetric, series: string, saved: SavedSeries | undefined, from: number): Watched {
    const index = this.#readings.watch(metric);
    this.#left.delete(series);
    const told = { from, outlookAt: hash53(series) % OUTLOOK_SECONDS, hasOutlook: false, isCounted: from > 0, lack: null };
    if (saved) {
      try {
        const detector = steepDrop(metric.pageWhen, saved.detector as SavedSteepDrop);
        this.#readings.restore(index, saved);
        return { series, index, metric, detector, second: saved.second, ...told, wasSaved: true };
      } catch (error) {
        this.#options.failed('saved', series, error);
      }
    }
    return { series, index, metric, detector: steepDrop(metric.pageWhen), second: 0, ...told, wasSaved: false };
  }

  #leave({ series, index, second, detector }: Watched): void {
    if (this.#left.size >= LEFT_MAX) this.#left.delete(this.#left.keys().next().value as string);
    if (second > 0) this.#left.set(series, { series, second, detector: detector.save(), usual: [], spokeAt: null });
    this.#readings.unwatch(series, index);
  }

  #decide(closed: ClosedSecond): Decided {
    const { second, leftOut, missing } = closed;
    while (this.#later[0] && this.#later[0].from <= second) this.#switch(this.#later.shift()?.metrics ?? [], this.#left, 0);
    this.#second = second;
    const isWanted = this.#options.wanted(second);
    const signals: Signal[] = [];
    const noneSpeaksSince = this.#readings.isEmpty ? closed.noneSpeaksSince : null;
    // After a long absence there are thousands of them: no series has anything to learn from one, and nobody from hearing of it.
    const isUnread = missing === leftOut.length && this.front - second * 1000 > UNREAD_TOLD_MS;
    if (isUnread) return { closed, noneSpeaksSince, signals: null, blind: this.#watched.length };
    let blind = 0;
    for (const one of this.#watched) {
      if (this.#isNow && one.second > this.front / 1000 + AHEAD_SECONDS_MAX) this.#learnAnew(one);
      if (second <= one.second || second < one.from) continue;
      const finding = this.#next(one, second);
      if (!finding) blind++;
      if (isWanted) signals.push(finding ? this.#signal(one, finding) : blindSignal(one.series));
    }
    return { closed, noneSpeaksSince, signals: isWanted ? signals : null, blind };
  }

  #signal(one: Watched, finding: Finding): Signal {
    const share = this.#readings.share(one.index);
    const said = signalOf(one.series, this.#readings.n(one.index), finding);
    const signal = share < 1 ? { ...said, share: round(share) } : said;
    if (one.hasOutlook && finding.second % OUTLOOK_SECONDS !== one.outlookAt) return signal;
    one.hasOutlook = true;
    return { ...signal, outlook: one.detector.outlook() };
  }

  #learnAnew(one: Watched): void {
    this.#options.failed('saved', one.series, new Error('was saved far ahead of the counts, under a clock that was wrong'));
    one.detector = steepDrop(one.metric.pageWhen);
    one.second = 0;
  }

  /** @returns null where the series is blind */
  #next(one: Watched, second: number): Finding | null {
    const away = one.wasSaved && second - one.second > SECONDS_KEPT ? one.second : null;
    one.second = second;
    const count = { second, n: this.#readings.n(one.index), share: this.#readings.share(one.index) };
    if (count.share === 0) return null;
    one.isCounted ||= this.#isNow || one.wasSaved || count.n > 0;
    if (!one.isCounted) return null;
    try {
      const finding = one.detector.next(count, one.metric.closed?.(second) ?? false);
      this.#noteLack(one, count, finding, away);
      return finding;
    } catch (error) {
      this.#options.failed('detector', one.series, error);
      return null;
    }
  }

  /** Seconds of before the start are kept only of a series that was counted then for sure. */
  #noteLack(one: Watched, count: Count, finding: Finding, away: number | null): void {
    if (!this.#options.hasPasts || !(this.#isNow || one.wasSaved)) return;
    if (away !== null || finding.state === 'warming') one.lack ??= new Lack(away);
    if (one.lack && !one.lack.note(count, finding)) one.lack = null;
  }
}

/** A finding is written anew each second: what stands in a signal is copied. */
function signalOf(series: string, n: number, finding: Finding): Signal {
  const { state, rate, usual, derivative, steepness, drop, warmSeconds, recoveredSeconds, fall } = finding;
  const signal: Signal = { series, state, n, rate, usual, derivative, steepness, drop };
  if (state === 'warming') return { ...signal, progressSeconds: warmSeconds };
  if (!fall) return signal;
  return { ...signal, ...(state === 'recovering' && { progressSeconds: recoveredSeconds }), fall: { ...fall } };
}

function blindSignal(series: string): Signal {
  return { series, state: 'blind', n: null, rate: null, usual: null, derivative: null, steepness: null, drop: null };
}
