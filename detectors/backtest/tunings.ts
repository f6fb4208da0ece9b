/** Limits that changed while a history went on, as its own tail raised them: each is taken over at its second. */
import type { PageWhen, SteepDrop } from '../steep-drop/steep-drop.ts';

export interface Tuning {
  /** Since the epoch. */
  readonly from: number;
  readonly pageWhen: PageWhen;
}

export class Tunings {
  readonly #tunings: readonly Tuning[];
  #taken = 0;

  /** @param tunings  by their seconds, ascending */
  constructor(tunings: readonly Tuning[] = []) {
    this.#tunings = tunings;
  }

  /** To be called before each second is judged, in order. */
  upTo(second: number, detector: SteepDrop): void {
    for (let next = this.#tunings[this.#taken]; next && next.from <= second; next = this.#tunings[this.#taken]) {
      detector.tune(next.pageWhen);
      this.#taken++;
    }
  }
}
