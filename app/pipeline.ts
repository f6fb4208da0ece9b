/** The steps between the gateway and the page, for the roles of one process: started in order, retuned together, drained in order. */
import { startDecide } from '../alerting/decide.ts';
import { type LinkSecrets, linksTo } from '../alerting/delivery/links.ts';
import { type Drawer, Pictures } from '../alerting/delivery/pictures.ts';
import { startTwin } from '../alerting/delivery/twin.ts';
import { LastSeconds } from '../alerting/incident/last-seconds.ts';
import type { Notifiers } from '../alerting/notify/registry.ts';
import { startPage } from '../alerting/page.ts';
import { startCount } from '../detectors/count.ts';
import { seriesOf } from '../detectors/counting/metric.ts';
import { partitionsIn, type Slice, WHOLE } from '../detectors/counting/slices.ts';
import { startDetect } from '../detectors/detect.ts';
import type { PastSource } from '../detectors/give-past.ts';
import type { HistorySource } from '../detectors/learn-thresholds.ts';
import { startTicks } from '../detectors/tick.ts';
import type { Config } from '../platform/config/load.ts';
import type { EventLog } from '../platform/eventlog/eventlog.ts';
import type { Telemetry } from '../platform/telemetry/catalogue.ts';
import type { Replica } from '../platform/topics/config.ts';
import type { Topics } from '../platform/topics/topic.ts';
import { type Clock, SteadyTime, type Timer } from '../platform/units/clock.ts';
import type { Role } from './roles.ts';

export interface PipelineOptions {
  readonly log: EventLog;
  readonly topics: Topics;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  /** Name of this process in what it writes. */
  readonly by: string;
  /** Name of the clock of its machine. */
  readonly clockName: string;
  /** As it was started. */
  readonly replica: Replica;
  readonly roles: readonly Role[];
  /** Of the partitions of `events` and `counts`; left out: all of them. */
  readonly slice?: Slice | undefined;
  readonly config: Config;
  /** Sign the links of pages. */
  readonly secrets: LinkSecrets;
  /** Links begin with it. */
  readonly publicUrl: string;
  /** Ways to reach people under a configuration. */
  readonly notifiers: (config: Config) => Notifiers;
  /** Of the detectors; left out: each metric warms up. */
  readonly past?: PastSource | undefined;
  /** From which thresholds are learned; left out: they are what the formula says. */
  readonly history?: HistorySource | undefined;
  /** Draws the pictures that pages carry; left out: they carry none. */
  readonly pictures?: Drawer | undefined;
}

export interface Pipeline {
  /**
   * A new configuration, without losing a window.
   * @param from  the second (since the epoch) from which it holds; now where it is left out
   */
  retune(config: Config, from?: number): Promise<void>;
  /** In the order of an event's way, so that what was taken is carried on as far as it can be. */
  stop(): Promise<void>;
}

/** Longer than a second takes to be decided on by anybody who reads the configuration late. */
const LEFT_AFTER_MS = 60_000;

interface Part {
  retune(config: Config, from?: number): Promise<void> | void;
  stop(): Promise<void>;
}

export function startPipeline(options: PipelineOptions): Pipeline {
  const parts: Part[] = [];
  if (options.roles.includes('detectors')) parts.push(ticks(options), counting(options), detecting(options));
  if (options.roles.includes('alerting')) {
    const seconds = options.pictures && new LastSeconds();
    parts.push(deciding(options, seconds), paging(options, seconds));
  }
  return {
    async retune(config, from) {
      await Promise.all(parts.map((part) => part.retune(config, from)));
    },
    async stop() {
      for (const part of parts) await part.stop();
    },
  };
}

function ticks({ log, topics, clock, telemetry, by, clockName, slice = WHOLE }: PipelineOptions): Part {
  const partitions = partitionsIn(slice, topics.events.partitions);
  const step = startTicks({ log, topics, clock, telemetry, writer: by, clockName, partitions });
  return { retune: () => undefined, stop: () => step.stop() };
}

/**
 * Other series are counted by starting again at a checkpoint: whole counts make that harmless. What nobody will watch any more is
 * counted until all of its last seconds are decided on, everywhere.
 */
