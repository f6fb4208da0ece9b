/** Rows → pages: the live detector over recorded seconds. */
import type { OutlookFacts } from '../../platform/topics/signals.ts';
import { detectorOf, type JudgedMetric } from '../compound/detector-of.ts';
import type { State } from '../steep-drop/finding.ts';
import type { Fall, Finding, SteepDrop } from '../steep-drop/steep-drop.ts';
import type { Rows } from './csv.ts';
import { CsvProblem } from './csv-line.ts';
import { type Around, Surroundings } from './surroundings.ts';
import { type Tuning, Tunings } from './tunings.ts';

/** How a second without a row is read: nothing was counted, or nothing is known. */
export type Missing = 'zero' | 'nodata';

/** From this share of seconds without a row on, nobody but their owner can say what they mean. */
export const MISSING_SHARE_MAX = 0.05;
/** Nobody's traffic is nothing for longer than this and then worth a page. */
export const ZERO_FILL_SECONDS_MAX = 7 * 86_400;
/** Pages beyond it are only counted. */
export const PAGES_LISTED_MAX = 100_000;

/** One page. Seconds since the epoch, rates in events/s, as told at the page. */
export interface Page {
  readonly from: number;
  readonly at: number;
  /** The second in which it was over; null while it is not. */
  resolvedAt: number | null;
  readonly rateBefore: number;
  readonly rateAfter: number;
  /** Share lost, 0..1. */
  readonly drop: number;
  /** % of the usual rate per second. */
  readonly derivative: number;
  /** Sigmas, and the threshold it passed. */
  readonly steepness: number;
  readonly threshold: number;
  readonly fallWindow: number;
  /** Usual events/s of the last hour and of this time of day; null while not known. */
  readonly hour: number | null;
  readonly day: number | null;
  /** Events missing until it was over, or until now. */
  eventsMissing: number;
}

export interface Replayed {
  /** Seconds that were judged. */
  readonly seconds: number;
  /** First and last second; null without a row. */
  readonly from: number | null;
  readonly to: number | null;
  /** Seconds between them without a row, however they were read. */
  readonly missing: number;
  /** The least distance of two rows; null with one row. */
  readonly stepSeconds: number | null;
  readonly events: number;
  readonly warmingSeconds: number;
  /** In the last second. */
  readonly state: State;
  readonly pages: readonly Page[];
  readonly pagesNotListed: number;
  /** The steepest second of those in which it was neither warming nor down; null where there was none. */
  readonly steepest: { readonly at: number; readonly steepness: number } | null;
}

export interface ReplayOptions extends JudgedMetric {
  readonly missing: Missing;
  /** Whether a planned closing holds in a second. */
  readonly closed?: ((second: number) => boolean) | undefined;
  /** Whether a planned event holds in it. */
  readonly expected?: ((second: number) => boolean) | undefined;
  /** What it has learned before the first row, and what it found last; left out: nothing. */
  readonly learned?: { readonly detector: SteepDrop; readonly finding: Finding | null } | undefined;
  /** Is handed the seconds around each page, once the minute after it is known. */
  readonly pictured?: ((page: Page, around: Around) => void) | undefined;
  /** Limits that held from a second on, in order: those that its history raised. Left out: `pageWhen` throughout. */
  readonly tunings?: readonly Tuning[] | undefined;
}

export class Replay {
  readonly #options: ReplayOptions;
  readonly #detector: SteepDrop;
  readonly #tunings: Tunings;
  /** Handed to the detector each second. */
  readonly #count = { second: 0, n: 0, share: 1, expected: false };
  readonly #surroundings: Surroundings<Page> | null;
  #from: number | null = null;
  #last = 0;
  #rows = 0;
  #filled = 0;
  #step = Number.POSITIVE_INFINITY;
  #events = 0;
  #warming = 0;
  #state: State = 'warming';
  #steepestAt = 0;
  #steepness = 0;
  readonly #pages: Page[] = [];
  #notListed = 0;
  /** The fall that is not over, and its pages. */
  #fall: Fall | undefined;
  readonly #open: Page[] = [];

  constructor(options: ReplayOptions) {
    this.#options = options;
    this.#detector = options.learned?.detector ?? detectorOf(options);
    this.#tunings = new Tunings(options.tunings);
    // A page that is out already is not one of these.
    this.#fall = options.learned?.finding?.fall;
    this.#surroundings = options.pictured ? new Surroundings(options.pictured) : null;
  }

