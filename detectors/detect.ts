/**
 * Reads topics counts and config, writes topics signals, state and config: once a second what each metric's detector finds, what it has
 * learned, and what its history asks of its threshold.
 */
import type { EventLog, Reader, StoredRecord } from '../platform/eventlog/eventlog.ts';
import type { Telemetry } from '../platform/telemetry/catalogue.ts';
import { decodeCounts } from '../platform/topics/counts.ts';
import { partitionOf, type Topics } from '../platform/topics/topic.ts';
import { atMost } from '../platform/units/at-most.ts';
import { type Clock, SteadyTime, sleep, type Timer } from '../platform/units/clock.ts';
import { seriesOf } from './counting/metric.ts';
import { type Decided, Deciding } from './deciding.ts';
import { followThresholds } from './follow-thresholds.ts';
import { PastGiver, type PastSource } from './give-past.ts';
import { type HistorySource, ThresholdLearner } from './learn-thresholds.ts';
import { SignalSender } from './signal-sender.ts';
import { StateSaver } from './state-saver.ts';
import { readFrom, readSaved } from './warm.ts';
import type { DetectedMetric } from './watched.ts';

export interface DetectOptions {
  readonly log: EventLog;
  readonly topics: Topics;
  readonly clock: Clock;
  readonly metrics: readonly DetectedMetric[];
  /** This detect process. */
  readonly by: string;
  readonly telemetry: Telemetry;
  /** Each series' state is saved so often, ms. */
  readonly saveEveryMs?: number;
  /** Of `counts`; all where left out. */
  readonly partitions?: readonly number[] | undefined;
  /** Gives series that lack it their past; left out: they warm up. Nothing waits for it. */
  readonly past?: PastSource | undefined;
  /** Where the tails of series are learned from, which may raise their thresholds; left out: nowhere. Nothing waits for it. */
  readonly history?: HistorySource | undefined;
}

export interface Detect {
  /** Another configuration, from second `from` (since the epoch) on; from the next one where it is left out. */
  retune(metrics: readonly DetectedMetric[], from?: number): void;
  /** Resolves when `counts` was read to its end as of the start: what is said from then on is of now. */
  caughtUp(): Promise<void>;
  /** Says what is decided, saves what was learned and ends; never rejects. */
  stop(): Promise<void>;
}

const BEAT_MS = 250;
/** When nothing could close for so long every metric is blind: with the beat it is told within 3 s. */
const BLIND_AFTER_MS = 2500;
/** A start that the event log hinders is tried again so much later. */
const START_AGAIN_MS = 1000;
/** At the end the event log has so much time for what is still to be written. */
const STOP_MS = 3000;

/** Decides on every second, also on those that passed while no detect process ran; it goes on from what it has itself written. */
export async function startDetect(options: DetectOptions): Promise<Detect> {
  return new Detecting(options);
}

/** The series of one partition of `counts`. */
interface Share {
  readonly partition: number;
  readonly deciding: Deciding;
  passed: number;
  /** Monotonic ms at which `passed` moved last. */
  movedAt: number;
  /** The last second that was told as blind because nothing came. */
  blindAt: number;
  blind: number;
  producers: number;
}

class Detecting implements Detect {
  readonly #options: DetectOptions;
  readonly #steady: SteadyTime;
  readonly #sender: SignalSender;
  readonly #saver: StateSaver;
  readonly #giver: PastGiver | null;
  readonly #learner: ThresholdLearner | null;
  readonly #stopping = new AbortController();
  readonly #started: Promise<void>;
  readonly #caughtUp: Promise<void>;
  #resolveCaughtUp = (): void => undefined;
  #isCaughtUp = false;
  #metrics: readonly DetectedMetric[];
  #shares: Share[] = [];
  /** Seconds after this one are told; those before it were, by the process before. Null: none before the counts are read to their end. */
  #toldTo: number | null = null;
  #reader: Reader | undefined;
  #thresholds: Reader | undefined;
  #timer: Timer;

