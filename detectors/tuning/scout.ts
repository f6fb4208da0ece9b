/** Plays a history once with the limits in force, and keeps what the detector knew at each moment at which a fall is to be tried. */
import { detectorOf, type JudgedMetric } from '../compound/detector-of.ts';
import type { SavedSteepDrop, SteepDrop } from '../steep-drop/steep-drop.ts';
import type { History } from './history.ts';
import type { Moment } from './moments.ts';

const BLOCK_SECONDS = 3600;

export class Scout {
  readonly #history: History;
  readonly #moments: readonly Moment[];
  readonly #detector: SteepDrop;
  readonly #joints: ReadonlySet<number>;
  readonly #saved: (SavedSteepDrop | null)[] = [];
  readonly #pages: number[] = [];
  #position = 0;
  #canPage = false;

  /** @param moments  in order */
  constructor(history: History, metric: JudgedMetric, moments: readonly Moment[]) {
    this.#history = history;
    this.#moments = moments;
    this.#detector = detectorOf(metric);
    this.#joints = new Set(history.joints);
  }

  get isOver(): boolean {
    return this.#position >= this.#history.counts.length;
  }

  /** Plays the next hour. @returns its seconds */
  next(): number {
    const { start, counts, shares, closed, expected } = this.#history;
    const from = this.#position;
    const to = Math.min(counts.length, from + BLOCK_SECONDS);
    for (let at = from; at < to; at++) {
      while (this.#moments[this.#saved.length]?.at === at) this.#saved.push(this.#canPage ? this.#detector.save() : null);
      if (this.#joints.has(at)) this.#detector.beginAnew('counted elsewhere');
      const n = counts[at] as number;
      if (Number.isNaN(n)) continue;
      const count = { second: start + at, n, share: shares ? (shares[at] as number) : 1, expected: expected?.[at] === 1 };
      const finding = this.#detector.next(count, closed?.[at] === 1);
      this.#canPage = finding.state !== 'warming' && !finding.isDown;
      if (finding.fall?.at === finding.second) this.#pages.push(at);
    }
    this.#position = to;
    return to - from;
  }

  /**
   * @param within  a moment with a page so many seconds after it is no healthy one, by moment
   * @returns       what was known before each moment; null where no fall can be tried: it is warming, down, or about to be
   */
  end(within: (moment: Moment) => number): (SavedSteepDrop | null)[] {
    return this.#saved.map((saved, i) => {
      const moment = this.#moments[i] as Moment;
      const isFalling = this.#pages.some((at) => at >= moment.at && at < moment.at + within(moment));
      return isFalling ? null : saved;
    });
  }
}
