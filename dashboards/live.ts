/** What the dashboard shows, as it happens. Reads topics `signals`, `counts` and `incidents`; writes streams of server-sent events. */
import type { ServerResponse } from 'node:http';
import type { Plan } from '../alerting/oncall/escalation.ts';
import type { EventLog, Reader, StoredRecord } from '../platform/eventlog/eventlog.ts';
import type { Store } from '../platform/store/store.ts';
import type { Telemetry } from '../platform/telemetry/catalogue.ts';
import { decodeCounts, segmentSeries, wholeOf } from '../platform/topics/counts.ts';
import { decodeJournal } from '../platform/topics/incidents.ts';
import { decodeSignals, type SignalsRecord } from '../platform/topics/signals.ts';
import type { Topics } from '../platform/topics/topic.ts';
import { atMost } from '../platform/units/at-most.ts';
import { type Clock, SteadyTime, type Timer } from '../platform/units/clock.ts';
import { Incidents } from './incidents/incidents.ts';
import type { ViewContext } from './incidents/view.ts';
import type { HelloFrame, IncidentAnswer, IncidentView, MetricNow, NotedView, RatesAnswer } from './live-frames.ts';
import { Arriving, type ArrivingTypes } from './seconds/arriving.ts';
import { History } from './seconds/history.ts';
import { joinedRates } from './seconds/joined.ts';
import { Latest } from './seconds/latest.ts';
import { Past } from './seconds/past.ts';
import type { RatesRange } from './seconds/rates.ts';
import { segmentRates } from './seconds/segment-rates.ts';
import type { SeriesSeconds } from './seconds/series-seconds.ts';
import { helloEvent, incidentsEvent, lateEvent, openEvent, resumedEvent, secondEvent, secondFrame } from './stream/frames.ts';
import { resumeAfter, type ViewerAsks } from './stream/resume.ts';
import { Viewers } from './stream/viewers.ts';

/** Counts of seconds that are not decided yet are sent so often at most. */
const OPEN_MS = 500;
/** Something is sent so often at least: a browser that hears nothing knows that it lost us. */
const PULSE_MS = 1000;
/** What is missing grows each second; told so often while an incident is open. */
const INCIDENTS_AGAIN_MS = 5000;
/** Whoever asks for seconds before everything was read waits for it no longer. */
const READY_MS_MAX = 2000;

/** All who come back in the same moment are greeted alike: what is said may be so old. */
const GREETED_MS = 500;

export interface LiveOptions {
  readonly log: EventLog;
  readonly topics: Topics;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  /** What is configured now. */
  readonly hello: () => HelloFrame;
  /** Whether the values of a series are added up, and not its events. */
  readonly isSum: (series: string) => boolean;
  /** Whom an incident reaches next. */
  readonly plan: () => Plan;
  /** Where history is read that memory does not know; null or left out: nowhere. */
  readonly store?: Store | null;
}

export interface Live {
  /** Resolves when everything that was there at the start has been read. */
  readonly ready: Promise<void>;
  hello(): HelloFrame;
  /** @returns false where there are too many viewers */
  connect(response: ServerResponse, asks: ViewerAsks): boolean;
  metrics(): MetricNow[];
  /** Event types that no metric counts. */
  arriving(): ArrivingTypes;
  /** From memory and the store, within two seconds or so, whatever the store does; null where no metric has this name. */
  rates(name: string, range: RatesRange, segment?: string): Promise<RatesAnswer> | null;
  /** What memory knows of a series, second by second; null: nothing. */
  decided(series: string): SeriesSeconds | null;
  /** @param from  ms since the epoch, as is `to` */
  incidents(from: number, to: number): IncidentView[];
  incident(id: string): IncidentAnswer | null;
  /** Slow slides and upward surprises. @param from  ms since the epoch, as is `to` */
  findings(from: number, to: number): NotedView[];
  /** The newest second that was decided and since when (steady ms) that is known; null before the first. */
  newest(): { readonly second: number; readonly decidedAt: number } | null;
  /** Steady time, ms since the epoch. */
  now(): number;
  /** Tells all browsers what is configured now. */
  configurationChanged(): void;
  stop(): Promise<void>;
}

