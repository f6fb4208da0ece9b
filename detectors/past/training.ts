/** Detectors that are given their past: first the days, minute by minute, then the newest seconds as if they came now. */
import { detectorOf, type JudgedMetric } from '../compound/detector-of.ts';
import { type SlowSlide, slowSlide } from '../slow-slide/slow-slide.ts';
import { GAP_SECONDS_MAX } from '../steep-drop/breaks.ts';
import type { Finding } from '../steep-drop/finding.ts';
import type { SteepDrop } from '../steep-drop/steep-drop.ts';
import type { Past, PastSeconds } from './past.ts';

export interface Learner extends JudgedMetric {
  /** Whether a planned closing holds in a second (since the epoch). */
  readonly closed?: ((second: number) => boolean) | undefined;
  readonly aheadOfUtc?: ((second: number) => number) | undefined;
  /** Whether a planned event holds in it. */
  readonly expected?: ((second: number) => boolean) | undefined;
}

/** A step is one minute or one second of the past: two microseconds. */
export class Training {
  readonly detector: SteepDrop;
  #slide: SlowSlide;
  readonly #learner: Learner;
  readonly #past: Past;
  #minutes = 0;
  #seconds = 0;
  #finding: Finding | null = null;

  constructor(learner: Learner, past: Past) {
    this.#learner = learner;
    this.#past = past;
    this.detector = detectorOf(learner);
    this.#slide = this.#slideAnew();
  }

  /** The detector of slow slides, which learns beside the other. */
  get slide(): SlowSlide {
    return this.#slide;
  }

  /** What it found in the last second; null before the first. Written anew each second. */
  get finding(): Finding | null {
    return this.#finding;
  }

  /** The last second of the past; 0 where there is none. */
  get last(): number {
    return this.#past.seconds.seconds.at(-1) ?? 0;
  }

  get hasLearned(): boolean {
    return this.#minutes >= this.#past.minutes.minutes.length && this.#seconds >= this.#past.seconds.seconds.length;
  }

  /** Learns so many minutes or seconds more. @returns whether all of the past is learned */
  learn(steps: number): boolean {
    const { minutes, seconds } = this.#past;
    let left = steps;
    for (; left > 0 && this.#minutes < minutes.minutes.length; left--, this.#minutes++) {
      const minute = minutes.minutes[this.#minutes] as number;
      const expected = this.#learner.expected?.(minute * 60) ?? false;
      const known = { minute, rate: minutes.rates[this.#minutes] as number, expected };
      this.detector.remember(known);
      this.#slide.remember(known, (this.#learner.closed?.(minute * 60) ?? false) || expected);
    }
    for (; left > 0 && this.#seconds < seconds.seconds.length; left--) this.#next(seconds, this.#seconds++);
    return this.hasLearned;
  }

  /**
   * The past is over: what comes from `second` on comes now. A fall of which nobody knows whether it lasted until then is no fall of now,
   * and where the past was counted elsewhere nothing of it is compared with what comes.
   *
   * @param isElsewhere  what comes is counted elsewhere, too
   */
  begin(second: number, isElsewhere = false): void {
    if (!this.#past.isOurs && !isElsewhere) {
      this.detector.beginAnew('counted elsewhere');
      // Weeks of another source say nothing of this one's level.
      this.#slide = this.#slideAnew();
    } else if (second - this.last > GAP_SECONDS_MAX) this.detector.beginAnew('not known since');
  }

  /** Seconds that were decided on meanwhile. */
  catchUp(seconds: PastSeconds): void {
    for (let i = 0; i < seconds.seconds.length; i++) this.#next(seconds, i);
  }

  #next({ seconds, counts, shares }: PastSeconds, at: number): void {
    const second = seconds[at] as number;
    const expected = this.#learner.expected?.(second) ?? false;
    const count = { second, n: counts[at] as number, share: shares[at] as number, expected };
    const isClosed = this.#learner.closed?.(second) ?? false;
    this.#finding = this.detector.next(count, isClosed);
    this.#slide.next(count, isClosed || expected || this.#finding.isDown);
  }

  #slideAnew(): SlowSlide {
    const { aheadOfUtc } = this.#learner;
    return slowSlide(aheadOfUtc ? { aheadOfUtc } : {});
  }
}
