/** One series as it is watched: its detectors, the second it stands at, what it says of that second, and what it lacks of its past. */
import type { Signal, SlideFacts } from '../platform/topics/signals.ts';
import type { SavedSeries } from '../platform/topics/state.ts';
import { detectorOf } from './compound/detector-of.ts';
import { hash53 } from './counting/hash.ts';
import type { CountedMetric } from './counting/metric.ts';
import type { Readings } from './counting/readings.ts';
import { Lack } from './past/lack.ts';
import type { Training } from './past/training.ts';
import { betterSlide, restoredSlide, slideOptionsOf } from './slow-slide/slide-watch.ts';
import type { SlowSlide, SlowSlideOptions } from './slow-slide/slow-slide.ts';
import type { Count } from './steep-drop/finding.ts';
import { round, SECONDS_KEPT } from './steep-drop/rate.ts';
import type { Finding, PageWhen, SavedSteepDrop, SteepDrop } from './steep-drop/steep-drop.ts';

export interface DetectedMetric extends CountedMetric {
  readonly pageWhen: PageWhen;
  /** Whether a planned closing holds in a second (since the epoch). */
  readonly closed?: (second: number) => boolean;
  /** Whether the tail of its history may raise its threshold. */
  readonly learns?: boolean;
  /** Seconds that its clock on the wall is ahead of UTC at a second (since the epoch); left out: none. */
  readonly aheadOfUtc?: (second: number) => number;
  /** Whether a planned event holds in it. */
  readonly expected?: (second: number) => boolean;
}

/** A detector or its saved state that fails hurts its own series only. */
export type Failed = (what: 'saved' | 'detector', series: string, error: unknown) => void;

export interface WatchedOptions {
  readonly series: string;
  readonly saved: SavedSeries | undefined;
  /** The first second to decide on. */
  readonly from: number;
  readonly readings: Readings;
  readonly failed: Failed;
  /** Whether somebody gives a series its past later. */
  readonly hasPasts: boolean;
  /** Whether its slow slides are looked for; left out: they are. */
  readonly hasSlides?: boolean;
}

/** A metric's outlook changes slowly and takes longer to work out than a decision. */
const OUTLOOK_SECONDS = 60;

export class Watched {
  readonly series: string;
  /** The first second to decide on. */
  readonly from: number;
  readonly #index: number;
  readonly #readings: Readings;
  readonly #failed: Failed;
  readonly #hasPasts: boolean;
  /** It goes on from what was saved. */
  readonly #wasSaved: boolean;
  /** The second of each minute in which its outlook is told: not that of all the others. */
  readonly #outlookAt: number;
  #metric: DetectedMetric;
  #detector: SteepDrop;
  /** Null where nobody looks for slow slides. */
  #slide: SlowSlide | null = null;
  /** What it says of the second that was decided on last. */
  #slid: SlideFacts | null = null;
  /** The last second decided on; 0 before the first. */
  #second = 0;
  /** Its outlook at these thresholds was told by this process. */
  #hasOutlook = false;
  /** Is counted for sure: what was counted before the series was known says nothing of it. */
  #isCounted: boolean;
  #lack: Lack | null = null;

  constructor(metric: DetectedMetric, { series, saved, from, readings, failed, hasPasts, hasSlides = true }: WatchedOptions) {
    this.series = series;
    this.from = from;
    this.#metric = metric;
    this.#readings = readings;
    this.#failed = failed;
    this.#hasPasts = hasPasts;
    this.#isCounted = from > 0;
    this.#outlookAt = hash53(series) % OUTLOOK_SECONDS;
    this.#index = readings.watch(metric);
    const detector = saved && this.#restored(saved);
    this.#wasSaved = detector !== undefined;
    this.#detector = detector ?? detectorOf(metric);
    if (hasSlides) this.#slide = restoredSlide(this.#slideOptions, detector && saved?.slide, (error) => failed('saved', series, error));
  }

  /** By which its readings are asked for. */
  get index(): number {
    return this.#index;
  }

  get #slideOptions(): SlowSlideOptions {
    return slideOptionsOf(this.series, this.#metric.aheadOfUtc);
  }

  get metric(): DetectedMetric {
    return this.#metric;
  }

  /** The last second decided on; 0 before the first. */
  get second(): number {
    return this.#second;
  }

  /** What it lacks of its past; null: nothing, or nobody can give it. */
  get lack(): Lack | null {
    return this.#lack;
  }

  /** A new threshold keeps the windows. */
  tune(metric: DetectedMetric): void {
    this.#metric = metric;
    this.#detector.tune(metric.pageWhen);
    this.#slide?.tune(this.#slideOptions);
    this.#hasOutlook = false;
  }