export function startLive(options: LiveOptions): Live {
  return new LiveStep(options);
}

class LiveStep implements Live {
  readonly ready: Promise<void>;
  readonly #options: LiveOptions;
  readonly #time: SteadyTime;
  readonly #history: History;
  readonly #past: Past;
  readonly #arriving = new Arriving();
  readonly #incidents = new Incidents();
  readonly #viewers: Viewers;
  readonly #latest = new Latest();
  readonly #readers: Reader[] = [];
  #newest: { second: number; decidedAt: number } | null = null;
  #started = false;
  /** What those who come now are greeted with, written once for all of them. */
  #greeted: { at: number; bytes: Buffer } | null = null;
  #openTimer: Timer;
  #pulseAt: number;
  #incidentsTimer: Timer | null = null;
  #stopped = false;

  constructor(options: LiveOptions) {
    const { clock, telemetry, isSum, store = null } = options;
    this.#options = options;
    this.#time = new SteadyTime(clock);
    this.#history = new History(telemetry, isSum);
    this.#past = new Past({ store, clock, telemetry, isSum: (series) => isSum(wholeOf(series)) });
    this.#viewers = new Viewers({
      clock,
      telemetry,
      greeting: () => this.#greeting(),
      resumed: (after, from) => this.#resumed(after, from),
      pulse: () => this.#pulse(),
    });
    this.#pulseAt = clock.monotonic();
    this.#openTimer = clock.after(OPEN_MS, () => this.#openSeconds());
    this.ready = this.#start();
    // Whoever stops before the start was over waits for nothing any more.
    this.ready.catch(() => undefined);
  }

  hello(): HelloFrame {
    const hello = this.#options.hello();
    return { ...hello, metrics: hello.metrics.map((metric) => this.#latest.withThreshold(metric)) };
  }

  now(): number {
    return this.#time.now();
  }

  newest(): { readonly second: number; readonly decidedAt: number } | null {
    return this.#newest;
  }

  connect(response: ServerResponse, asks: ViewerAsks): boolean {
    return this.#viewers.add(response, resumeAfter(asks, this.#newest?.second ?? null), asks.once);
  }

  metrics(): MetricNow[] {
    return this.hello().metrics.map((metric) => this.#latest.of(metric));
  }

  arriving(): ArrivingTypes {
    const watched = new Set(this.hello().metrics.map(({ event }) => event));
    return this.#arriving.all(this.#time.now(), (type) => watched.has(type));
  }

  rates(name: string, range: RatesRange, segment?: string): Promise<RatesAnswer> | null {
    if (!this.hello().metrics.some((metric) => metric.name === name)) return null;
    if (segment === undefined) return this.#rates(name, range);
    const read = (metric: string) => (asked: Pick<RatesRange, 'from' | 'to' | 'stepSeconds'>) => this.#past.read(metric, asked);
    return segmentRates(range, read(segmentSeries(name, segment)), read(name));
  }

  decided(series: string): SeriesSeconds | null {
    return this.#history.decided(series);
  }

  async #rates(name: string, range: RatesRange): Promise<RatesAnswer> {
    // Just after a start memory is read from the event log.
    if (!this.#started) await atMost(this.#options.clock, READY_MS_MAX, this.ready).catch(() => undefined);
    const now = Math.floor(this.#time.now() / 1000);
    return joinedRates(range, this.#history.of(name), (before) => this.#past.read(name, before), now);
  }

  incidents(from: number, to: number): IncidentView[] {
    return this.#incidents.between(from, to, this.#context());
  }

  incident(id: string): IncidentAnswer | null {
    return this.#incidents.one(id, this.#context());
  }

  findings(from: number, to: number): NotedView[] {
    return this.#incidents.findings(from, to, this.hello().timezone);
  }

  configurationChanged(): void {
    this.#greeted = null;
    this.#viewers.tell(helloEvent(this.hello()));
    this.#tellIncidents();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#openTimer.cancel();
    this.#incidentsTimer?.cancel();
    this.#viewers.close();
    await Promise.all(this.#readers.map((reader) => reader.stop()));
  }

  async #start(): Promise<void> {
    const { log, topics } = this.#options;
    const since = this.#time.now() - this.#history.secondsFor(this.hello().metrics.length) * 1000;
    const from = await log.positionsAt(topics.signals, since);
    if (this.#stopped) return;
    this.#readers.push(
      log.read(topics.counts, new Map(), (records) => this.#counts(records)),
      log.read(topics.signals, from, (records) => this.#signals(records)),
      log.read(topics.incidents, new Map(), (records) => this.#journal(records)),
    );
    await Promise.all(this.#readers.map((reader) => reader.caughtUp()));
    this.#started = true;
    this.#history.followLate();
    this.#tellLate();
    this.#tellIncidents();
  }

  #counts(records: readonly StoredRecord[]): void {
    for (const record of records) {
      const counts = decodeCounts(record);
      this.#history.count(counts);
      this.#arriving.take(counts);
    }
  }

  #signals(records: readonly StoredRecord[]): void {
    for (const record of records) this.#decided(decodeSignals(record), record.appendedAt);
  }

  #decided(record: SignalsRecord, appendedAt: number): void {
    const news = record.signals.filter((signal) => this.#history.decide(record.second, signal));
    if (news.length === 0 && record.signals.length > 0) return;
    if (this.#latest.take(record.second, news) && this.#started) this.configurationChanged();
    const readAt = this.#time.now();
    // What was decided before the start is no older because it is read only now.
    const decidedAt = this.#started ? readAt : Math.min(readAt, appendedAt);
    if (record.second >= (this.#newest?.second ?? 0)) this.#newest = { second: record.second, decidedAt };
    this.#viewers.second(record.second, secondEvent(secondFrame({ ...record, signals: news }, decidedAt)));
    if (this.#started) this.#tellOpen();
    if (this.#incidents.hear(news) && this.#started) this.#tellIncidents();
  }

  #journal(records: readonly StoredRecord[]): void {
    for (const record of records) this.#incidents.take(decodeJournal(record));
    if (this.#started) this.#tellIncidents();
  }

  #tellIncidents(): void {
    this.#incidentsTimer?.cancel();
    this.#incidentsTimer = null;
    this.#greeted = null;
    this.#viewers.tell(incidentsEvent(this.#incidents.frame(this.#context())));
    if (this.#incidents.anyOpen && !this.#stopped) {
      this.#incidentsTimer = this.#options.clock.after(INCIDENTS_AGAIN_MS, () => this.#tellIncidents());
    }
  }

  #openSeconds(): void {
    const silentMs = this.#options.clock.monotonic() - this.#pulseAt;
    if (this.#history.anyOpen || this.#history.anyLate || silentMs >= PULSE_MS) this.#tellOpen();
    else this.#openTimer = this.#options.clock.after(OPEN_MS, () => this.#openSeconds());
  }

  /** What was counted since the last time; also the pulse, so it is never nothing. */
  #tellOpen(): void {
    this.#pulseAt = this.#options.clock.monotonic();
    this.#openTimer.cancel();
    this.#openTimer = this.#options.clock.after(OPEN_MS, () => this.#openSeconds());
    this.#tellLate();
    this.#viewers.inPassing(openEvent({ at: Math.round(this.#time.now()), counts: this.#history.takeOpen() }));
  }

  #tellLate(): void {
    const counts = this.#history.takeLate();
    if (counts.length > 0) this.#viewers.again(lateEvent({ counts }));
  }

  #greeting(): Buffer {
    const now = this.#options.clock.monotonic();
    if (this.#greeted === null || now - this.#greeted.at >= GREETED_MS) {
      const text = helloEvent(this.hello()) + incidentsEvent(this.#incidents.frame(this.#context()));
      this.#greeted = { at: now, bytes: Buffer.from(text) };
    }
    return this.#greeted.bytes;
  }

  #resumed(after: number | null, from: number | null): string {
    return resumedEvent({ at: Math.round(this.#time.now()), after, from });
  }

  #pulse(): string {
    return openEvent({ at: Math.round(this.#time.now()), counts: [] });
  }

  #context(): ViewContext {
    return {
      missing: (series) => this.#latest.missing(series),
      plan: this.#options.plan(),
      timezone: this.hello().timezone,
      now: this.#time.now(),
    };
  }
}