  constructor(options: DetectOptions) {
    const { log, topics, clock, telemetry, by, metrics, past, history, saveEveryMs = 10_000 } = options;
    this.#options = options;
    this.#metrics = metrics;
    this.#steady = new SteadyTime(clock);
    this.#sender = new SignalSender(log, topics.signals, clock, telemetry, this.#stopping.signal);
    this.#saver = new StateSaver(log, topics.state, telemetry, BEAT_MS / saveEveryMs);
    this.#giver = past ? new PastGiver({ source: past, clock, telemetry, stopping: this.#stopping.signal }) : null;
    const beside = { log, topic: topics.config, clock, telemetry, by, stopping: this.#stopping.signal };
    this.#learner = history ? new ThresholdLearner({ source: history, ...beside }) : null;
    this.#caughtUp = new Promise((resolve) => {
      this.#resolveCaughtUp = resolve;
    });
    this.#started = this.#start();
    this.#timer = clock.after(BEAT_MS, () => this.#beat());
  }

  retune(metrics: readonly DetectedMetric[], from?: number): void {
    this.#metrics = metrics;
    for (const { partition, deciding } of this.#shares) deciding.retune(this.#metricsOf(partition), undefined, from);
  }

  caughtUp(): Promise<void> {
    return this.#caughtUp;
  }

  async stop(): Promise<void> {
    const { clock } = this.#options;
    this.#stopping.abort();
    this.#timer.cancel();
    await atMost(clock, STOP_MS, this.#started);
    await this.#reader?.stop();
    await this.#thresholds?.stop();
    await atMost(clock, STOP_MS, Promise.all([this.#sender.drain(), this.#saver.saveAll(this.#deciders)]));
  }

  async #start(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        await this.#begin();
        return;
      } catch (error) {
        if (signal.aborted) return;
        this.#options.telemetry.stepFailed({ step: 'detect', error });
        await sleep(this.#options.clock, START_AGAIN_MS, signal);
      }
    }
  }

  async #begin(): Promise<void> {
    const { log, topics, telemetry, partitions } = this.#options;
    const saved = await readSaved(log, topics.state, new Set(this.#metrics.map(seriesOf)), telemetry);
    const ours = partitions ?? Array.from({ length: topics.counts.partitions }, (_, partition) => partition);
    const deciders = ours.map((partition) => ({ partition, deciding: this.#decider() }));
    await this.#thresholds?.stop();
    this.#thresholds = await followThresholds(log, topics.config, (learned) => {
      for (const { deciding } of deciders) deciding.learned(learned);
    });
    for (const { partition, deciding } of deciders) deciding.retune(this.#metricsOf(partition), saved);
    const seconds = deciders.flatMap(({ deciding }) => deciding.seconds);
    const positions = await readFrom(log, topics.counts, seconds);
    if (this.#stopping.signal.aborted) return;
    this.#toldTo = seconds.reduce((newest, second) => Math.max(newest, second), 0) || null;
    const movedAt = this.#options.clock.monotonic();
    this.#shares = deciders.map((decider) => ({ ...decider, passed: 0, movedAt, blindAt: 0, blind: 0, producers: 0 }));
    // Another configuration may have come meanwhile.
    this.retune(this.#metrics);
    this.#reader = log.read(topics.counts, positions, (records) => this.#take(records), ours);
    this.#reader.caughtUp().then(
      () => this.#isNow(),
      () => undefined,
    );
  }

  #decider(): Deciding {
    const { topics, telemetry } = this.#options;
    return new Deciding({
      partitions: topics.events.partitions,
      hasPasts: this.#giver !== null,
      wanted: (second) => this.#toldTo !== null && second > this.#toldTo,
      failed: (what, series, error) => {
        if (what === 'saved') telemetry.stateUnreadable({ what: `state of ${series}`, reason: (error as Error).message });
        else telemetry.stepFailed({ step: 'detect', series, error });
      },
    });
  }

  #metricsOf(partition: number): DetectedMetric[] {
    const { partitions } = this.#options.topics.counts;
    return this.#metrics.filter((metric) => partitions === 1 || partitionOf(seriesOf(metric), partitions) === partition);
  }

  get #deciders(): Deciding[] {
    return this.#shares.map(({ deciding }) => deciding);
  }

  #isNow(): void {
    this.#isCaughtUp = true;
    // A second ahead of the clock was saved under another clock, which was wrong.
    const told = this.#toldTo ?? Math.max(...this.#deciders.map(({ second }) => second));
    this.#toldTo = Math.min(told, Math.floor(this.#steady.now() / 1000) - 1);
    for (const share of this.#shares) {
      share.movedAt = this.#options.clock.monotonic();
      share.deciding.now();
    }
    this.#resolveCaughtUp();
  }

  /** Never rejects: a record that cannot be taken would come again and again. */
  #take(records: readonly StoredRecord[]): void {
    const { clock, telemetry } = this.#options;
    for (const record of records) {
      const share = this.#shares.find(({ partition }) => partition === record.partition);
      if (!share) continue;
      try {
        for (const decided of share.deciding.take(decodeCounts(record))) this.#tell(share, decided);
      } catch (error) {
        telemetry.stepFailed({ step: 'detect', error, at: `counts/${record.partition}@${record.offset}` });
      }
    }
    for (const share of this.#shares) {
      const { passed } = share.deciding;
      if (passed === share.passed) continue;
      share.passed = passed;
      share.movedAt = clock.monotonic();
    }
  }

  #tell(share: Share, { closed, noneSpeaksSince, signals, blind }: Decided): void {
    share.blind = blind;
    share.producers = closed.producers;
    if (!signals) return;
    const { telemetry, by } = this.#options;
    const { second, silent, producers } = closed;
    const at = Math.round(this.#steady.now());
    telemetry.seconds();
    telemetry.detectDelay({ value: at / 1000 - second - 1 });
    this.#sender.say({ second, by, at, silent, ...(noneSpeaksSince !== null && { noneSpeaksSince }), producers, signals });
  }

  #beat(): void {
    const { clock, telemetry } = this.#options;
    this.#timer = clock.after(BEAT_MS, () => this.#beat());
    if (!this.#isCaughtUp) return;
    for (const share of this.#shares) if (clock.monotonic() - share.movedAt >= BLIND_AFTER_MS) this.#tellBlind(share);
    this.#saver.saveSome(this.#deciders);
    this.#giver?.look(this.#deciders);
    this.#learner?.look(this.#deciders);
    const sum = (of: (share: Share) => number): number => this.#shares.reduce((all, share) => all + of(share), 0);
    telemetry.series({ value: sum(({ deciding }) => deciding.size) });
    telemetry.blindSeries({ value: sum(({ blind }) => blind) });
    telemetry.producers({ value: Math.max(...this.#shares.map(({ producers }) => producers)) });
  }

  /** The last second that is over. When counts come again the true ones follow, and stand. */
  #tellBlind(share: Share): void {
    const at = Math.round(this.#steady.now());
    const second = Math.floor(at / 1000) - 1;
    if (second <= Math.max(share.blindAt, share.deciding.second)) return;
    share.blindAt = second;
    const signals = share.deciding.blind();
    share.blind = signals.length;
    this.#sender.say({ second, by: this.#options.by, at, silent: [], producers: share.producers, signals });
  }
}
