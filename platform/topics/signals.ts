/** Topic `signals`: one record a second and detect process, with a finding for each series. */
import type { LogRecord, StoredRecord } from '../eventlog/eventlog.ts';
import type { LearnedThreshold } from './thresholds.ts';

export type SignalState = 'warming' | 'normal' | 'falling' | 'dropped' | 'recovering' | 'blind' | 'too slow';

/** The fall behind a dropped metric. Seconds since the epoch, rates in events/s. */
export interface FallFacts {
  /** The first second of the fall. */
  readonly from: number;
  /** The second at which the rule paged. */
  readonly at: number;
  readonly rateBefore: number;
  readonly rateAfter: number;
  /** Share lost, 0..1. */
  readonly drop: number;
  /** Percent of the usual rate per second, <= 0. */
  readonly derivative: number;
  /** Sigmas, <= 0, and the threshold it passed. */
  readonly steepness: number;
  readonly threshold: number;
  /** What history raised it from (< 0), and by how many days of it; left out: it did not. */
  readonly raisedFrom?: number;
  readonly raisedByDays?: number;
  /** Length (s) of the window that shows the fall best. */
  readonly fallWindow: number;
  /** Events missing so far: usual minus actual, added up. */
  readonly missing: number;
  /** The field of `by:`, where it has segments. */
  readonly by?: string;
  /** Only this segment fell: the numbers are its own. */
  readonly segment?: string;
  /** Those that fell more than the others, who lost most first; empty: all fell alike. Left out: nobody can tell. */
  readonly segments?: readonly Carrier[];
}

/** A segment that carries a fall. */
export interface Carrier {
  readonly segment: string;
  /** Of what is missing, 0..1. */
  readonly share: number;
  /** Of its own usual events, 0..1. */
  readonly drop: number;
}

/** One watched segment as it is now. */
export interface SegmentNow {
  readonly segment: string;
  readonly state: SignalState;
  readonly rate: number | null;
  readonly usual: number | null;
}

/** How fast a metric can be sure at one rate. */
export interface SpeedFacts {
  /** Usual events/s. */
  readonly rate: number;
  /** Seconds until it pages when all, 80 % and half is lost; null = never. */
  readonly seconds: readonly (number | null)[];
  /** The window (s) that the longest of these needs, and variance over mean in it; 1 = Poisson. */
  readonly window: number;
  readonly noise: number;
  /** The same in each window of the rule, shortest first. */
  readonly noises: readonly number[];
}

/** How fast a metric can be sure, by what its detector knows. */
export interface OutlookFacts {
  /** Null while there is no usual rate. */
  readonly now: SpeedFacts | null;
  /** Each null before a whole day is known. `at` is the first second of that hour when it was last; a rate of 0 is below 0.03/s. */
  readonly quietest: (SpeedFacts & { readonly at: number }) | null;
  readonly day: SpeedFacts | null;
  /** Whether that noise is learned; until then part of it is what is believed of any metric at first. */
  readonly isNoiseKnown: boolean;
  /** The limits of `page_when` that the seconds hold for, as the detector has them. */
  readonly pageWhen: Readonly<Record<string, number>>;
  /** Of a sum: the amount that is as noisy as one event. Rates are in amounts a second; over this, they are as sure as so many events. */
  readonly unit?: number;
  /** What the tail of its history asks of its threshold; left out while nobody has looked. */
  readonly history?: HistoryFacts;
}

/** `at`: the second since which it holds. */
export type HistoryFacts = { readonly at: number } & Pick<
  LearnedThreshold,
  'formula' | 'raised' | 'days' | 'ofDays' | 'peaks' | 'fit' | 'limitedBy'
>;
/**
 * A level that has shifted and stays so, beside the same hours of earlier weeks: too slow to page. Seconds since the epoch, rates in
 * events/s as means from `from` to `until`, of the last day at most.
 */
export interface SlideFacts {
  /** Below or above what is usual. */
  readonly is: 'slide' | 'surprise';
  /** Since when, to a quarter hour. */
  readonly from: number;
  /** When it was sure. */
  readonly at: number;
  /** As far as it was looked at; once it is over, its end. */
  readonly until: number;
  readonly rate: number;
  readonly expected: number;
  /** Sigmas of what the metric strays by itself, > 0, when it was found. */
  readonly sigmas: number;
  /** What is usual comes from the same hours of earlier weeks, or of the last days while there are no weeks. */
  readonly beside: 'weeks' | 'days';
  /** Why it is over: it came back, is the usual now, or nothing was known for a day. Left out: it lasts. */
  readonly over?: 'back' | 'usual now' | 'no data';
}

