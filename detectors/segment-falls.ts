/** The segments of one metric: which are watched, what each detector finds, what is said of them in the metric's signal. */
import { segmentOf, segmentSeries } from '../platform/topics/counts.ts';
import type { Carrier, SegmentNow, Signal, Tail } from '../platform/topics/signals.ts';
import type { SavedSeries } from '../platform/topics/state.ts';
import { hash53 } from './counting/hash.ts';
import { type SegmentsBy, seriesOf } from './counting/metric.ts';
import type { Readings } from './counting/readings.ts';
import { OTHER, UNREAD } from './counting/segment-name.ts';
import { WholeFalls } from './segments/after-the-whole.ts';
import { pageWhenOfSegment } from './segments/budget.ts';
import { carriersOf } from './segments/carriers.ts';
import { segmentsIn } from './segments/in-a-fall.ts';
import { LastCounts } from './segments/last-counts.ts';
import { chosen } from './segments/ranking.ts';
import type { Finding } from './steep-drop/finding.ts';
import { type DetectedMetric, type Failed, Watched } from './watched.ts';

export type SegmentedMetric = DetectedMetric & { readonly by: SegmentsBy };

export interface SegmentFallsOptions {
  readonly readings: Readings;
  readonly failed: Failed;
  readonly hasPasts: boolean;
  /** Of the metric's segments, by this field. */
  readonly saved: readonly SavedSeries[];
}

/** Added up and ranked; a counter names 256 in a block and partition. */
export const TRACKED_MAX = 512;
/** A second is known by segments if they are the whole but for so much: else one of them would look fallen. */
const UNKNOWN_SHARE_MAX = 0.02;
const UNKNOWN_EVENTS_MAX = 2;
/** Where values have no name for being too many, a segment with fewer of the whole's events may be among them. */
const NAMED_SHARE = 0.03;
const RANKING_SECONDS = 60;
/** How each segment is, is told so often. */
const TOLD_SECONDS = 60;
const TRAFFIC_SECONDS = 7200;
/** Nothing came of it for so long: another name may have its place. */
const GONE_SECONDS = 86_400;
/** While the whole falls, too, its own page is waited for so long: it names who carries it. */
const WHOLE_FIRST_SECONDS = 3;
/** Of those that fell so close to each other the first is told; one that falls later is told in place of one that is down for long. */
const TOGETHER_SECONDS = 60;

interface Tracked {
  readonly segment: string;
  readonly series: string;
  index: number;
  traffic: number;
  /** Seconds that `traffic` is of. */
  seconds: number;
  /** The last second in which something came. */
  seen: number;
  readonly counts: LastCounts;
  watched: Watched | null;
  /** What its detector said last; written anew each second. */
  finding: Finding | null;
}

export class SegmentFalls {
  readonly #options: SegmentFallsOptions;
  readonly #whole: string;
  readonly #tracked = new Map<string, Tracked>();
  readonly #other: Tracked;
  readonly #counts = new LastCounts();
  #metric: SegmentedMetric;
  /** By events. */
  #watched: Tracked[] = [];
  readonly #wholeFalls: WholeFalls;
  #isRanked = false;
  /** How each segment is was told by this process. */
  #isTold = false;
  readonly #toldAt: number;
  /** The segment and fall of which seconds were told last, and up to when. */
  #drawn: { readonly of: string; readonly to: number } | null = null;
  #told: { readonly of: string; readonly carriers: readonly Carrier[] | null } | null = null;

