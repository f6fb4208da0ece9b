/** Many limits asked of one second that one detector scanned: each is answered as its own detector would. */
import { detectorOf } from '../compound/detector-of.ts';
import { inEvents } from '../compound/sum-drop.ts';
import type { Evidence } from '../steep-drop/evidence.ts';
import { type Circumstances, isDeep, isFast, isStillDown } from '../steep-drop/judge.ts';
import type { PageWhen } from '../steep-drop/page-when.ts';
import type { Pair } from '../steep-drop/scan.ts';
import type { SavedSteepDrop, SteepDrop } from '../steep-drop/steep-drop.ts';
import { thresholdOf } from '../steep-drop/threshold.ts';
import { aloneFor, belowDayAlone } from '../steep-drop/time-of-day-alone.ts';

/** Nothing pages. */
export const NONE = -1;
/** Answers from here on are windows compared with the time of day alone; below, they are places among the pairs that are sure. */
const ALONE_FROM = 1000;
const UNKNOWN = -1;

/** A limit, and where its parts stand among those of all: what is asked in the same words is asked once. */
interface Limit {
  readonly pageWhen: PageWhen;
  readonly sigmas: number;
  readonly drop: number;
  readonly lasting: number;
  readonly speed: number;
}

export class Panel {
  readonly #limits: readonly Limit[];
  readonly #value: string | undefined;
  /** Of the pair that is asked about, by drop and the other part: whether it holds, or UNKNOWN. */
  readonly #isDeep: Int8Array;
  readonly #isStillDown: Int8Array;
  readonly #isFast: Int8Array;
  readonly #lastings: number;
  readonly #speeds: number;

  /** @param value  the field that is added up; left out: events are counted */
  constructor(pageWhens: readonly PageWhen[], value?: string) {
    this.#value = value;
    const drop = places<number>();
    const lasting = places<number>();
    const speed = places<string>();
    this.#limits = pageWhens.map((pageWhen) => {
      const { drop: share, withinSeconds, percentPerSecond, eventsPerSecond2, forSeconds } = pageWhen;
      const sigmas = thresholdOf(pageWhen);
      const speedAt = speed.of([withinSeconds, percentPerSecond, eventsPerSecond2, sigmas].join());
      return { pageWhen, sigmas, drop: drop.of(share), lasting: lasting.of(forSeconds), speed: speedAt };
    });
    this.#lastings = lasting.size();
    this.#speeds = speed.size();
    this.#isDeep = new Int8Array(drop.size());
    this.#isStillDown = new Int8Array(drop.size() * this.#lastings);
    this.#isFast = new Int8Array(drop.size() * this.#speeds);
  }

  /** What is added up has no single events. */
  get isOfSums(): boolean {
    return this.#value !== undefined;
  }

  get size(): number {
    return this.#limits.length;
  }

  pageWhen(limit: number): PageWhen {
    return (this.#limits[limit] as Limit).pageWhen;
  }

  sigmas(limit: number): number {
    return (this.#limits[limit] as Limit).sigmas;
  }

  /** One that pages by these limits, anew or as it was saved. */
  detector(pageWhen: PageWhen, saved?: SavedSteepDrop): SteepDrop {
    return detectorOf({ pageWhen, value: this.#value }, saved);
  }

  /** The place of its drop among all drops. */
  dropOf(limit: number): number {
    return (this.#limits[limit] as Limit).drop;
  }

  /** The one of these whose threshold is the least: what is sure for any of them is sure for it. */
  laxest(limits: readonly number[]): number {
    return limits.reduce((least, limit) => (this.sigmas(limit) < this.sigmas(least) ? limit : least));
  }

  /** Whether any pair is sure at this limit. */
  isAnySure(limit: number, { scan }: Evidence): boolean {
    return scan.steepest <= -this.sigmas(limit);
  }

  /**
   * Which pair pages, by limit. The detector's own threshold must be no higher than any of theirs.
   *
   * @param limits  those that are asked
   * @param into    by limit: the same number where the same pair pages, NONE where none does
   */
  ask(evidence: Evidence, limits: readonly number[], into: Int32Array): void {
    const { scan, circumstances, fall } = evidence;
    for (const limit of limits) into[limit] = NONE;
    if (scan.sure.length > 0) this.#askPairs(scan.sure, evidence, limits, into);
    if (circumstances.alone === null || fall) return;
    for (const limit of limits) {
      if (into[limit] !== NONE) continue;
      const pair = belowDayAlone(this.#circumstances(limit, evidence));
      if (pair) into[limit] = ALONE_FROM + pair.window;
    }
  }

  /** Steepest first, so that the first that pages is the one; of equals the first that was found. */
  #askPairs(sure: readonly Pair[], evidence: Evidence, limits: readonly number[], into: Int32Array): void {
    const ordered = sure.length === 1 ? sure : [...sure].sort((a, b) => a.steepness - b.steepness);
    let left = limits.length;
    for (let at = 0; at < ordered.length && left > 0; at++) {
      const pair = ordered[at] as Pair;
      this.#isDeep.fill(UNKNOWN);
      this.#isStillDown.fill(UNKNOWN);
      this.#isFast.fill(UNKNOWN);
      for (const limit of limits) {
        if (into[limit] !== NONE || !this.#pages(limit, pair, evidence)) continue;
        into[limit] = at;
        left--;
      }
    }
  }

  #pages(limit: number, pair: Pair, evidence: Evidence): boolean {
    const { sigmas, drop, lasting, speed } = this.#limits[limit] as Limit;
    if (pair.steepness > -sigmas) return false;
    const ask = (known: Int8Array, at: number, question: (pair: Pair, asked: Circumstances) => { readonly holds: boolean }): boolean => {
      if (known[at] === UNKNOWN) known[at] = question(pair, this.#circumstances(limit, evidence)).holds ? 1 : 0;
      return known[at] === 1;
    };
    return (
      ask(this.#isDeep, drop, isDeep) &&
      ask(this.#isStillDown, drop * this.#lastings + lasting, isStillDown) &&
      ask(this.#isFast, drop * this.#speeds + speed, isFast)
    );
  }

  /** A sum is judged in the events that it stands for. */
  #circumstances(limit: number, { circumstances, unit = 1 }: Evidence): Circumstances {
    const { pageWhen, sigmas } = this.#limits[limit] as Limit;
    const { limits, alone } = circumstances;
    return {
      ...circumstances,
      pageWhen: inEvents(pageWhen, unit),
      limits: { ...limits, drop: pageWhen.drop, sigmas },
      alone: alone && aloneFor(alone, pageWhen.forSeconds),
    };
  }
}

/** Equal values have one place. */
function places<Value>(): { of(value: Value): number; size(): number } {
  const known = new Map<Value, number>();
  return {
    of(value) {
      const place = known.get(value) ?? known.size;
      known.set(value, place);
      return place;
    },
    size: () => known.size,
  };
}
