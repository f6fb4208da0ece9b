/** Rows → one second explained: the live detector over a file up to that second, and no further. */
import { detectorOf, type JudgedMetric } from '../compound/detector-of.ts';
import type { Count, Finding, State } from '../steep-drop/finding.ts';
import type { SteepDrop } from '../steep-drop/steep-drop.ts';
import type { Rows } from './csv.ts';
import { type Explained, explain } from './explain.ts';
import { demandFewZeros, type Missing } from './replay.ts';
import { type Tuning, Tunings } from './tunings.ts';

/** What the file says of the second. Seconds since the epoch. */
export type Reached =
  | { readonly is: 'explained'; readonly told: Explained }
  /** No row for it; the state is that of the second before, `outSince` the page that is out. */
  | { readonly is: 'no data'; readonly before: number; readonly after: number; readonly state: State; readonly outSince: number | null }
  /** The file reaches from one second to another, and the second asked for lies before or after. */
  | { readonly is: 'outside'; readonly from: number; readonly to: number };

export interface UntilOptions extends JudgedMetric {
  readonly second: number;
  readonly missing: Missing;
  /** Whether a planned closing holds in a second. */
  readonly closed?: ((second: number) => boolean) | undefined;
  /** Whether a planned event holds in it. */
  readonly expected?: ((second: number) => boolean) | undefined;
  /** What it has learned before the first row, and what it found last; left out: nothing. */
  readonly learned?: { readonly detector: SteepDrop; readonly finding: Finding | null } | undefined;
  /** Limits that held from a second on, in order: those that its history raised. Left out: `pageWhen` throughout. */
  readonly tunings?: readonly Tuning[] | undefined;
}

export class Until {
  readonly #options: UntilOptions;
  readonly #detector: SteepDrop;
  readonly #tunings: Tunings;
  #from: number | null = null;
  #last = 0;
  #rows = 0;
  #step = Number.POSITIVE_INFINITY;
  #reached: Reached | null = null;
  #state: State = 'warming';
  #outSince: number | null = null;

  constructor(options: UntilOptions) {
    this.#options = options;
    const { detector, finding = null } = options.learned ?? {};
    this.#detector = detector ?? detectorOf(options);
    this.#tunings = new Tunings(options.tunings);
    this.#state = finding?.state ?? 'warming';
    this.#outSince = finding?.fall?.at ?? null;
  }

  /**
   * @returns whether the second is reached: no further row is needed. Before a file's first second it never is, so that its last is found.
   * @throws CsvProblem where zeros would fill more than `ZERO_FILL_SECONDS_MAX` at once
   */
  take({ seconds, counts, lines, shares, length }: Rows): boolean {
    for (let i = 0; i < length && !this.#reached; i++) {
      const count = { second: seconds[i] as number, n: counts[i] as number, share: shares ? (shares[i] as number) : 1 };
      this.#row(count, lines[i] as number);
    }
    return this.#reached !== null;
  }

  /** The rows that follow were counted by somebody else: they are not compared with those before. */
  beginAnew(): void {
    this.#detector.beginAnew('counted elsewhere');
  }

  /** Once all rows that were needed are taken, of which there was one at least. */
  end(): Reached {
    return this.#reached ?? { is: 'outside', from: this.#from as number, to: this.#last };
  }

  /** Rows up to now, as `Replay` counts them. */
  get read(): { readonly from: number | null; readonly to: number; readonly missing: number; readonly stepSeconds: number | null } {
    const span = this.#from === null ? 0 : this.#last - this.#from + 1;
    const stepSeconds = Number.isFinite(this.#step) ? this.#step : null;
    return { from: this.#from, to: this.#last, missing: span - this.#rows, stepSeconds };
  }

  #row(count: Count, line: number): void {
    const asked = this.#options.second;
    const { second } = count;
    this.#from ??= second;
    if (this.#rows > 0) this.#between(second, line);
    if (this.#reached) return;
    this.#last = second;
    this.#rows++;
    if (this.#from <= asked) this.#next(count);
  }

  /** The seconds without a row before this one. */
  #between(second: number, line: number): void {
    const { second: asked, missing } = this.#options;
    const before = this.#last;
    this.#step = Math.min(this.#step, second - before);
    if ((this.#from as number) > asked || second - before <= 1) return;
    if (missing === 'nodata') {
      if (asked < second) this.#reached = { is: 'no data', before, after: second, state: this.#state, outSince: this.#outSince };
      return;
    }
    demandFewZeros(second - before - 1, second, line);
    for (let at = before + 1; at < second && !this.#reached; at++) this.#next({ second: at, n: 0, share: 1 });
  }

  #next({ second, n, share }: Count): void {
    const { second: asked, closed, expected } = this.#options;
    const count = { second, n, share, expected: expected?.(second) ?? false };
    const isClosed = closed?.(second) ?? false;
    this.#tunings.upTo(second, this.#detector);
    if (second === asked) {
      this.#reached = { is: 'explained', told: explain(this.#detector, count, isClosed) };
      return;
    }
    const { state, fall } = this.#detector.next(count, isClosed);
    this.#state = state;
    this.#outSince = fall?.at ?? null;
  }
}
