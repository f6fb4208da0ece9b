/** The last three hours of all series: final counts with what the detector said, and the seconds that are still open. */
import type { Telemetry } from '../../platform/telemetry/catalogue.ts';
import type { CountsRecord } from '../../platform/topics/counts.ts';
import { metricOf, type Signal } from '../../platform/topics/signals.ts';
import type { LateFrame, OpenFrame } from '../live-frames.ts';
import { isKnown, type Moment, SECONDS_KEPT_MAX, SeriesSeconds, UNKNOWN } from './series-seconds.ts';
import { WholeCounts } from './whole-counts.ts';

/** 310 kB each. */
const SERIES_MAX = 2000;
/** An event that says it comes from further ahead is counted, but not drawn: it would take the place of a second three hours ago. */
const AHEAD_SECONDS_MAX = 600;
/** What comes later than this for a decided second is in the history, and not told to those who look. */
const LATE_SECONDS_MAX = 400;
/** Of what came late so much is told at once; the rest the next time. */
const LATE_TOLD_MAX = 2000;
/** At the start so many seconds of signals are read at most, over all metrics: about two seconds of work. */
const SIGNALS_READ_MAX = 2_000_000;
const SIGNALS_SECONDS_MIN = 600;

/** What memory knows of a metric. */
export interface Remembered {
  /** Nothing is known of any second outside of these (epoch, `to` left out). */
  readonly from: number;
  readonly to: number;
  /** Whether `at` says anything. */
  knows(second: number): boolean;
  at(second: number): Moment;
}

export class History {
  readonly #telemetry: Telemetry;
  readonly #series = new Map<string, SeriesSeconds>();
  /** Of each metric its series, the newest first: another filter begins a new one. */
  readonly #names = new Map<string, SeriesSeconds[]>();
  readonly #decided = new Map<string, number>();
  readonly #counts: WholeCounts;
  readonly #open = new Map<string, [series: string, second: number]>();
  /** Decided seconds for which something came since. */
  readonly #late = new Map<string, [series: string, second: number]>();
  #followsLate = false;

  /** @param isSum  whether the values of a series are added up, and not its events */
  constructor(telemetry: Telemetry, isSum: (series: string) => boolean) {
    this.#telemetry = telemetry;
    this.#counts = new WholeCounts(isSum, (series, second, difference) => this.#add(series, second, difference));
  }

  /** How many seconds of signals are to be read at the start. */
  secondsFor(metrics: number): number {
    return Math.max(SIGNALS_SECONDS_MIN, Math.min(SECONDS_KEPT_MAX, Math.floor(SIGNALS_READ_MAX / Math.max(1, metrics))));
  }

  count(record: CountsRecord): void {
    this.#counts.take(record);
  }

  /** @returns whether this says anything that was not known */
  decide(second: number, signal: Signal): boolean {
    const { series } = signal;
    this.#decided.set(series, Math.max(second, this.#decided.get(series) ?? 0));
    this.#open.delete(`${series} ${second}`);
    const seconds = this.#of(series);
    if (!seconds) return true;
    const isNews = seconds.decide(second, signal);
    if (isNews && seconds.counted(second) > (signal.n ?? 0)) this.#cameLate(series, second);
    return isNews;
  }

  /** Seconds of a metric as they are known now. */
  of(name: string): Remembered {
    const all = this.#names.get(name) ?? [];
    const { progress } = this.#counts;
    const spans = all.map(({ span }) => span);
    return {
      from: Math.min(...spans.map(({ from }) => from)),
      to: Math.max(...spans.map(({ to }) => to)),
      knows: (second) => all.some((seconds) => seconds.knows(second, progress)),
      at: (second) => firstKnown(all, second, progress),
    };
  }

  /** What was decided of one series; null where nothing was. */
  decided(series: string): SeriesSeconds | null {
    return this.#series.get(series) ?? null;
  }

  get anyOpen(): boolean {
    return this.#open.size > 0;
  }

  /** Counts so far of the seconds that are not decided yet and changed since the last call. */
  takeOpen(): OpenFrame['counts'] {
    const counts = [...this.#open.values()].map(([series, second]): [string, number, number] => {
      return [metricOf(series), second, this.#series.get(series)?.counted(second) ?? 0];
    });
    this.#open.clear();
    return counts;
  }

  /** From here on it is remembered what comes late; what came late before is found once. */
  followLate(): void {
    this.#followsLate = true;
    for (const [series, decided] of this.#decided) {
      for (let second = decided - LATE_SECONDS_MAX; second <= decided; second++) {
        if ((this.#series.get(series)?.grown(second, this.#counts.progress) ?? null) !== null) this.#cameLate(series, second);
      }
    }
  }

  get anyLate(): boolean {
    return this.#late.size > 0;
  }

  /** Counts of decided seconds that are more now than they were when they were told last. */
  takeLate(): LateFrame['counts'] {
    const told: [string, number, number][] = [];
    for (const [key, [series, second]] of this.#late) {
      if (told.length >= LATE_TOLD_MAX) break;
      const tooOld = second < (this.#decided.get(series) ?? 0) - LATE_SECONDS_MAX;
      const n = tooOld ? null : (this.#series.get(series)?.grown(second, this.#counts.progress) ?? null);
      if (n === 'unknown') continue;
      this.#late.delete(key);
      if (n !== null) told.push([metricOf(series), second, n]);
    }
    return told;
  }

  #add(series: string, second: number, difference: number): void {
    if (second * 1000 > (this.#counts.progress ?? 0) + AHEAD_SECONDS_MAX * 1000) return;
    this.#of(series)?.add(second, difference);
    const decided = this.#decided.get(series);
    if (decided === undefined) return;
    if (second > decided) this.#open.set(`${series} ${second}`, [series, second]);
    else this.#cameLate(series, second);
  }

  #cameLate(series: string, second: number): void {
    const isShown = second >= (this.#decided.get(series) ?? 0) - LATE_SECONDS_MAX;
    if (this.#followsLate && isShown) this.#late.set(`${series} ${second}`, [series, second]);
  }

  #of(series: string): SeriesSeconds | undefined {
    const known = this.#series.get(series);
    if (known) return known;
    if (this.#series.size >= SERIES_MAX) {
      this.#telemetry.stepFailed({ step: 'live', error: `more than ${SERIES_MAX} series: ${series} is drawn live and has no history` });
      return undefined;
    }
    const seconds = new SeriesSeconds();
    this.#series.set(series, seconds);
    const name = metricOf(series);
    this.#names.set(name, [seconds, ...(this.#names.get(name) ?? [])]);
    return seconds;
  }
}

function firstKnown(all: readonly SeriesSeconds[], second: number, progress: number | null): Moment {
  for (const seconds of all) {
    const moment = seconds.at(second, progress);
    if (isKnown(moment)) return moment;
  }
  return UNKNOWN;
}