  /** It was saved under a clock that was wrong. */
  learnAnew(): void {
    this.#failed('saved', this.series, new Error('was saved far ahead of the counts, under a clock that was wrong'));
    this.#detector = detectorOf(this.#metric);
    if (this.#slide) this.#slide = restoredSlide(this.#slideOptions, undefined, () => undefined);
    this.#second = 0;
  }

  /**
   * @param isNow  seconds close as they pass
   * @returns      null where the series is blind
   */
  next(second: number, isNow: boolean): Finding | null {
    const away = this.#wasSaved && second - this.#second > SECONDS_KEPT ? this.#second : null;
    this.#second = second;
    const expected = this.#metric.expected?.(second) ?? false;
    const count = { second, n: this.#readings.n(this.#index), share: this.#readings.share(this.#index), expected };
    if (count.share === 0) return null;
    this.#isCounted ||= isNow || this.#wasSaved || count.n > 0;
    if (!this.#isCounted) return null;
    try {
      const isClosed = this.#metric.closed?.(second) ?? false;
      const finding = this.#detector.next(count, isClosed);
      this.#lookForSlides(count, isClosed || count.expected || finding.isDown);
      if (this.#hasPasts && (isNow || this.#wasSaved)) this.#noteLack(count, finding, away);
      return finding;
    } catch (error) {
      this.#failed('detector', this.series, error);
      return null;
    }
  }

  /**
   * What waits for the morning never stands in the way of what pages: where it fails it is learned anew.
   *
   * @param isHeld  a steep drop is told as what it is, and a planned closing as nothing
   */
  #lookForSlides(count: Count, isHeld: boolean): void {
    if (!this.#slide) return;
    try {
      this.#slid = this.#slide.next(count, isHeld);
    } catch (error) {
      this.#failed('detector', this.series, error);
      this.#slide = restoredSlide(this.#slideOptions, undefined, () => undefined);
      this.#slid = null;
    }
  }

  /** What is told of the second that was decided on last. */
  signal(finding: Finding): Signal {
    const share = this.#readings.share(this.#index);
    const said = signalOf(this.series, this.#readings.n(this.#index), finding);
    const signal = share < 1 ? { ...said, share: round(share) } : said;
    if (this.#hasOutlook && finding.second % OUTLOOK_SECONDS !== this.#outlookAt) return signal;
    this.#hasOutlook = true;
    return { ...signal, outlook: this.#detector.outlook(), ...(this.#slid && { slide: this.#slid }) };
  }

  /** Puts a detector that has learned the past in the place of the one that lacks it. @returns whether it has its place now */
  succeed(training: Training): boolean {
    const lack = this.#lack;
    const found = lack?.filledBy(training);
    if (lack?.isAway) this.#lack = null;
    if (!found) return false;
    found.detector.tune(this.#metric.pageWhen);
    this.#detector = found.detector;
    if (this.#slide) this.#slide = betterSlide(this.#slide, training.slide, this.#slideOptions);
    this.#hasOutlook = false;
    if (found.isWarm) this.#lack = null;
    return true;
  }

  /** @returns null while the series has nothing to be saved */
  save(): SavedSeries | null {
    if (this.#second === 0) return null;
    return { series: this.series, second: this.#second, ...this.#learned(), ...this.#readings.save(this.#index) };
  }

  /** It is watched no more. @returns what it had learned, should it come back */
  leave(): SavedSeries | null {
    const left = this.#second > 0 ? { ...this.#learned(), usual: [], spokeAt: null } : null;
    this.#readings.unwatch(this.series, this.#index);
    return left && { series: this.series, second: this.#second, ...left };
  }

  #learned(): Pick<SavedSeries, 'detector' | 'slide'> {
    return { detector: this.#detector.save(), ...(this.#slide && { slide: this.#slide.save() }) };
  }

  #restored(saved: SavedSeries): SteepDrop | undefined {
    try {
      const detector = detectorOf(this.#metric, saved.detector as SavedSteepDrop);
      this.#readings.restore(this.#index, saved);
      this.#second = saved.second;
      return detector;
    } catch (error) {
      this.#failed('saved', this.series, error);
      return undefined;
    }
  }

  /** Seconds of before the start are kept only of a series that was counted then for sure. */
  #noteLack(count: Count, finding: Finding, away: number | null): void {
    if (away !== null || finding.state === 'warming') this.#lack ??= new Lack(away);
    if (this.#lack && !this.#lack.note(count, finding)) this.#lack = null;
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