export interface Signal {
  readonly series: string;
  readonly state: SignalState;
  /** Events/s over the smoothing window; null where blind. */
  readonly rate: number | null;
  /** Events of this second as known at closing; null where blind. */
  readonly n: number | null;
  /** Events/s; null while not known. */
  readonly usual: number | null;
  /** Percent of the usual rate per second. */
  readonly derivative: number | null;
  /** Sigmas, <= 0. */
  readonly steepness: number | null;
  /** Share lost, 0..1. */
  readonly drop: number | null;
  /** Seconds done of those that warming (3,600) or recovering (60) takes. */
  readonly progressSeconds?: number;
  readonly fall?: FallFacts;
  /** Told once a minute. */
  readonly outlook?: OutlookFacts;
  /** The share (0..1) of its usual traffic that `n` was counted from; left out: all of it. */
  readonly share?: number;
  /** Its watched segments, those with the most events first. Told once a minute. */
  readonly segments?: readonly SegmentNow[];
  /** While only a segment is down: its own seconds, for pictures. */
  readonly tail?: Tail;
  /** Told once a minute while there is one, and for an hour after it ended. */
  readonly slide?: SlideFacts;
}

/** The first time the last minutes of a segment, then what came since. */
export interface Tail {
  readonly segment: string;
  /** The second of counts[0], since the epoch. */
  readonly from: number;
  /** Events; null where nobody knows. */
  readonly counts: readonly (number | null)[];
}

export interface SignalsRecord {
  readonly second: number;
  /** The detect process that decided. */
  readonly by: string;
  /** Its steady time of the decision, ms. */
  readonly at: number;
  /** Producers that had not spoken for this second when it was closed all the same, at most 20. */
  readonly silent: readonly string[];
  /** Data flows, but no producer speaks since this time (ms): down, or cut off from us. */
  readonly noneSpeaksSince?: number;
  /** Producers heard in the last 10 s. */
  readonly producers: number;
  readonly signals: readonly Signal[];
}

type SignalTuple = [
  series: string,
  state: SignalState,
  n: number | null,
  rate: number | null,
  usual: number | null,
  derivative: number | null,
  steepness: number | null,
  drop: number | null,
  progressSeconds?: number | null,
  fall?: FallFacts | null,
  outlook?: OutlookFacts | null,
  share?: number | null,
  segments?: readonly SegmentTuple[] | null,
  tail?: Tail | null,
  slide?: SlideFacts,
];

type SegmentTuple = [segment: string, state: SignalState, rate: number | null, usual: number | null];

export function signalsRecord({ signals, ...head }: SignalsRecord): LogRecord {
  const rows = signals.map(tupleOf);
  return { key: head.by, value: JSON.stringify({ ...head, signals: rows }), partition: 0 };
}

export function decodeSignals(record: StoredRecord): SignalsRecord {
  const { signals, ...head } = JSON.parse(record.value) as Omit<SignalsRecord, 'signals'> & { signals: SignalTuple[] };
  return { ...head, signals: signals.map(signalOf) };
}

/** Three digits after the point are finer than anything drawn or decided on; they halve the record. */
const short = (value: number | null): number | null => (value === null ? null : Math.round(value * 1000) / 1000);

function tupleOf(s: Signal): SignalTuple {
  const numbers = [short(s.rate), short(s.usual), short(s.derivative), short(s.steepness), short(s.drop)] as const;
  const tuple: SignalTuple = [s.series, s.state, s.n, ...numbers];
  const outlook = s.outlook ? shortOutlook(s.outlook) : null;
  const parts = [s.segments?.map(tupleOfSegment) ?? null, s.tail ?? null] as const;
  const rare = [s.progressSeconds ?? null, s.fall ?? null, outlook, s.share ?? null, ...parts, s.slide ?? null];
  return [...tuple, ...rare.slice(0, rare.findLastIndex((value) => value !== null) + 1)] as SignalTuple;
}

function tupleOfSegment({ segment, state, rate, usual }: SegmentNow): SegmentTuple {
  return [segment, state, short(rate), short(usual)];
}

function shortOutlook({ now, quietest, day, ...facts }: OutlookFacts): OutlookFacts {
  return { now: now && shortSpeed(now), quietest: quietest && shortSpeed(quietest), day: day && shortSpeed(day), ...facts };
}

/** Slow rates keep three digits, too: they are what is asked about. */
function shortSpeed<T extends SpeedFacts>(speed: T): T {
  const rate = Number(speed.rate.toPrecision(4));
  return { ...speed, rate, seconds: speed.seconds.map(short), noise: short(speed.noise), noises: speed.noises.map(short) };
}

function signalOf([
  series,
  state,
  n,
  rate,
  usual,
  derivative,
  steepness,
  drop,
  progressSeconds,
  fall,
  outlook,
  share,
  segments,
  tail,
  slide,
]: SignalTuple): Signal {
  const signal = { series, state, n, rate, usual, derivative, steepness, drop };
  const rare = { ...(progressSeconds != null && { progressSeconds }), ...(fall && { fall }), ...(outlook && { outlook }) };
  const parts = segments?.map(([segment, of, its, usually]): SegmentNow => ({ segment, state: of, rate: its, usual: usually }));
  const ofParts = { ...(parts && { segments: parts }), ...(tail && { tail }) };
  return { ...signal, ...rare, ...(share != null && { share }), ...ofParts, ...(slide && { slide }) };
}

/** A series is a metric plus a hash of what is counted; the metric's name stands before the last `~`. */
export function metricOf(series: string): string {
  const at = series.lastIndexOf('~');
  return at < 0 ? series : series.slice(0, at);
}
