/**
 * What travels on `GET /api/live` (SSE) and the JSON API, shared by server and browser. Types and pure codecs only.
 * The id of a `second` event is the epoch second, so that any node resumes a stream without a gap.
 */
export type { FallFacts } from '../platform/topics/signals.ts';

import type { IncidentLine } from '../platform/topics/incidents.ts';
import type { FallFacts, OutlookFacts, SegmentNow, SignalState } from '../platform/topics/signals.ts';

/** A metric as it is configured: drawn before its first number is known. */
export interface MetricInfo {
  readonly name: string;
  readonly event: string;
  readonly kind: 'write' | 'read';
  readonly critical: boolean;
  /** The field whose values are added up: every number of the metric is a sum of it. Left out: events are counted. */
  readonly value?: string;
  /** "pages when 40% is gone within 13 s" */
  readonly rule: string;
  /** % of usual per second, where the threshold line is drawn. */
  readonly derivativeThreshold: number;
  /** How sure it has to be; left out while nobody has decided by it. */
  readonly threshold?: ThresholdView;
  /** Planned windows of now and the days that come, in their order; left out: nothing is planned. */
  readonly planned?: readonly PlannedInfo[];
  /** Somebody holds its pages back; left out: nobody does. */
  readonly silenced?: Silenced;
}

/** How sure a fall has to be. All sigmas are below 0. */
export interface ThresholdView {
  /** In force. */
  readonly sigmas: number;
  /** What the budget of false pages asks for by itself. */
  readonly formula: number;
  readonly from: 'formula' | 'history' | 'written';
  /** Of history that were looked at, and how many of them it takes; null: nobody has looked. */
  readonly days: number | null;
  readonly ofDays: number | null;
  /** Excursions that came near a page. */
  readonly peaks: number | null;
  /** What history asks for, with its 90 % interval; null where it says nothing. */
  readonly asked: { readonly sigmas: number; readonly low: number; readonly high: number } | null;
  /** The limit that a raise has hit. */
  readonly limitedBy: string | null;
  /** All of it for people. */
  readonly text: string;
}

/** Seconds since the epoch. */
export interface PlannedInfo {
  /** Nothing pages, or falls are judged by the event itself. */
  readonly is: 'closed' | 'expected';
  readonly from: number;
  readonly to: number;
  /** What the calendar or the YAML calls it. */
  readonly name: string;
}

export interface Silenced {
  /** ms since the epoch; null: until it is taken back. */
  readonly until: number | null;
  readonly by: string;
}

/** One closed second of one metric; a tuple, because 1,000 viewers are sent it. */
export type SecondTuple = [
  name: string,
  n: number | null,
  rate: number | null,
  usual: number | null,
  derivative: number | null,
  steepness: number | null,
  drop: number | null,
  state: SignalState,
  progressSeconds: number | null,
];

/** SSE event `second`: what was decided for one second. */
export interface SecondFrame {
  readonly second: number;
  /** The server's steady time (ms) at sending, for "0.8 s behind". */
  readonly at: number;
  readonly producers: number;
  readonly silent: readonly string[];
  readonly metrics: readonly SecondTuple[];
}

/** SSE event `open`: counts so far of the seconds not decided yet, provisional: `[name, second, n]`. */
export interface OpenFrame {
  readonly at: number;
  readonly counts: readonly [name: string, second: number, n: number][];
}

/** SSE event `late`: counts of decided seconds that grew since they were told, each whole: `[name, second, n]`. */
export interface LateFrame {
  readonly counts: readonly [name: string, second: number, n: number][];
}

/**
 * SSE event `resumed`: follows the greeting. Between the second after `after` and `from` nothing follows, because it is not
 * remembered here any more: `GET /api/metrics/NAME/rates` has it, where anything has.
 */
export interface ResumedFrame {
  /** The server's steady time (ms) at sending. */
  readonly at: number;
  /** The last second the viewer is taken to have; null where it named none that can be. */
  readonly after: number | null;
  /** From this second on all that was decided is told; null: only what comes from here on. */
  readonly from: number | null;
}

interface IncidentMetric {
  readonly name: string;
  readonly fall: FallFacts;
  readonly recovered: boolean;
  /** As in `MetricInfo`. */
  readonly value?: string;
  /** What its peers did when it fell, in the words of the mail; left out: it has none. */
  readonly peers?: readonly { readonly change: string; readonly rates: string; readonly meaning: string }[];
}

export interface IncidentView {
  readonly id: string;
  readonly severity: 1 | 2;
  /** "Orders fell 62% in 4 s": the sentence of the mail. */
  readonly headline: string;
  readonly is: 'open' | 'acknowledged' | 'resolved';
  /** ms since the epoch */
  readonly openedAt: number;
  readonly resolvedAt: number | null;
  readonly acknowledgedBy: string | null;
  readonly acknowledgedAt: number | null;
  readonly metrics: readonly IncidentMetric[];
  /** Whom was reached how: for "Ana was paged at 14:03:08". */
  readonly reached: readonly { person: string; way: string; at: number; ok: boolean; detail: string }[];
  /** People to whom a page is on its way. */
  readonly paging: readonly string[];
  /** Why nobody is told of it; null when nothing holds it back. */
  readonly held: string | null;
  /** When whom is told next if nobody acknowledges; null when nothing follows. */
  readonly next: { at: number; people: string } | null;
  readonly missing: number;
}