  /** @throws CsvProblem where zeros would fill more than `ZERO_FILL_SECONDS_MAX` at once */
  take({ seconds, counts, lines, shares, length }: Rows): void {
    for (let i = 0; i < length; i++) {
      const second = seconds[i] as number;
      if (this.#from === null) this.#from = second;
      else {
        const step = second - this.#last;
        if (step < this.#step) this.#step = step;
        if (step > 1 && this.#options.missing === 'zero') this.#fill(second, lines[i] as number);
      }
      this.#rows++;
      this.#next(second, counts[i] as number, shares ? (shares[i] as number) : 1);
    }
  }

  /** The rows that follow were counted by somebody else: they are not compared with those before. */
  beginAnew(): void {
    this.#detector.beginAnew('counted elsewhere');
  }

  end(): Replayed {
    this.#surroundings?.end();
    this.#account();
    const span = this.#from === null ? 0 : this.#last - this.#from + 1;
    return {
      seconds: this.#rows + this.#filled,
      from: this.#from,
      to: this.#from === null ? null : this.#last,
      missing: span - this.#rows,
      stepSeconds: Number.isFinite(this.#step) ? this.#step : null,
      events: this.#events,
      warmingSeconds: this.#warming,
      state: this.#state,
      pages: this.#pages,
      pagesNotListed: this.#notListed,
      steepest: this.#steepness < 0 ? { at: this.#steepestAt, steepness: this.#steepness } : null,
    };
  }

  /** How fast it can be sure, by what these rows taught it. */
  outlook(): OutlookFacts {
    return this.#detector.outlook();
  }

  #fill(second: number, line: number): void {
    const gap = second - this.#last - 1;
    demandFewZeros(gap, second, line);
    this.#filled += gap;
    for (let at = this.#last + 1; at < second; at++) this.#next(at, 0, 1);
  }

  #next(second: number, n: number, share: number): void {
    const { closed, expected } = this.#options;
    this.#tunings.upTo(second, this.#detector);
    this.#last = second;
    this.#events += n;
    this.#count.second = second;
    this.#count.n = n;
    this.#count.share = share;
    this.#count.expected = expected ? expected(second) : false;
    const finding = this.#detector.next(this.#count, closed ? closed(second) : false);
    const { state, steepness } = finding;
    this.#state = state;
    if (state === 'warming') this.#warming++;
    else if (steepness < this.#steepness && !this.#fall && !finding.fall) {
      this.#steepness = steepness;
      this.#steepestAt = second;
    }
    this.#surroundings?.add(second, n);
    if (finding.fall !== this.#fall) this.#changed(finding);
  }

  /** Another fall than in the second before, or none any more. */
  #changed(finding: Finding): void {
    this.#account();
    const { fall, second } = finding;
    this.#fall = fall;
    if (fall) {
      this.#page(fall, finding);
      return;
    }
    for (const page of this.#open) page.resolvedAt = second;
    this.#open.length = 0;
  }

  #page(fall: Fall, { hour, day }: Finding): void {
    const { missing, ...facts } = fall;
    const page: Page = { ...facts, resolvedAt: null, hour, day, eventsMissing: missing };
    this.#open.push(page);
    if (this.#pages.length < PAGES_LISTED_MAX) this.#pages.push(page);
    else this.#notListed++;
    this.#surroundings?.keep(page);
  }

  /** A fall keeps its own count of what is missing, up to its last second. */
  #account(): void {
    const page = this.#open.at(-1);
    if (page && this.#fall) page.eventsMissing = this.#fall.missing;
  }
}

/** @throws CsvProblem where so many seconds without a row before this one would be read as zeros */
export function demandFewZeros(gap: number, second: number, line: number): void {
  if (gap <= ZERO_FILL_SECONDS_MAX) return;
  const found = `${gap.toLocaleString('en-US')} seconds before ${second} have no row; zeros fill`;
  const most = `${ZERO_FILL_SECONDS_MAX.toLocaleString('en-US')} (7 days) at most.`;
  throw new CsvProblem(line, `${found} ${most}`, 'Read them as no data, --missing nodata, or split the file there.');
}
