/**
 * Step signals → incidents: opens, joins and ends incidents in the journal, and notes slow slides. Reads topics `signals` and
 * `incidents`, writes `incidents`.
 */
import type { EventLog, Reader, StoredRecord } from '../platform/eventlog/eventlog.ts';
import type { Telemetry } from '../platform/telemetry/catalogue.ts';
import type { JournalLine } from '../platform/topics/incidents.ts';
import { decodeSignals, type Signal, type SignalsRecord } from '../platform/topics/signals.ts';
import type { Topics } from '../platform/topics/topic.ts';
import { type Clock, SteadyTime, sleep, type Timer } from '../platform/units/clock.ts';
import { Journal } from './delivery/journal.ts';
import { linesOfSlide, linesOfUnwatchedSlides } from './findings/lines.ts';
import { isLive } from './incident/incident.ts';
import type { LastSeconds } from './incident/last-seconds.ts';
import { PeerSeconds } from './incident/peers.ts';
import type { WatchedMetric } from './incident/severity.ts';
import { type Finding, isBack, linesOfFall, linesOfRecovery, linesOfUnwatched, type Stamp } from './incident/verdict.ts';

export interface DecideOptions {
  readonly log: EventLog;
  readonly topics: Topics;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  /** Name of this process in the journal. */
  readonly by: string;
  readonly metrics: readonly WatchedMetric[];
  /** Keeps what pictures show; nothing is decided by it. */
  readonly seconds?: LastSeconds | undefined;
}

export interface DecideStep {
  retune(change: { readonly metrics: readonly WatchedMetric[] }): void;
  stop(): Promise<void>;
}

/** Signals of the time before a start that are read again; what they decided already changes nothing. */
const LOOK_BACK_MS = 15 * 60_000;
/** A second this long ago was not seen in time: its fall pages only if it still lasts. */
const OLD_MS = 60_000;
/** Old falls wait for newer signals: until none came for this long, and at most so long in all. */
const QUIET_MS = 5000;
const WAIT_MAX_MS = 60_000;
const RETRY_MS = 1000;

export const HELD_UNSEEN = 'began and ended before it could be seen';

export function startDecide(options: DecideOptions): DecideStep {
  const decider = new Decider(options);
  const started = decider.start();
  return {
    retune: ({ metrics }) => decider.watch(metrics),
    async stop() {
      await decider.stop();
      await started;
    },
  };
}

class Decider {
  readonly #options: DecideOptions;
  readonly #time: SteadyTime;
  readonly #journal: Journal;
  readonly #stopped = new AbortController();
  #metrics = new Map<string, WatchedMetric>();
  #signals: Reader | null = null;
  /** The newest second decided on, by series. */
  readonly #decided = new Map<string, number>();
  /** Events missing as last told, by series. */
  readonly #missing = new Map<string, number>();
  readonly #peers = new PeerSeconds();
  /** Falls read too late to know whether they last, by series. */
  readonly #unseen = new Map<string, Finding>();
  #unseenSince = 0;
  #lastReadAt = 0;
  #timer: Timer | null = null;
  /** Folded here, not yet known to be durable. */
  #unwritten: JournalLine[] = [];
  /** One thing at a time: signals read, the timer, a new configuration. */
  #turn: Promise<void> = Promise.resolve();

  constructor(options: DecideOptions) {
    this.#options = options;
    this.#time = new SteadyTime(options.clock);
    this.#journal = new Journal(options);
    this.#setMetrics(options.metrics);
  }