  constructor(metric: SegmentedMetric, options: SegmentFallsOptions) {
    this.#options = options;
    this.#metric = metric;
    this.#whole = seriesOf(metric);
    this.#toldAt = hash53(this.#whole) % TOLD_SECONDS;
    this.#other = this.#track(OTHER);
    this.#track(UNREAD);
    const known = [...options.saved].sort((a, b) => (b.traffic ?? 0) - (a.traffic ?? 0)).slice(0, metric.by.max);
    const newest = Math.max(0, ...known.map(({ second }) => second));
    this.#wholeFalls = new WholeFalls(Math.max(0, ...known.map(({ wholeDownAt = 0 }) => wholeDownAt)));
    for (const saved of known) {
      const segment = segmentOf(saved.series);
      if (segment === null || saved.second < newest - GONE_SECONDS) continue;
      const tracked = Object.assign(this.#track(segment), { traffic: saved.traffic ?? 0, seconds: TRAFFIC_SECONDS, seen: saved.second });
      if (this.#watches) this.#watch(tracked, saved);
      this.#watched.push(tracked);
    }
    this.#share();
  }

  /** Which field parts the metric. */
  get field(): string {
    return this.#metric.by.field;
  }

  /** Series with a detector of their own. */
  get watched(): Watched[] {
    return this.#watched.flatMap(({ watched }) => watched ?? []);
  }

  /** Rows of this series come: it is added up from now on. To be called before they are taken. */
  discover(series: string): void {
    const segment = segmentOf(series);
    if (segment !== null && !this.#tracked.has(segment)) this.#track(segment);
  }

  tune(metric: SegmentedMetric): void {
    this.#metric = metric;
    this.#isRanked = false;
    if (!this.#watches) for (const tracked of this.#watched) this.#unwatch(tracked);
    this.#share();
  }

  /**
   * The next second of each segment, after that of the whole.
   *
   * @param whole    the whole's index among the readings
   * @param finding  null: the whole is blind
   */
  next(second: number, whole: number, finding: Finding | null, isNow: boolean): void {
    if (finding) this.#wholeFalls.next(second, finding.isDown);
    const isKnown = finding !== null && this.#isKnown(whole);
    this.#counts.add(second, isKnown ? this.#options.readings.counted(whole) : null);
    for (const tracked of this.#tracked.values()) this.#count(tracked, second, isKnown);
    if (isKnown && (!this.#isRanked || second % RANKING_SECONDS === 0)) this.#rank(second);
    if (!isKnown) return;
    const unnamed = this.#options.readings.counted(this.#other.index) > 0;
    for (const tracked of this.#watched) {
      if (!tracked.watched || second <= tracked.watched.second) continue;
      if (unnamed && tracked.traffic < NAMED_SHARE * (finding.usual ?? 0)) continue;
      tracked.finding = tracked.watched.next(second, isNow) ?? tracked.finding;
    }
  }

  /** The metric's signal with what is to be said of its segments. */
  tell(signal: Signal, finding: Finding): Signal {
    const { second } = finding;
    const isDue = second % TOLD_SECONDS === this.#toldAt || (!this.#isTold && this.#watched.length > 0);
    this.#isTold ||= isDue;
    const said = isDue ? { ...signal, segments: this.#watched.map(nowOf) } : signal;
    if (signal.fall) return { ...said, fall: { ...signal.fall, by: this.field, ...this.#carried(signal.fall, second) } };
    if (finding.state === 'warming') return said;
    const down = this.#watched.filter((tracked) => tracked.finding?.isDown && !this.#waitsForWhole(tracked.finding, finding));
    const since = Math.max(...down.map(fellAt)) - TOGETHER_SECONDS;
    const lead = down.sort((a, b) => fellAt(a) - fellAt(b)).find((tracked) => fellAt(tracked) >= since);
    if (!lead?.finding?.fall) return said;
    const isDropped = down.some((tracked) => tracked.finding?.state === 'dropped');
    const progressSeconds = Math.min(...down.map((tracked) => tracked.finding?.recoveredSeconds ?? 0));
    const own = { ...lead.finding.fall, segment: lead.segment, by: this.field };
    const fall = { ...own, ...this.#carried(own, second) };
    const more = { fall, tail: this.#tailOf(lead) };
    return isDropped ? { ...said, state: 'dropped', ...more } : { ...said, state: 'recovering', progressSeconds, ...more };
  }

  /** @param place  among `watched` */
  save(place: number): SavedSeries | null {
    const tracked = this.#watched.filter(({ watched }) => watched)[place];
    return this.#saved(tracked?.watched?.save(), tracked?.traffic ?? 0)[0] ?? null;
  }

  /** It is watched no more. @returns what its segments had learned */
  leave(): SavedSeries[] {
    const saved = this.#watched.flatMap(({ watched, traffic }) => this.#saved(watched?.leave(), traffic));
    for (const { series, index, watched } of this.#tracked.values()) if (!watched) this.#options.readings.unwatch(series, index);
    return saved;
  }

  #saved(saved: SavedSeries | null | undefined, traffic: number): SavedSeries[] {
    return saved ? [{ ...saved, traffic, by: this.field, wholeDownAt: this.#wholeFalls.last }] : [];
  }

  get #watches(): boolean {
    return this.#metric.by.segmentsFalsePagesPerYear !== undefined;
  }

  #track(segment: string): Tracked {
    const known = this.#tracked.get(segment);
    if (known) return known;
    const series = segmentSeries(this.#whole, segment);
    const index = this.#options.readings.watch(this.#metricOf(segment));
    const tracked = { segment, series, index, traffic: 0, seconds: 0, seen: 0, counts: new LastCounts(), watched: null, finding: null };
    this.#tracked.set(segment, tracked);
    if (this.#tracked.size > TRACKED_MAX) this.#letGo();
    if (this.#watched.length < this.#metric.by.max) this.#isRanked = false;
    return tracked;
  }

  /** Of those that are not watched the one with the fewest events. */
  #letGo(): void {
    let least: Tracked | null = null;
    for (const one of this.#tracked.values()) {
      const isNeeded = one.segment === OTHER || one.segment === UNREAD || this.#watched.includes(one);
      if (!isNeeded && one.seconds > 0 && (!least || one.traffic < least.traffic)) least = one;
    }
    if (!least) return;
    this.#tracked.delete(least.segment);
    this.#options.readings.unwatch(least.series, least.index);
  }

  #metricOf(segment: string): DetectedMetric {
    const { by, closed, ...metric } = this.#metric;
    const pageWhen = pageWhenOfSegment(metric.pageWhen, by.segmentsFalsePagesPerYear ?? 1, this.#watched.length);
    const isLeft = (second: number): boolean => this.#wholeFalls.leaves(second, this.#tracked.get(segment));
    return { ...metric, segment, pageWhen, closed: (second) => isLeft(second) || (closed?.(second) ?? false) };
  }

  #watch(tracked: Tracked, saved: SavedSeries | undefined): void {
    const { readings, failed, hasPasts } = this.#options;
    const own = { series: tracked.series, saved, from: 0, hasSlides: false };
    tracked.watched = new Watched(this.#metricOf(tracked.segment), { ...own, readings, failed, hasPasts });
  }

  #unwatch(tracked: Tracked): void {
    tracked.watched?.leave();
    tracked.watched = tracked.finding = null;
    tracked.index = this.#options.readings.watch(this.#metricOf(tracked.segment));
  }

  /** Whether the segments of the second are together the whole. */
  #isKnown(whole: number): boolean {
    const { readings } = this.#options;
    if (readings.share(whole) === 0) return false;
    let sum = 0;
    for (const { index, segment } of this.#tracked.values()) if (segment !== UNREAD) sum += readings.counted(index);
    const n = readings.n(whole);
    return Math.abs(n - sum) <= Math.max(UNKNOWN_EVENTS_MAX, UNKNOWN_SHARE_MAX * n);
  }

  #count(tracked: Tracked, second: number, isKnown: boolean): void {
    const n = this.#options.readings.counted(tracked.index);
    tracked.counts.add(second, isKnown ? n : null);
    if (n > 0) tracked.seen = second;
    if (!isKnown) return;
    tracked.seconds = Math.min(TRAFFIC_SECONDS, tracked.seconds + 1);
    tracked.traffic += (n - tracked.traffic) / tracked.seconds;
  }

  #rank(second: number): void {
    this.#isRanked = true;
    const before = this.#watched;
    const all = [...this.#tracked.values()].filter(
      (one) => one.segment !== OTHER && one.segment !== UNREAD && one.seen > second - GONE_SECONDS,
    );
    const names = chosen(
      all.map((one) => ({ ...one, isWatched: before.includes(one), isDown: one.finding?.isDown ?? false })),
      this.#metric.by.max,
    );
    this.#watched = names.map((name) => this.#tracked.get(name) as Tracked);
    for (const tracked of before) if (!this.#watched.includes(tracked)) this.#unwatch(tracked);
    if (this.#watches) for (const tracked of this.#watched) if (!tracked.watched) this.#watch(tracked, undefined);
    if (before.length !== this.#watched.length) this.#share();
  }

  /** The budget is that of all who are watched. */
  #share(): void {
    for (const { watched, segment } of this.#watched) watched?.tune(this.#metricOf(segment));
  }

  get #others(): Tracked[] {
    return [...this.#tracked.values()].filter((one) => !this.#watched.includes(one) && one.segment !== UNREAD);
  }

  #waitsForWhole({ fall, second }: Finding, whole: Finding): boolean {
    return whole.state === 'falling' && fall !== undefined && second - fall.at < WHOLE_FIRST_SECONDS;
  }

  /** All that is kept when the segment is told of first, and when another one was meanwhile. */
  #tailOf({ segment, counts, finding }: Tracked): Tail {
    const of = `${segment} ${finding?.fall?.at}`;
    const after = this.#drawn?.of === of ? this.#drawn.to : 0;
    this.#drawn = { of, to: counts.newest };
    return { segment, ...counts.since(after) };
  }

  /** Worked out in the second in which a fall is told first. */
  #carried(
    fall: { readonly from: number; readonly at: number; readonly segment?: string },
    second: number,
  ): { segments?: readonly Carrier[] } {
    const of = `${fall.segment} ${fall.at}`;
    if (this.#told?.of !== of) this.#told = { of, carriers: carriersOf(segmentsIn(this.#watched, this.#others, fall.from, second + 1)) };
    return this.#told.carriers ? { segments: this.#told.carriers } : {};
  }
}

const fellAt = ({ finding }: Tracked): number => finding?.fall?.at ?? 0;
function nowOf({ segment, watched, finding, traffic }: Tracked): SegmentNow {
  if (!watched) return { segment, state: 'normal', rate: traffic, usual: null };
  if (!finding) return { segment, state: 'warming', rate: null, usual: null };
  return { segment, state: finding.state, rate: finding.rate, usual: finding.usual };
}