function counting({ log, topics, clock, telemetry, by, slice = WHOLE, config }: PipelineOptions): Part {
  const common = { log, topics, clock, telemetry, writer: by, partitions: partitionsIn(slice, topics.events.partitions) };
  const start = (metrics: Config['metrics'], { clockSkewMsMax }: Config, before?: number) => {
    return startCount({ ...common, metrics, clockSkewMsMax, before });
  };
  let step = start(config.metrics, config);
  let counted = new Map(config.metrics.map((metric) => [seriesOf(metric), metric]));
  let leaving: Timer | undefined;
  return {
    async retune(next, from) {
      step.retune(next);
      const wanted = new Map(next.metrics.map((metric) => [seriesOf(metric), metric]));
      const unwanted = [...counted.keys()].filter((series) => !wanted.has(series));
      const isNew = [...wanted].some(([series, { by }]) => !counted.has(series) || counted.get(series)?.by?.field !== by?.field);
      counted = new Map([...counted, ...wanted]);
      leaving?.cancel();
      leaving = clock.after(LEFT_AFTER_MS, () => {
        step.leave(new Set(unwanted));
        counted = wanted;
      });
      if (!isNew) return;
      await step.stop();
      step = start([...counted.values()], next, from === undefined ? undefined : from * 1000);
    },
    async stop() {
      leaving?.cancel();
      await step.stop();
    },
  };
}

function detecting({ log, topics, clock, telemetry, by, slice = WHOLE, config, past, history }: PipelineOptions): Part {
  const partitions = partitionsIn(slice, topics.counts.partitions);
  // Where `counts` is narrower than the slices are many, the others decide.
  if (partitions.length === 0) return { retune: () => undefined, stop: async () => undefined };
  const starting = startDetect({ log, topics, clock, telemetry, by, metrics: config.metrics, partitions, past, history });
  return {
    retune: async ({ metrics }, from) => (await starting).retune(metrics, from),
    stop: async () => (await starting).stop(),
  };
}

function deciding({ log, topics, clock, telemetry, by, config }: PipelineOptions, seconds: LastSeconds | undefined): Part {
  const watched = ({ metrics }: Config) =>
    metrics.map((metric) => {
      const { name, kind, critical, value, steepLimit, peers } = metric;
      return { name, series: seriesOf(metric), kind, critical, value, steepLimit, peers };
    });
  const step = startDecide({ log, topics, clock, telemetry, by, metrics: watched(config), seconds });
  return inItsSecond(clock, { retune: (next) => step.retune({ metrics: watched(next) }), stop: () => step.stop() });
}

function paging(options: PipelineOptions, seconds: LastSeconds | undefined): Part {
  const { log, topics, clock, telemetry, by, replica, config, secrets, publicUrl, notifiers, pictures: drawer } = options;
  const links = linksTo(publicUrl, secrets);
  const twin = startTwin({ log, topics, clock, telemetry, by, replica });
  const reach = (next: Config) => ({
    people: next.people,
    teams: next.teams,
    notifiers: notifiers(next),
    links,
    timezone: next.timezone,
  });
  const pictures = drawer && seconds && new Pictures({ drawer, seconds, clock, telemetry });
  let isWarm = false;
  const warm = ({ mail }: Config): void => {
    if (mail && !isWarm) drawer?.warm();
    isWarm ||= mail !== undefined;
  };
  warm(config);
  const step = startPage({ log, topics, clock, telemetry, by, twin, pictures, ...reach(config) });
  return inItsSecond(clock, {
    retune(next) {
      warm(next);
      step.retune(reach(next));
    },
    async stop() {
      await step.stop();
      await twin.stop();
    },
  });
}

/** What decides by its own clock and not by the seconds of its input changes when the second begins. */
function inItsSecond(clock: Clock, part: Part): Part {
  const time = new SteadyTime(clock);
  const timers = new Set<Timer>();
  return {
    retune(next, from = 0) {
      const delayMs = from * 1000 - time.now();
      if (delayMs <= 0) return part.retune(next);
      const timer = clock.after(delayMs, () => {
        timers.delete(timer);
        void part.retune(next);
      });
      timers.add(timer);
    },
    stop() {
      for (const timer of timers) timer.cancel();
      return part.stop();
    },
  };
}