  /** Nothing is decided before the journal was read to its end as of now. */
  async start(): Promise<void> {
    const { log, topics, clock, telemetry } = this.#options;
    while (!this.#stopped.signal.aborted) {
      try {
        await this.#journal.caughtUp();
        await this.#inTurn(() => this.#endUnwatched());
        const from = await log.positionsAt(topics.signals, this.#time.now() - LOOK_BACK_MS);
        if (this.#stopped.signal.aborted) return;
        this.#signals = log.read(topics.signals, from, (records) => this.#inTurn(() => this.#readSignals(records)));
        return;
      } catch (error) {
        if (this.#stopped.signal.aborted) return;
        telemetry.stepFailed({ step: 'decide', error });
        await sleep(clock, RETRY_MS, this.#stopped.signal);
      }
    }
  }

  watch(metrics: readonly WatchedMetric[]): void {
    this.#setMetrics(metrics);
    this.#later(() => this.#endUnwatched());
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    this.#timer?.cancel();
    await this.#signals?.stop();
    await this.#journal.stop();
    await this.#turn;
  }

  #setMetrics(metrics: readonly WatchedMetric[]): void {
    this.#metrics = new Map(metrics.map((metric) => [metric.series, metric]));
    this.#options.seconds?.watch(metrics);
    this.#peers.watch(metrics);
    for (const known of [this.#decided, this.#missing, this.#unseen]) {
      for (const series of [...known.keys()]) if (!this.#metrics.has(series)) known.delete(series);
    }
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return done;
  }

  async #readSignals(records: readonly StoredRecord[]): Promise<void> {
    await this.#write();
    for (const record of records) {
      this.#lastReadAt = this.#options.clock.monotonic();
      const signals = this.#decode(record);
      // Peers of the same second are known before the first of it is decided on.
      for (const signal of signals?.signals ?? []) this.#peers.take((signals as SignalsRecord).second, signal);
      for (const signal of signals?.signals ?? []) {
        this.#options.seconds?.take((signals as SignalsRecord).second, signal);
        this.#decide(signal, signals as SignalsRecord);
      }
      await this.#write();
    }
  }

  #decode(record: StoredRecord): SignalsRecord | null {
    try {
      return decodeSignals(record);
    } catch (error) {
      this.#options.telemetry.stepFailed({ step: 'decide', offset: record.offset, error });
      return null;
    }
  }

  /** The first signal in log order for a series and second that is neither warming nor blind is the one that counts. */
  #decide(signal: Signal, { second, silent, producers, noneSpeaksSince }: SignalsRecord): void {
    const metric = this.#metrics.get(signal.series);
    if (!metric || signal.state === 'warming' || signal.state === 'blind') return;
    if (second <= (this.#decided.get(signal.series) ?? 0)) return;
    this.#decided.set(signal.series, second);
    if (signal.slide) this.#take(linesOfSlide(metric, signal.slide, this.#journal.findings, this.#stamp()));
    if (signal.fall) this.#missing.set(signal.series, signal.fall.missing);
    const apps = { silent, producers, ...(noneSpeaksSince !== undefined && { noneSpeaksSince }) };
    const finding: Finding = { metric, second, signal, apps };
    if (signal.state === 'dropped') this.#fell({ ...finding, peers: this.#peers.of(metric, second) });
    else if (isBack(signal)) this.#isBack(finding);
  }

  #fell(finding: Finding): void {
    if (this.#time.now() - finding.second * 1000 > OLD_MS) {
      this.#wait(finding);
      return;
    }
    this.#unseen.delete(finding.metric.series);
    this.#take(linesOfFall(finding, this.#journal.all(), this.#stamp()));
  }

  #isBack(finding: Finding): void {
    const { series } = finding.metric;
    const unseen = this.#unseen.get(series);
    if (unseen) this.#take(linesOfFall(unseen, this.#journal.all(), this.#stamp(), HELD_UNSEEN));
    this.#unseen.delete(series);
    this.#take(linesOfRecovery(finding, this.#journal.all(), this.#missing.get(series) ?? 0, this.#stamp()));
    this.#missing.delete(series);
  }

  #wait(finding: Finding): void {
    if (this.#unseen.size === 0) this.#unseenSince = this.#options.clock.monotonic();
    if (!this.#unseen.has(finding.metric.series)) this.#unseen.set(finding.metric.series, finding);
    this.#lookAgain();
  }

  /** As far as anybody knows an old fall lasts when nothing newer comes: it is told rather than kept back for ever. */
  async #lookAtUnseen(): Promise<void> {
    await this.#write();
    if (this.#unseen.size === 0) return;
    const now = this.#options.clock.monotonic();
    if (now - this.#lastReadAt < QUIET_MS && now - this.#unseenSince < WAIT_MAX_MS) return this.#lookAgain();
    for (const finding of this.#unseen.values()) this.#take(linesOfFall(finding, this.#journal.all(), this.#stamp()));
    this.#unseen.clear();
    await this.#write();
  }

  #lookAgain(): void {
    if (this.#stopped.signal.aborted) return;
    this.#timer ??= this.#options.clock.after(RETRY_MS, () => {
      this.#timer = null;
      this.#later(() => this.#lookAtUnseen());
    });
  }

  /** What the event log did not take is tried again, whether or not signals come. */
  #later(work: () => Promise<void>): void {
    this.#inTurn(work).catch((error) => {
      this.#options.telemetry.stepFailed({ step: 'decide', error });
      this.#lookAgain();
    });
  }

  async #endUnwatched(): Promise<void> {
    const watched = [...this.#metrics.values()];
    for (const incident of [...this.#journal.all()]) {
      if (isLive(incident)) this.#take(linesOfUnwatched(incident, watched, this.#stamp()));
    }
    this.#take(linesOfUnwatchedSlides(this.#journal.findings, watched, this.#stamp()));
    await this.#write();
  }

  #stamp(): Stamp {
    return { at: Math.round(this.#time.now()), by: this.#options.by };
  }

  #take(lines: readonly JournalLine[]): void {
    this.#journal.assume(lines);
    this.#unwritten.push(...lines);
  }

  /** @throws where the event log does not take the lines; they are kept and come first at the next call */
  async #write(): Promise<void> {
    if (this.#unwritten.length === 0) return;
    const lines = this.#unwritten;
    await this.#journal.append(lines);
    this.#unwritten = this.#unwritten.slice(lines.length);
    const { telemetry } = this.#options;
    for (const line of lines) {
      const { incident } = line;
      if (line.kind === 'opened') telemetry.incidentOpened({ severity: line.severity, incident, metric: line.fell.metric });
      if (line.kind === 'resolved') telemetry.incidentResolved({ incident, reason: line.reason });
    }
  }
}
