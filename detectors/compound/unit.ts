/** What one event is worth to a sum: the amount by which sums are divided to be as noisy as counts. Learned from its healthy seconds. */
import { Levels, type SavedLevels } from './most.ts';
import { type SavedScatter, Scatter } from './scatter.ts';

/** Seconds with an amount that are looked at before anything is believed. */
const FIRST_AMOUNTS = 64;
/** Until the scatter is known, no second counts for more than this multiple of the median one. */
const FIRST_TIMES = 20;
/** Learned seconds after which the first unit is believed, and looks at it until the hour is full: each twice as far as the last. */
const FIRST_SECONDS = 128;
const HOUR_SECONDS = 3600;
/** Then it is looked at this often. */
const LOOK_SECONDS = 900;
/** A unit that is this much too large or too small changes nothing that is decided: dispersion takes it up. */
const CHANGED_TIMES = 1.1;

export interface SavedUnit {
  /** In use; 0 before the first amount. */
  readonly value: number;
  /** Seconds that were learned from, all of them. */
  readonly learned: number;
  /** Whether what is in use was learned from them. */
  readonly isUsed: boolean;
  readonly levels: SavedLevels;
  readonly scatter: SavedScatter;
  /** The amounts of the first seconds that had one, and how many had none; null once they are enough. */
  readonly first: { readonly amounts: readonly number[]; readonly empty: number } | null;
  /** Variance over mean of those. */
  readonly firstScatter: number;
}

/**
 * A sum of N values, N being Poisson with mean L, has mean L·E[v] and variance L·E[v²]: divided by E[v²] / E[v] its variance is its
 * mean, as that of a count of L·E[v]² / E[v²] events is.
 */
export class Unit {
  #value = 0;
  #learned = 0;
  #isUsed = false;
  #levels = new Levels();
  #scatter = new Scatter();
  #first: { amounts: number[]; empty: number } | null = { amounts: [], empty: 0 };
  #firstScatter = 0;

  /** In use, > 0. While it is not known, the largest second so far: then sums look slower than they are, and nothing pages too soon. */
  get value(): number {
    return this.#value > 0 ? this.#value : 1;
  }

  /** Whether it was learned: before, noise says nothing. */
  get isKnown(): boolean {
    return this.#learned >= FIRST_SECONDS;
  }

  /** Whether what is in use was learned so. */
  get isUsed(): boolean {
    return this.#isUsed;
  }

  /** What of a second's amount counts. @param share  of the second that was readable */
  counted(amount: number, share: number): number {
    if (this.#first) return amount;
    const scatter = this.#scatter.seconds >= FIRST_AMOUNTS ? this.#scatter.ofSeconds : this.#firstScatter;
    return Math.min(amount, this.#levels.most(scatter) * share);
  }

  /**
   * One second, after it was judged.
   *
   * @param counted  of its amount
   * @param isLearned  it is healthy
   */
  add(counted: number, share: number, isLearned: boolean): void {
    const rate = counted / share;
    this.#levels.add(rate, !isLearned);
    if (!isLearned || share < 1) this.#scatter.break();
    else if (this.#first) this.#begin(rate, this.#first);
    else {
      this.#scatter.add(rate);
      this.#learned++;
    }
  }

  /** The next second does not follow the last one. */
  break(): void {
    this.#scatter.break();
  }

  /** @returns by how much all counts change now; 1 = not at all */
  adopt(): number {
    const now = this.value;
    const next = this.#next();
    this.#isUsed = this.isKnown;
    if (next > now / CHANGED_TIMES && next < now * CHANGED_TIMES) return 1;
    this.#value = next;
    return now / next;
  }

  #next(): number {
    if (!this.isKnown) return Math.max(this.#value, ...(this.#first?.amounts ?? [])) || 1;
    const isLook = this.#learned >= HOUR_SECONDS ? this.#learned % LOOK_SECONDS === 0 : Number.isInteger(Math.log2(this.#learned));
    const { least } = this.#scatter;
    return isLook && least > 0 ? least : this.value;
  }

  #begin(amount: number, first: { amounts: number[]; empty: number }): void {
    if (amount > 0) first.amounts.push(amount);
    else first.empty++;
    if (first.amounts.length < FIRST_AMOUNTS) return;
    const most = FIRST_TIMES * ([...first.amounts].sort((a, b) => a - b)[FIRST_AMOUNTS / 2] as number);
    const amounts = first.amounts.map((each) => Math.min(each, most));
    const seconds = amounts.length + first.empty;
    const mean = amounts.reduce((sum, each) => sum + each, 0) / seconds;
    const squares = amounts.reduce((sum, each) => sum + each * each, 0) / seconds;
    this.#firstScatter = (squares - mean * mean) / mean;
    this.#levels = new Levels({ fast: mean, slow: mean });
    this.#first = null;
  }

  save(): SavedUnit {
    const first = this.#first && { amounts: [...this.#first.amounts], empty: this.#first.empty };
    const [levels, scatter] = [this.#levels.save(), this.#scatter.save()];
    return { value: this.#value, learned: this.#learned, isUsed: this.#isUsed, levels, scatter, first, firstScatter: this.#firstScatter };
  }

  static restore({ value, learned, isUsed, levels, scatter, first, firstScatter }: SavedUnit): Unit {
    const unit = new Unit();
    unit.#value = value;
    unit.#learned = learned;
    unit.#isUsed = isUsed;
    unit.#levels = new Levels(levels);
    unit.#scatter = new Scatter(scatter);
    unit.#first = first && { amounts: [...first.amounts], empty: first.empty };
    unit.#firstScatter = firstScatter;
    return unit;
  }
}