/** A slow slide or an upward surprise. Epoch seconds and events/s as in `SlideFacts`, while it lasts as far as it goes by now. */
export interface NotedView {
  readonly id: string;
  /** 2: told in the morning. 3: drawn and kept. Neither pages. */
  readonly severity: 2 | 3;
  readonly metric: string;
  readonly is: 'slide' | 'surprise';
  /** "Checkout slides: 31% below the usual Saturday since 09:40" */
  readonly headline: string;
  readonly from: number;
  readonly at: number;
  readonly until: number;
  readonly rate: number;
  readonly expected: number;
  /** By which the rate is away from what is expected: 0.31. */
  readonly share: number;
  readonly sigmas: number;
  readonly beside: 'weeks' | 'days';
  /** Milliseconds since the epoch. */
  readonly notedAt: number;
  /** Null: it lasts. */
  readonly over: 'back' | 'usual now' | 'no data' | 'unwatched' | null;
}

/** SSE event `incidents`: all open ones and those resolved in the last hour; sent whole at each change. */
export interface IncidentsFrame {
  readonly incidents: readonly IncidentView[];
  /** Milliseconds since the epoch of the last Sev-1 page; null = never. */
  readonly lastWokenAt: number | null;
  /** What was noted and lasts: the worst of it, and how many more there are. Left out: nothing. */
  readonly noted?: readonly NotedView[];
  readonly notedMore?: number;
}

/** SSE event `hello`: the first of each stream, and again when the configuration changed. */
export interface HelloFrame {
  readonly version: string;
  readonly timezone: string;
  readonly metrics: readonly MetricInfo[];
  /** Errors of an edited YAML that is not in force; empty when all is well. */
  readonly configErrors: readonly string[];
  readonly warnings: readonly string[];
  readonly onCall: readonly string[];
  /** Present when the demo shop runs beside this Plummet. */
  readonly demo: { readonly startedAt: number } | null;
}

/**
 * `GET /api/metrics/NAME/rates`, `?segment=NAME` of one of its segments: one entry a step in each list; null = nobody can know (blind, not
 * decided yet, not kept any more).
 */
export interface RatesAnswer {
  /** RFC 3339, the start of the first step. */
  readonly from: string;
  readonly step: string;
  /** Events in the step. */
  readonly counts: readonly (number | null)[];
  /** The smallest and the largest of the seconds in the step. */
  readonly min: readonly (number | null)[];
  readonly max: readonly (number | null)[];
  /** The worst state within the step. */
  readonly state: readonly (SignalState | null)[];
  /** Events/s. */
  readonly usual: readonly (number | null)[];
  /** Percent of the usual rate per second, the one farthest from zero. */
  readonly derivative: readonly (number | null)[];
  /** Events of the step as known when its seconds closed: what the detector decided on. */
  readonly closed: readonly (number | null)[];
  /** Sigmas, the lowest. */
  readonly steepness: readonly (number | null)[];
  /** Why something may be missing that history knows; left out where nothing is. */
  readonly incomplete?: string;
}

/** `GET /api/metrics`: what is configured and how it is. */
export interface MetricNow extends MetricInfo {
  readonly state: SignalState | null;
  /** Events/s. */
  readonly rate: number | null;
  readonly usual: number | null;
  /** Epoch second that this was decided for. */
  readonly second: number | null;
  /** Seconds done of the 3,600 without a would-be page that warming takes, or of the 60 that recovery takes; null in other states. */
  readonly progressSeconds: number | null;
  /** How fast it can be sure, worked out once a minute; null before the first time. */
  readonly outlook: OutlookFacts | null;
  /** Its watched segments, those with the most events first, as of the last minute; null where it has none, or none was told of yet. */
  readonly segments: readonly SegmentNow[] | null;
}

/** `GET /api/event-types`: what arrives and is counted by no metric, the fastest first. */
export interface EventTypesAnswer {
  readonly types: readonly EventTypeNow[];
  /** Events of types beyond the thousand that are told apart. */
  readonly otherEvents: number;
}

export interface EventTypeNow {
  readonly type: string;
  /** Events/s over the last minute. */
  readonly rate: number;
  /** Since `first`. */
  readonly events: number;
  /** RFC 3339. */
  readonly first: string;
  readonly last: string;
}

/** `GET /api/incidents/ID`: the incident and all that was written about it, in words. */
export interface IncidentAnswer {
  readonly incident: IncidentView;
  readonly journal: readonly JournalEntry[];
}

export interface JournalEntry {
  /** ms since the epoch */
  readonly at: number;
  readonly kind: IncidentLine['kind'];
  /** "Ana acknowledged from the e-mail" */
  readonly text: string;
}

/** `GET /api/annotations`: what people and tools marked, oldest first. */
export interface AnnotationView {
  readonly id: string;
  /** deploy, note, rehearsed, ... */
  readonly kind: string;
  /** ms since the epoch */
  readonly at: number;
  /** The end, ms since the epoch; null: a moment. */
  readonly until: number | null;
  readonly text: string;
  /** A person, or the name of a key. */
  readonly writer: string;
}

/** `GET /api/demo/mailbox`: what the demo's SMTP server received, newest first. */
export interface MailItem {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  /** ms since the epoch */
  readonly at: number;
  readonly text: string;
  readonly html: string;
}
